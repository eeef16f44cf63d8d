//! What FAPI-CIBA (Implementer's Draft 1, §5.2.2 and §7.10) asks for beyond CIBA: a question each, which the profile of
//! a workspace answers. That only confidential clients may ask holds everywhere (CIBA §7.1).

use symbolon_jose::Algorithm;
use symbolon_store::entity::server::WorkspaceProfile;

use super::delivery::Mode;
use crate::snapshot::{Client, Workspace};

/// The algorithms of signed requests: asymmetric ones (CIBA §7.1.1).
const USUAL: &[Algorithm] = &[Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::RS256];
/// FAPI-CIBA §7.10.
const FAPI: &[Algorithm] = &[Algorithm::PS256, Algorithm::ES256];

/// Whether the workspace keeps FAPI-CIBA: each FAPI profile brings it where the grant is allowed.
pub fn is_fapi(workspace: &Workspace) -> bool {
    use WorkspaceProfile as P;
    !matches!(
        workspace.server.profile,
        P::Default | P::Demo | P::Workforce | P::Consumer | P::Partners | P::ThirdParty
    )
}

/// Whether tokens may be delivered so: not pushed (§5.2.2-3).
pub fn allows(workspace: &Workspace, mode: Mode) -> bool {
    !is_fapi(workspace) || mode.as_str() != "push"
}

/// Whether the requests of a client must be signed: those of all clients (§5.2.2-6), else those of a client that has
/// registered an algorithm for it (CIBA §4).
pub fn requires_signed(workspace: &Workspace, client: &Client) -> bool {
    is_fapi(workspace) || registered_algorithm(client).is_some()
}

/// Whether requests need a `binding_message` (§5.2.2-2): nothing else here tells one request from another.
pub fn requires_binding_message(workspace: &Workspace) -> bool {
    is_fapi(workspace)
}

/// The algorithms of signed requests in this workspace. Discovery prints them.
pub fn algorithms(workspace: &Workspace) -> &'static [Algorithm] {
    if is_fapi(workspace) { FAPI } else { USUAL }
}

/// Those that a client may use: the one it has registered, if it has.
pub(super) fn algorithms_of(workspace: &Workspace, client: &Client) -> Vec<Algorithm> {
    let registered = registered_algorithm(client);
    let fits = |algorithm: &Algorithm| registered.is_none_or(|own| own == algorithm.as_str());
    algorithms(workspace).iter().copied().filter(fits).collect()
}

fn registered_algorithm(client: &Client) -> Option<&str> {
    let own = client.entity.backchannel_authentication_request_signing_alg.as_deref();
    own.filter(|word| !word.is_empty())
}
