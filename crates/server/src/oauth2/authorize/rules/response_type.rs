//! `response_type`: RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types. The workspace and the client's registration
//! must both allow it, and the grants it stands for: `authorization_code` for a code, `implicit` for tokens by way of
//! the browser, both for the hybrid flow (OIDC Registration §2).

use symbolon_protocol::{GrantType, OAuthError, ResponseMode, ResponseType};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::snapshot::{Client, Workspace};

pub(super) struct ResponseTypeRule;

impl Rule for ResponseTypeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let workspace = &asked.cx.workspace;
        let text = asked.form.get("response_type").ok_or_else(|| {
            OAuthError::invalid_request("response_type_missing")
                .description("The parameter response_type is missing.")
                .expected(names(allowed(workspace)))
        })?;
        let unsupported = |code| {
            OAuthError::unsupported_response_type(code)
                .description("This server does not issue that response type.")
                .expected(names(allowed(workspace)))
                .got(text)
        };
        let response_type: ResponseType = text.parse().map_err(|_| unsupported("response_type_unknown"))?;
        // From here on a fault travels as the answer would.
        request.response_type = response_type;
        request.response_mode = ResponseMode::default_for(response_type);
        if !allowed(workspace).any(|known| known == response_type) {
            return Err(unsupported("response_type_not_supported"));
        }
        check_client(asked.client, response_type)
    }
}

/// The response types that the workspace issues: those it lists, all where it lists none, as far as its grant types
/// allow.
pub fn allowed(workspace: &Workspace) -> impl Iterator<Item = ResponseType> {
    let server = &workspace.server;
    let is_listed = |response_type: ResponseType| {
        server.response_types.is_empty()
            || server.response_types.iter().any(|word| word.parse() == Ok(response_type))
    };
    let has_grant = |grant: GrantType| server.grant_types.iter().any(|word| word == grant.as_str());
    ResponseType::ALL.iter().copied().filter(move |response_type| {
        is_listed(*response_type) && missing(*response_type, has_grant).is_none()
    })
}

/// Whether the client may have this response type.
///
/// # Errors
/// `unauthorized_client`.
pub fn check_client(client: &Client, response_type: ResponseType) -> Result<(), OAuthError> {
    let refused = |reason| {
        OAuthError::unauthorized_client(reason)
            .description("The client may not use this response type.")
            .got(response_type.as_str())
    };
    if !client.response_types.contains(&response_type) {
        let registered = names(client.response_types.iter().copied());
        return Err(refused("response_type_not_registered").expected(registered));
    }
    if let Some(grant) = missing(response_type, |grant| client.allows_grant(grant)) {
        return Err(refused("response_type_without_grant")
            .detail("the client's grant_types do not allow what the response type asks for")
            .expected(format!("{grant} among the client's grant_types")));
    }
    // The connection is the browser's: no key of the client could be seen here (RFC 8705 §3, RFC 9449 §10).
    let is_bound =
        client.entity.tls_client_certificate_bound_access_tokens || client.entity.dpop_bound_access_tokens;
    if response_type.has_token() && is_bound {
        return Err(refused("response_type_with_bound_tokens")
            .description("The access tokens of this client are bound to its key: it gets them at the token endpoint alone.")
            .expected("a response type without token"));
    }
    Ok(())
}

/// The grant that is needed for the response type and is not there. `none` needs either.
fn missing(response_type: ResponseType, has_grant: impl Fn(GrantType) -> bool) -> Option<GrantType> {
    let needs_code = response_type.has_code();
    let needs_implicit = response_type.is_front_channel();
    if needs_code && !has_grant(GrantType::AuthorizationCode) {
        return Some(GrantType::AuthorizationCode);
    }
    if needs_implicit && !has_grant(GrantType::Implicit) {
        return Some(GrantType::Implicit);
    }
    let has_any = has_grant(GrantType::AuthorizationCode) || has_grant(GrantType::Implicit);
    (!has_any).then_some(GrantType::AuthorizationCode)
}

fn names(response_types: impl Iterator<Item = ResponseType>) -> String {
    response_types.map(ResponseType::as_str).collect::<Vec<_>>().join(", ")
}
