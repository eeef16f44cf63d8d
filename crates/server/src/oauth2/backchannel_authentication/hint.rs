//! Who is to be asked: exactly one of `login_hint`, `id_token_hint` and `login_hint_token` (CIBA §7.1).

use serde_json::Value;
use symbolon_jose::UnverifiedJwt;
use symbolon_protocol::{ErrorCode, OAuthError};

use super::parameters::Parameters;
use crate::cx::Cx;
use crate::login::Person;
use crate::login::idps::{self, Identity};
use crate::oauth2::error::store_failure;
use crate::oauth2::id_token_hint;
use crate::oauth2::issue::subject;
use crate::oauth2::trusted_issuers::{Issuer, issuer_of};
use crate::snapshot::Client;

const HINTS: [&str; 3] = ["login_hint", "id_token_hint", "login_hint_token"];

/// The person that the request is about.
///
/// # Errors
/// `invalid_request` unless there is one hint that can be read; `unknown_user_id` when nobody here is meant by it.
pub(super) async fn person(cx: &Cx, client: &Client, parameters: &Parameters) -> Result<Person, OAuthError> {
    let hints: Vec<_> = HINTS.into_iter().filter(|name| parameters.get(name).is_some()).collect();
    let [hint] = hints.as_slice() else {
        return Err(OAuthError::invalid_request("hints_not_one")
            .description("Exactly one of login_hint, id_token_hint and login_hint_token is needed.")
            .expected("one hint")
            .got(if hints.is_empty() { "none".to_owned() } else { hints.join(", ") }));
    };
    let value = parameters.require(hint)?;
    let found = match *hint {
        "login_hint" => of_name(cx, value).await?,
        "id_token_hint" => of_id_token(cx, client, value).await?,
        _ => of_issuer(cx, client, value).await?,
    };
    found.ok_or_else(unknown)
}

/// A user name; else an e-mail address or a telephone number that one user alone has, and that is verified. An account
/// that somebody made themselves is found by its name alone: nobody has verified the rest.
async fn of_name(cx: &Cx, value: &str) -> Result<Option<Person>, OAuthError> {
    let has = |identity: &Identity, name: &str, verified: &str| {
        let context = &identity.authentication_context;
        context.get(name).and_then(Value::as_str) == Some(value)
            && context.get(verified) == Some(&true.into())
    };
    if let Some(named) = idps::find_by_name(cx, value).await.map_err(|error| store_failure(&error))? {
        return Ok(Some(named));
    }
    let mut reached = idps::listed(cx).filter(|identity| {
        has(identity, "email", "email_verified") || has(identity, "phone_number", "phone_number_verified")
    });
    let found = reached.next().filter(|_| reached.next().is_none());
    Ok(found.map(|identity| Person::new(cx, identity)))
}

/// Who an ID token of this client is about. It may have expired (CIBA §7.1).
async fn of_id_token(cx: &Cx, client: &Client, token: &str) -> Result<Option<Person>, OAuthError> {
    let hint = id_token_hint::verify(cx, Some(client), token).map_err(|error| {
        OAuthError::invalid_request("id_token_hint_invalid")
            .description("The id_token_hint is not an ID token of this authorization server.")
            .detail(error)
    })?;
    if hint.client_id != client.id() {
        return Err(OAuthError::invalid_request("id_token_hint_of_another_client")
            .description("The id_token_hint was issued to another client.")
            .expected(client.id())
            .got(hint.client_id));
    }
    let mut people = idps::listed(cx).map(|identity| Person::new(cx, identity));
    if let Some(person) =
        people.find(|person| subject::of(&cx.workspace, client, &person.subject) == hint.subject)
    {
        return Ok(Some(person));
    }
    // What a pairwise subject of an account was made of cannot be found from it.
    idps::find_by_subject(cx, &hint.subject).await.map_err(|error| store_failure(&error))
}

/// Whom a JWT of a trusted issuer names, in the words of a `login_hint`. It is no credential: the person is asked all
/// the same.
async fn of_issuer(cx: &Cx, client: &Client, token: &str) -> Result<Option<Person>, OAuthError> {
    let jwt = UnverifiedJwt::parse(token).map_err(|error| refused("jwt_malformed").detail(error))?;
    let name = issuer_of(&jwt).map_err(|detail| refused("jwt_without_issuer").detail(detail))?;
    let trusted = Issuer::trusted(cx, client, &name).filter(|trusted| trusted.login_hint_token);
    let issuer = Issuer::Trusted(trusted.ok_or_else(|| {
        refused("login_hint_token_issuer_not_trusted")
            .detail(
                "no entry of trusted_issuers has this issuer, login_hint_token, and lets the client bring its JWTs",
            )
            .got(&name)
    })?);
    let claims = issuer.verify(cx, &jwt, &["JWT"], refused).await?.claims;
    of_name(cx, issuer.subject(&claims, refused)?).await
}

/// CIBA §13: one that has expired is told so.
fn refused(reason: &'static str) -> OAuthError {
    match reason {
        "jwt_expired" => OAuthError::new(ErrorCode::ExpiredLoginHintToken, reason)
            .description(ErrorCode::ExpiredLoginHintToken.sentence()),
        reason => OAuthError::invalid_request(reason)
            .description("The login_hint_token is not one of an issuer that is trusted here."),
    }
}

fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::UnknownUserId, "hinted_user_unknown")
        .description(ErrorCode::UnknownUserId.sentence())
        .detail("no identity provider of the workspace that checks passwords has such a user")
}
