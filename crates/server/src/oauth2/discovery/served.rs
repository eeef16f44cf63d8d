//! What a workspace serves, in the words of its metadata: what this server knows, as far as the workspace allows it.

use symbolon_jose::Algorithm;
use symbolon_protocol::{GrantType, ResponseType};
use symbolon_store::entity::{ClaimDelivery, ClaimKind};

use super::metadata::words;
use crate::oauth2::authorization_details;
use crate::oauth2::authorize::rules::response_type;
use crate::oauth2::claims::deliveries;
use crate::oauth2::client_auth::{CLIENT_AUTH_METHODS, assertion};
use crate::oauth2::grants::GRANTS;
use crate::oauth2::request_object;
use crate::snapshot::Workspace;

/// Claims of the ID token and of userinfo that no scope asks for.
const OWN_CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
];

/// The methods that both this server and the workspace know.
pub(super) fn client_auth_methods(workspace: &Workspace) -> Vec<String> {
    let known = CLIENT_AUTH_METHODS.iter().map(|method| method.method().as_str());
    known
        .filter(|word| workspace.server.token_endpoint_auth_methods.iter().any(|own| own == word))
        .map(str::to_owned)
        .collect()
}

/// The algorithms of client assertions; `None` where no method takes one (RFC 8414 §2).
pub(super) fn assertion_algorithms(workspace: &Workspace) -> Option<Vec<String>> {
    let methods =
        CLIENT_AUTH_METHODS.iter().map(|method| method.method()).filter(|method| method.is_assertion());
    let allowed = &workspace.server.token_endpoint_auth_methods;
    let methods = methods.filter(|method| allowed.iter().any(|word| word == method.as_str()));
    let algorithms = methods.flat_map(|method| assertion::algorithms(workspace, method));
    let words: Vec<_> = algorithms.map(|algorithm| algorithm.as_str().to_owned()).collect();
    (!words.is_empty()).then_some(words)
}

/// The algorithms of request objects, with `none` where the workspace takes unsigned ones.
pub(super) fn request_object_algorithms(workspace: &Workspace) -> Vec<String> {
    let unsigned = request_object::policy::takes_unsigned(workspace).then(|| "none".to_owned());
    words(&request_object::policy::algorithms(workspace), Algorithm::as_str)
        .into_iter()
        .chain(unsigned)
        .collect()
}

/// The grants that both this server and the workspace know. The implicit one has no token request.
pub fn grant_types(workspace: &Workspace) -> Vec<String> {
    let implicit = [GrantType::Implicit.as_str().to_owned()].into_iter();
    token_grants(workspace).into_iter().chain(implicit.filter(|word| allows(workspace, word))).collect()
}

/// The grants of the token endpoint among them.
pub fn token_grants(workspace: &Workspace) -> Vec<String> {
    let known = GRANTS.iter().map(|grant| grant.grant_type().as_str());
    known.filter(|word| allows(workspace, word)).map(str::to_owned).collect()
}

fn allows(workspace: &Workspace, grant: &str) -> bool {
    workspace.server.grant_types.iter().any(|own| own == grant)
}

pub(super) fn subject_types(workspace: &Workspace) -> Vec<String> {
    let own = &workspace.server.subject_identifier_types;
    let known = ["public", "pairwise"].into_iter().filter(|word| own.iter().any(|own| own == word));
    let listed: Vec<_> = known.map(str::to_owned).collect();
    if listed.is_empty() { vec!["public".to_owned()] } else { listed }
}

pub(super) fn scopes(workspace: &Workspace) -> Vec<String> {
    let mut names: Vec<_> = workspace.scopes.iter().map(|entry| entry.scope.name.clone()).collect();
    names.sort_unstable();
    names
}

/// `None` where there are none (RFC 9396 §10).
pub(super) fn detail_types(workspace: &Workspace) -> Option<Vec<String>> {
    let mut names: Vec<_> =
        authorization_details::types(workspace).map(|known| known.entity.kind.clone()).collect();
    names.sort_unstable();
    (!names.is_empty()).then_some(names)
}

/// How claims are delivered (OIDC Core §5.6).
pub(super) fn claim_types(workspace: &Workspace) -> Vec<String> {
    words(&deliveries(workspace), ClaimDelivery::as_str)
}

pub(super) fn claims(workspace: &Workspace) -> Vec<String> {
    let about = workspace.claims.of(ClaimKind::IdToken).iter().map(|claim| claim.name.clone());
    let own = OWN_CLAIMS.iter().filter(|name| is_issued(workspace, name));
    own.map(|&name| name.to_owned()).chain(about).collect()
}

/// Some claims are in ID tokens alone that come by way of the browser, and vouch for what comes with them (OIDC Core
/// §3.3.2.11, FAPI 1.0 Advanced §5.2.2.1).
fn is_issued(workspace: &Workspace, claim: &str) -> bool {
    let vouches_for = |needed: fn(ResponseType) -> bool| {
        response_type::allowed(workspace).any(|known| known.has_id_token() && needed(known))
    };
    match claim {
        "c_hash" => vouches_for(ResponseType::has_code),
        "s_hash" => vouches_for(|_| true),
        _ => true,
    }
}
