//! What workspace and client ask of request objects (RFC 9101 §10.5, OpenID Connect Registration §2, FAPI 1.0 Advanced
//! §5.2.2, FAPI 2.0 Message Signing §5.3.1).

use symbolon_jose::{Algorithm, KeyManagement};
use symbolon_protocol::{ErrorCode, Form, OAuthError};
use symbolon_store::entity::server::AdvancedConfiguration;

use super::verify::Rules;
use crate::cx::Cx;
use crate::oauth2::issue::OPENID;
use crate::oauth2::profile::Profile;
use crate::snapshot::{Client, Workspace};

/// The algorithms of request objects, unless a profile has fewer.
const USUAL: &[Algorithm] =
    &[Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::HS256];
/// Any algorithm, in ACP's words.
const ANY: &str = "any";

/// The rules for the authorization requests of a client.
pub fn rules(cx: &Cx, client: &Client) -> Rules {
    let profile = Profile::of(&cx.workspace);
    let max_seconds = profile.request_object_seconds();
    let mut audiences = vec![cx.issuer()];
    if !profile.is_fapi() {
        // RFC 9101 §4 has the issuer; OpenID Connect Core §6.1 says "the OP", and the endpoint is what clients name.
        audiences.extend(["/oauth2/authorize", "/par"].iter().flat_map(|path| cx.urls(path)));
    }
    Rules {
        code: ErrorCode::InvalidRequestObject,
        algorithms: allowed(&cx.workspace, client),
        unsigned: may_be_unsigned(&cx.workspace, client),
        audiences,
        required: if max_seconds.is_some() { &["aud", "exp", "nbf"] } else { &[] },
        max_seconds,
    }
}

/// The algorithms of request objects that a workspace takes.
pub fn algorithms(workspace: &Workspace) -> Vec<Algorithm> {
    let profile = Profile::of(workspace);
    USUAL.iter().copied().filter(|algorithm| profile.allows_algorithm(*algorithm)).collect()
}

/// How request objects may be encrypted: to the keys of the workspace, and by a client's secret (OIDC Core §10.2).
pub fn key_management(workspace: &Workspace) -> Vec<KeyManagement> {
    let published = workspace.keys.encryption.algorithms.iter().copied();
    published.chain(KeyManagement::SYMMETRIC).collect()
}

/// Whether a workspace takes request objects that nobody has signed.
pub fn takes_unsigned(workspace: &Workspace) -> bool {
    let allows = |advanced: &AdvancedConfiguration| {
        advanced.allow_unsigned_request_objects && !advanced.require_signed_request_object
    };
    !Profile::of(workspace).is_fapi() && workspace.server.advanced.as_ref().is_some_and(allows)
}

/// Whether all authorization requests of a workspace must be signed.
pub fn requires_signed(workspace: &Workspace) -> bool {
    let advanced = workspace.server.advanced.as_ref();
    Profile::of(workspace).requires_signed_request_object()
        || advanced.is_some_and(|advanced| advanced.require_signed_request_object)
}

/// Whether those of the client must be.
pub fn requires_signed_of(workspace: &Workspace, client: &Client) -> bool {
    requires_signed(workspace) || client.entity.require_signed_request_object
}

/// Whether what is beside the object does not count: in OAuth (RFC 9101 §6.3), and where requests must be signed. In
/// OpenID Connect, which has `scope` with `openid` beside the object always (Core §6.1), it does.
pub fn object_alone(workspace: &Workspace, client: &Client, outer: &Form) -> bool {
    let is_openid = outer.get("scope").is_some_and(|scope| scope.split(' ').any(|word| word == OPENID));
    !is_openid || requires_signed_of(workspace, client)
}

/// FAPI 1.0 Advanced §5.2.3 (8), FAPI 2.0 Message Signing §5.3.2: where the answer goes and what is asked for is said in the object.
///
/// # Errors
/// `invalid_request_object`.
pub fn check_parameters(workspace: &Workspace, form: Form) -> Result<Form, OAuthError> {
    let missing = |name: &'static str| {
        OAuthError::new(ErrorCode::InvalidRequestObject, "request_object_incomplete")
            .description(format!("The parameter {name} must be in the request object."))
            .expected(name)
    };
    match Profile::of(workspace).requires_signed_request_object() {
        true if form.get("redirect_uri").is_none() => Err(missing("redirect_uri")),
        true if form.get("scope").is_none() && form.get("authorization_details").is_none() => {
            Err(missing("scope"))
        }
        _ => Ok(form),
    }
}

/// The algorithms that the client may use. What is registered as `any` is a signature: a secret that others know too
/// makes one only where the client has said that it means it.
fn allowed(workspace: &Workspace, client: &Client) -> Vec<Algorithm> {
    let registered = client.entity.request_object_signing_alg.as_str();
    let all = algorithms(workspace).into_iter();
    match registered {
        "" | ANY => all.filter(|algorithm| !algorithm.is_symmetric()).collect(),
        own => all.filter(|algorithm| algorithm.as_str() == own).collect(),
    }
}

/// OpenID Connect Registration §2: a client that names an algorithm uses no other.
fn may_be_unsigned(workspace: &Workspace, client: &Client) -> bool {
    takes_unsigned(workspace)
        && !client.entity.require_signed_request_object
        && matches!(client.entity.request_object_signing_alg.as_str(), "" | ANY | "none")
}
