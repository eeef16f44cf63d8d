//! `scope`: RFC 6749 §3.3. A client that names none asks for all it is registered for.

use symbolon_protocol::{OAuthError, ScopeSet};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct ScopeRule;

impl Rule for ScopeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let Some(text) = asked.form.get("scope") else {
            request.scope = asked.client.scopes.clone();
            return Ok(());
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
        request.scope = scope;
        Ok(())
    }
}
