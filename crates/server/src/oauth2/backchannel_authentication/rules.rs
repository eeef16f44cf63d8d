//! What the profile of a workspace, FAPI-CIBA (Implementer's Draft 1, §5.2.2 and §7.10) among them, and the registration
//! of a client ask for beyond CIBA. That only confidential clients may ask holds everywhere (CIBA §7.1).

use symbolon_jose::Algorithm;

use super::delivery::Mode;
use crate::oauth2::profile::Profile;
use crate::snapshot::{Client, Workspace};

/// The algorithms of signed requests: asymmetric ones (CIBA §7.1.1).
const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::RS256];

/// Whether tokens may be delivered so.
pub fn allows(workspace: &Workspace, mode: Mode) -> bool {
    mode.as_str() != "push" || !Profile::of(workspace).refuses_backchannel_push()
}

/// Whether the requests of a client must be signed: where the profile has it, and where the client has registered an
/// algorithm for it (CIBA §4).
pub fn requires_signed(workspace: &Workspace, client: &Client) -> bool {
    Profile::of(workspace).requires_signed_backchannel_request() || registered_algorithm(client).is_some()
}

/// Whether requests need a `binding_message`: nothing else here tells one request from another.
pub fn requires_binding_message(workspace: &Workspace) -> bool {
    Profile::of(workspace).requires_binding_message()
}

/// The algorithms of signed requests in this workspace. Discovery prints them.
pub fn algorithms(workspace: &Workspace) -> Vec<Algorithm> {
    let profile = Profile::of(workspace);
    ALGORITHMS.into_iter().filter(|algorithm| profile.allows_algorithm(*algorithm)).collect()
}

/// Those that a client may use: the one it has registered, if it has.
pub(super) fn algorithms_of(workspace: &Workspace, client: &Client) -> Vec<Algorithm> {
    let registered = registered_algorithm(client);
    let fits = |algorithm: &Algorithm| registered.is_none_or(|own| own == algorithm.as_str());
    algorithms(workspace).into_iter().filter(fits).collect()
}

fn registered_algorithm(client: &Client) -> Option<&str> {
    let own = client.entity.backchannel_authentication_request_signing_alg.as_deref();
    own.filter(|word| !word.is_empty())
}
