//! `urn:ietf:params:oauth:grant-type:jwt-bearer`: access for the subject of a JWT (RFC 7523 §2.1).
//!
//! The JWT is signed by an issuer that the workspace trusts (`trusted_issuers`), or by the client itself with one of its
//! registered keys; a client can only speak of subjects of its own. It is good once. There was no login here, so there
//! is no ID token, and no refresh token: the client brings another JWT (RFC 7521 §4.1).

use std::borrow::Cow;

use serde_json::{Map, Value};
use symbolon_jose::{Claims, UnverifiedJwt};
use symbolon_protocol::{ClaimsRequest, ErrorCode, GrantType, OAuthError, ScopeSet};

use super::{Grant, Owner, Person, Redeemed, Spends, TokenRequest};
use crate::oauth2::BoxFuture;
use crate::oauth2::authorization_details;
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::{OFFLINE_ACCESS, OPENID};
use crate::oauth2::records::{Authentication, GrantRecord};
use crate::oauth2::scope;
use crate::oauth2::trusted_issuers::{Issuer, because, issuer_of};

/// Kind of the one-time values that assertions are.
const ASSERTION: &str = "jwt-bearer";
/// Longer than any clock difference that is let pass, in seconds.
const REPLAY_MARGIN_SECONDS: i64 = 60;

pub(super) struct JwtBearer;

impl Grant for JwtBearer {
    fn grant_type(&self) -> GrantType {
        GrantType::JwtBearer
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(redeem(request))
    }
}

async fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let assertion = form.require("assertion")?;
    let jwt = UnverifiedJwt::parse(assertion)
        .map_err(|error| because(refused("assertion_malformed"), &error).detail(error))?;
    let name = issuer_of(&jwt)
        .map_err(|detail| because(refused("assertion_without_issuer"), &detail).detail(detail))?;
    let issuer = find_issuer(request, &name)?;
    let scope = scope_of(request, issuer)?;
    let details = authorization_details::asked(cx, client, form)?;
    if issuer.scopes().is_some() && !details.is_empty() {
        return Err(OAuthError::new(
            ErrorCode::InvalidAuthorizationDetails,
            "authorization_details_beyond_issuer",
        )
        .description("The issuer of the assertion may give scopes alone.")
        .detail("the entry of trusted_issuers has scopes"));
    }
    let claims = issuer.verify(cx, &jwt, &["JWT"], refused).await?.claims;
    let subject = issuer.subject(&claims, refused)?;
    if matches!(issuer, Issuer::Client(_)) && subject == client.id() {
        // What a client says of itself is its authentication (RFC 7523 §2.2), or the client_credentials grant.
        let why = "iss and sub are both the client: use client_credentials";
        return Err(because(refused("assertion_about_the_client"), why).detail(why));
    }
    let authentication = Authentication {
        subject: issuer.subject_here(subject),
        username: subject.to_owned(),
        idp_id: name.clone(),
        has_own_account: false,
        amr: Vec::new(),
        acr: None,
        auth_time: cx.now.seconds(),
        authentication_context: Map::new(),
        session_id: String::new(),
    };
    // Last: what is refused for another reason stays good.
    if !matches!(issuer, Issuer::Trusted(trusted) if trusted.reusable) {
        use_up(request, &name, assertion, &claims).await?;
    }
    let record = GrantRecord {
        scope: scope.clone().into_owned(),
        authentication,
        acr: None,
        claims: ClaimsRequest::default(),
        resources: Vec::new(),
        authorization_details: details,
    };
    let person = Person { grant_id: None, record, nonce: None };
    Ok(Redeemed { owner: Owner::Person(Box::new(person)), scope, spends: Spends::Nothing { keeps: None } })
}

fn find_issuer<'a>(request: TokenRequest<'a>, name: &str) -> Result<Issuer<'a>, OAuthError> {
    let TokenRequest { cx, client, .. } = request;
    if name == client.id() {
        return Ok(Issuer::Client(client));
    }
    match Issuer::trusted(cx, client, name).filter(|trusted| trusted.jwt_bearer) {
        Some(trusted) => Ok(Issuer::Trusted(trusted)),
        None => Err(because(refused("assertion_issuer_not_trusted"), "its issuer is not trusted here")
            .detail(
                "no entry of trusted_issuers has this issuer, jwt_bearer, and lets the client bring its JWTs",
            )
            .got(name)),
    }
}

/// The scopes asked for, or all of the client's, within what the issuer may give. There was no login that `openid` could
/// speak of, and nothing is refreshed.
fn scope_of<'a>(request: TokenRequest<'a>, issuer: Issuer<'_>) -> Result<Cow<'a, ScopeSet>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let wanted = scope::requested(cx, client, form)?;
    let out_of_place = |name: &str| name == OPENID || name == OFFLINE_ACCESS;
    let limit = issuer.scopes();
    let beyond = |name: &str| limit.is_some_and(|limit| !limit.iter().any(|own| own == name));
    if form.get("scope").is_some()
        && let Some(name) = wanted.iter().find(|name| !out_of_place(name) && beyond(name))
    {
        return Err(OAuthError::invalid_scope("scope_beyond_issuer")
            .description("The issuer of the assertion may not give one of the scopes.")
            .expected(limit.unwrap_or_default().join(" "))
            .got(name));
    }
    Ok(Cow::Owned(wanted.filter(|name| !out_of_place(name) && !beyond(name))))
}

/// An assertion counts once (RFC 7523 §3 item 7): by its `jti`, or as a whole where it has none.
async fn use_up(
    request: TokenRequest<'_>,
    issuer: &str,
    assertion: &str,
    claims: &Claims,
) -> Result<(), OAuthError> {
    let jti = claims.get("jti").and_then(Value::as_str);
    // Without the signature: there are several for one content.
    let value = jti.or_else(|| assertion.rsplit_once('.').map(|(signed, _)| signed)).unwrap_or(assertion);
    let value = format!("{issuer}\0{value}");
    let end = claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates; validation has bounded it")]
    let end = (end as i64).saturating_add(REPLAY_MARGIN_SECONDS).saturating_mul(1000);
    let first = request.cx.store().consume_once(ASSERTION, &value, end, request.cx.now.millis()).await;
    match first.map_err(|error| store_failure(&error))? {
        true => Ok(()),
        false => {
            let why = match jti {
                Some(_) => "the issuer has used this jti before",
                None => "it has no jti, and was used before",
            };
            Err(because(refused("assertion_used_twice"), why).detail(why))
        }
    }
}

fn refused(reason: &'static str) -> OAuthError {
    OAuthError::invalid_grant(reason).description("The assertion is not valid here.")
}
