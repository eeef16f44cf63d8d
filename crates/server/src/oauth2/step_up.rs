//! Step-up authentication (RFC 9470): what our own resource endpoints, userinfo and the management APIs, ask of how a
//! person has authenticated.
//!
//! `advanced.resource_acr_values` and `advanced.resource_max_age` of the workspace say it. A client that is refused sends
//! the person through the authorization endpoint again, with the `acr_values` and `max_age` of the challenge.

use symbolon_protocol::error::AuthenticationWanted;
use symbolon_protocol::{ErrorCode, OAuthError};

use super::access_token::AccessToken;
use super::acr;
use crate::clock::Timestamp;
use crate::snapshot::Workspace;

/// Refuses a person's token whose authentication is too weak or too old. A client's own token speaks of no person.
///
/// # Errors
/// `insufficient_user_authentication`, with what would do.
pub fn check(workspace: &Workspace, token: &AccessToken, now: Timestamp) -> Result<(), OAuthError> {
    let Some(advanced) = &workspace.server.advanced else { return Ok(()) };
    let (acr_values, max_age) = (&advanced.resource_acr_values, advanced.resource_max_age);
    let is_clients_own = token.grant.is_none() && token.claims.sub == token.client.id();
    if (acr_values.is_empty() && max_age.is_none()) || is_clients_own {
        return Ok(());
    }
    let refused = |reason, description| {
        OAuthError::new(ErrorCode::InsufficientUserAuthentication, reason)
            .description(description)
            .authentication(AuthenticationWanted { acr_values: acr_values.clone(), max_age })
    };
    let vouched =
        token.grant.as_ref().is_some_and(|grant| acr::is_met(workspace, &grant.authentication, acr_values));
    if !acr_values.is_empty() && !vouched && !acr::meets(workspace, &token.claims.amr, acr_values) {
        let reason = "access_token_acr_too_low";
        return Err(refused(reason, "A different authentication level is required.")
            .expected(acr_values.join(" "))
            .got(token.claims.acr.as_deref().unwrap_or("none")));
    }
    let Some(max_age) = max_age else { return Ok(()) };
    // Without a login here there is nothing that could be recent.
    let auth_time = token.grant.as_ref().map(|grant| grant.authentication.auth_time);
    match auth_time.map(|auth_time| now.seconds().saturating_sub(auth_time)) {
        Some(age) if age <= max_age => Ok(()),
        age => Err(refused("access_token_authentication_too_old", "More recent authentication is required.")
            .expected(format!("at most {max_age} s ago"))
            .got(age.map_or_else(|| "no login".to_owned(), |age| format!("{age} s ago")))),
    }
}
