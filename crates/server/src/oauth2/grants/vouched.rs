//! Whoever is gone gets no tokens: what a person allowed is worth something while the identity provider that vouched
//! for them is in use and has them. Their grants are revoked when an operator deletes them; this holds for what that did
//! not reach, and for identity providers that are disabled for a while.

use symbolon_protocol::OAuthError;

use crate::cx::Cx;
use crate::login::idps;
use crate::oauth2::error::store_failure;
use crate::oauth2::records::Authentication;

/// Refuses a grant of somebody for whom no identity provider of the workspace vouches any more. All stored grants
/// begin with a login at one; whom a trusted issuer vouches for has none.
///
/// # Errors
/// `invalid_grant`; `temporarily_unavailable` when the store, which has the accounts that people made, is away.
pub async fn check(cx: &Cx, person: &Authentication) -> Result<(), OAuthError> {
    let own_account = person.has_own_account.then_some(&*person.subject);
    let found = idps::has_user(cx, &person.idp_id, &person.username, own_account).await;
    if found.map_err(|error| store_failure(&error))? {
        return Ok(());
    }
    Err(OAuthError::invalid_grant("person_gone")
        .detail("the identity provider was deleted or disabled, or has the user no more")
        .expected(format!("a user of {}", person.idp_id))
        .got("none"))
}
