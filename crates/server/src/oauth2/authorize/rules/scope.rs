//! `scope`: RFC 6749 §3.3. A client that names none asks for all it is registered for.

use symbolon_protocol::{OAuthError, ScopeSet};

use super::{Asked, Rule};
use crate::oauth2::authorization_details;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::issue::{OFFLINE_ACCESS, OPENID, check_id_token_possible};

pub(super) struct ScopeRule;

impl Rule for ScopeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let scope = wanted(asked)?;
        if request.response_type.has_id_token() && !scope.contains(OPENID) {
            return Err(OAuthError::invalid_request("scope_openid_missing")
                .description("An ID token is asked for: the scope openid must be asked for too.")
                .expected(OPENID)
                .got(scope));
        }
        check_id_token_possible(asked.cx, asked.client, &scope)?;
        // OIDC Core §11: without a code there will be no refresh token, so nobody is asked about one.
        request.scope = match request.response_type.has_code() {
            true => scope,
            false => scope.filter(|name| name != OFFLINE_ACCESS),
        };
        Ok(())
    }
}

fn wanted(asked: &Asked<'_>) -> Result<ScopeSet, OAuthError> {
    let Some(text) = asked.form.get("scope") else {
        // RFC 9396 §3.1: details may be all that is asked for.
        return Ok(match asked.form.get(authorization_details::PARAMETER) {
            Some(_) => ScopeSet::default(),
            None => asked.client.scopes.clone(),
        });
    };
    let scope: ScopeSet = text.parse().map_err(|_| {
        OAuthError::invalid_scope("scope_malformed")
            .description("The parameter scope is not a list of scopes separated by spaces.")
    })?;
    if let Some(name) = asked.cx.workspace.scopes.first_unknown(&scope) {
        return Err(OAuthError::invalid_scope("scope_unknown")
            .description("A scope is not known to this authorization server.")
            .got(name));
    }
    if let Some(name) = scope.iter().find(|name| !asked.client.scopes.contains(name)) {
        return Err(OAuthError::invalid_scope("scope_not_registered")
            .description("The client may not ask for one of the scopes.")
            .expected(asked.client.scopes.to_string())
            .got(name));
    }
    Ok(scope)
}
