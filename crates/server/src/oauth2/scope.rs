//! The `scope` parameter of a token request (RFC 6749 §3.3).

use std::borrow::Cow;

use symbolon_protocol::{Form, OAuthError, ScopeSet};

use super::authorization_details;
use crate::cx::Cx;
use crate::snapshot::Client;

/// The scopes asked for, all of which workspace and client must have; those of the client when none are named and no
/// authorization details either.
///
/// # Errors
/// `invalid_scope`.
pub fn requested<'a>(cx: &Cx, client: &'a Client, form: &Form) -> Result<Cow<'a, ScopeSet>, OAuthError> {
    match form.get("scope") {
        Some(text) => of_text(cx, client, text).map(Cow::Owned),
        // RFC 9396 §3.1: details may be all that is asked for.
        None if form.get(authorization_details::PARAMETER).is_some() => Ok(Cow::Owned(ScopeSet::default())),
        None => Ok(Cow::Borrowed(&client.scopes)),
    }
}

/// The scopes in `text`, all of which workspace and client must have.
///
/// # Errors
/// `invalid_scope`.
pub fn of_text(cx: &Cx, client: &Client, text: &str) -> Result<ScopeSet, OAuthError> {
    let scope = ScopeSet::parse(text)?;
    if let Some(name) = cx.workspace.scopes.first_unknown(&scope) {
        return Err(OAuthError::invalid_scope("scope_unknown")
            .description("A scope is not known to this authorization server.")
            .got(name));
    }
    within(&scope, &client.scopes, "scope_not_registered", "The client may not ask for one of the scopes.")?;
    Ok(scope)
}

/// Refuses scopes beyond what was granted (RFC 6749 §6).
///
/// # Errors
/// `invalid_scope` with the reason and the sentence given.
pub fn within(
    scope: &ScopeSet,
    granted: &ScopeSet,
    reason: &'static str,
    sentence: &'static str,
) -> Result<(), OAuthError> {
    match scope.iter().find(|name| !granted.contains(name)) {
        None => Ok(()),
        Some(name) => {
            Err(OAuthError::invalid_scope(reason).description(sentence).expected(granted).got(name))
        }
    }
}

/// What is left of a grant today: a scope that was taken from the client or the workspace is in no new token.
pub fn remaining<'a>(cx: &Cx, client: &Client, scope: Cow<'a, ScopeSet>) -> Cow<'a, ScopeSet> {
    let is_there = |name: &str| client.scopes.contains(name) && cx.workspace.scopes.find(name).is_some();
    let all = scope.iter().all(is_there);
    if all { scope } else { Cow::Owned(scope.filter(is_there)) }
}
