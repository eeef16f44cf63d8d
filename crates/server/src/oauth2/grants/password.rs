//! `password`: the person's name and password, handed over by the client (RFC 6749 §4.3).
//!
//! RFC 9700 §2.4 forbids it, since the client learns the password: no workspace and no client has it unless it is
//! listed. The tries count together with those on the login page, and no second factor can be asked for.

use std::borrow::Cow;

use symbolon_protocol::{ClaimsRequest, GrantType, OAuthError};

use super::{Grant, Owner, Person, Redeemed, Spends, TokenRequest};
use crate::login::attempt;
use crate::login::idps::LoginFailure;
use crate::oauth2::BoxFuture;
use crate::oauth2::acr;
use crate::oauth2::authorization_details;
use crate::oauth2::records::{Authentication, GrantRecord};
use crate::oauth2::scope;

pub(super) struct Password;

impl Grant for Password {
    fn grant_type(&self) -> GrantType {
        GrantType::Password
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(redeem(request))
    }
}

async fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let username = form.require("username")?;
    let password = form.require("password")?;
    // First what costs nothing: a request that would fail anyway is no try.
    let scope = scope::requested(cx, client, form)?;
    let details = authorization_details::asked(cx, client, form)?;
    let person = attempt::by_password(cx, username, password).await.map_err(|failure| refused(&failure))?;
    let authentication = Authentication::without_session(person, cx.now.seconds());
    let record = GrantRecord {
        scope: scope.clone().into_owned(),
        acr: acr::of(&cx.workspace, &authentication.amr, &[]),
        authentication,
        claims: ClaimsRequest::default(),
        resources: Vec::new(),
        authorization_details: details,
    };
    let person = Person { grant_id: Some(cx.app.rng.uuid().to_string()), record, nonce: None };
    Ok(Redeemed {
        owner: Owner::Person(Box::new(person)),
        scope: Cow::Owned(scope.into_owned()),
        spends: Spends::NewGrant,
    })
}

/// Whether there is such a user stays between the operator and us.
fn refused(failure: &LoginFailure) -> OAuthError {
    match failure {
        LoginFailure::Unavailable => OAuthError::temporarily_unavailable(failure.reason())
            .description("The server cannot look up the user at the moment. Try again.")
            .detail(failure.detail()),
        LoginFailure::Busy => OAuthError::temporarily_unavailable(failure.reason())
            .description("Too many passwords are being checked. Try again.")
            .detail(failure.detail()),
        LoginFailure::TooManyTries { seconds } => OAuthError::invalid_grant(failure.reason())
            .description(format!("Too many tries have failed. Try again in {seconds} seconds."))
            .detail(failure.detail()),
        LoginFailure::UserUnknown | LoginFailure::PasswordWrong => {
            OAuthError::invalid_grant(failure.reason())
                .description("The user name or the password is wrong.")
                .detail(failure.detail())
        }
    }
}
