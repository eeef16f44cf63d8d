//! `authorization_code`: a person's access, by way of their browser (RFC 6749 §4.1.3, RFC 7636 §4.5).
//!
//! On the wire every fault is `invalid_grant`; the refusal record has the reason. A request that does not match the
//! code leaves it as it was: whoever guesses cannot spend it for its owner. A second use by the code's own client,
//! with everything else in its place, ends the grant and every token issued from it (RFC 6749 §4.1.2).

use std::borrow::Cow;

use symbolon_protocol::{CodeVerifier, Confirmation, GrantType, OAuthError};
use symbolon_store::CodeWithGrant;

use super::{Grant, Owner, Person, Redeemed, Spends, TokenRequest, access_row, refresh_row, vouched};
use crate::oauth2::BoxFuture;
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::{Issued, binding};
use crate::oauth2::records::{CodeRecord, GrantRecord};

pub(super) struct AuthorizationCode;

type Found = CodeWithGrant<CodeRecord, GrantRecord>;

impl Grant for AuthorizationCode {
    fn grant_type(&self) -> GrantType {
        GrantType::AuthorizationCode
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(redeem(request))
    }
}

async fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let code = request.form.require("code")?;
    let found = find(request, code).await?;
    check_client(request, &found)?;
    check_redirect_uri(request, &found.doc)?;
    check_verifier(request, &found.doc)?;
    check_key(request, &found.doc)?;
    if found.consumed_at.is_some() {
        return Err(used_twice(request, &found).await?);
    }
    let now = request.cx.now;
    if found.expires_at <= now.millis() {
        let late = (now.millis() - found.expires_at) / 1000;
        return Err(refused("code_expired").detail(format!("the code came {late} s too late")));
    }
    let grant = found.grant.ok_or_else(|| refused("code_grant_missing"))?;
    if grant.revoked_at.is_some() {
        return Err(refused("code_grant_revoked"));
    }
    vouched::check(request.cx, &grant.doc.authentication).await?;
    let scope = Cow::Owned(grant.doc.scope.clone());
    let person = Person { grant_id: Some(found.grant_id), record: grant.doc, nonce: found.doc.nonce };
    Ok(Redeemed { owner: Owner::Person(Box::new(person)), scope, spends: Spends::Code(code) })
}

/// Spends the code and keeps what was issued from it, whole or not at all.
pub(super) async fn spend(request: TokenRequest<'_>, code: &str, issued: &Issued) -> Result<(), OAuthError> {
    let store = request.cx.store();
    let refresh = refresh_row(request.client, issued);
    let access = access_row(request.client, issued);
    let access = access.as_ref().map(|record| (issued.response.access_token.as_str(), record));
    let spent = store.spend_code(code, request.cx.now.millis(), refresh.as_ref(), access).await;
    if spent.map_err(|error| store_failure(&error))? {
        return Ok(());
    }
    // Another request was quicker, or the grant has just been revoked.
    let found = find(request, code).await?;
    match found.consumed_at {
        Some(_) => Err(used_twice(request, &found).await?),
        None => Err(refused("code_grant_revoked")),
    }
}

async fn find(request: TokenRequest<'_>, code: &str) -> Result<Found, OAuthError> {
    let found = request.cx.store().find_code_with_grant(code).await;
    found.map_err(|error| store_failure(&error))?.ok_or_else(|| {
        refused("code_unknown").detail("no such code was issued here, or it was issued long ago")
    })
}

/// RFC 6749 §4.1.2: the grant ends, in a transaction of its own, before the answer.
async fn used_twice(request: TokenRequest<'_>, found: &Found) -> Result<OAuthError, OAuthError> {
    let revoked = request.cx.store().revoke_grant(&found.grant_id, request.cx.now.millis()).await;
    revoked.map_err(|error| store_failure(&error))?;
    Ok(refused("code_used_twice").detail("the grant and all tokens issued from it were revoked"))
}

fn check_client(request: TokenRequest<'_>, found: &Found) -> Result<(), OAuthError> {
    match found.client_id == request.client.id() {
        true => Ok(()),
        false => Err(refused("code_of_another_client").expected(&found.client_id).got(request.client.id())),
    }
}

/// RFC 6749 §4.1.3: required if it was in the authorization request, and then identical.
fn check_redirect_uri(request: TokenRequest<'_>, code: &CodeRecord) -> Result<(), OAuthError> {
    let sent = request.form.get("redirect_uri");
    match (&code.redirect_uri, sent) {
        (Some(expected), Some(sent)) if expected == sent => Ok(()),
        (Some(expected), Some(sent)) => Err(refused("redirect_uri_mismatch").expected(expected).got(sent)),
        (Some(expected), None) => Err(refused("redirect_uri_missing").expected(expected).got("none")),
        (None, None) => Ok(()),
        (None, Some(sent)) => {
            let registered = &request.client.entity.redirect_uris;
            match registered.iter().any(|uri| uri == sent) {
                true => Ok(()),
                false => Err(refused("redirect_uri_mismatch").expected(registered.join(", ")).got(sent)),
            }
        }
    }
}

fn check_verifier(request: TokenRequest<'_>, code: &CodeRecord) -> Result<(), OAuthError> {
    match (&code.code_challenge, request.form.get("code_verifier")) {
        (None, None) => Ok(()),
        // RFC 9700 §2.1.1: otherwise an attacker could strip the challenge from the authorization request.
        (None, Some(_)) => Err(refused("code_verifier_unexpected")
            .detail("there is a code_verifier, but the authorization request had no code_challenge")),
        (Some(challenge), None) => {
            Err(refused("code_verifier_missing").expected(format!("the verifier of {}", challenge.as_str())))
        }
        (Some(challenge), Some(verifier)) => {
            let verified = CodeVerifier::parse(verifier).and_then(|verifier| challenge.verify(&verifier));
            verified.map_err(|error| {
                refused("code_verifier_wrong").detail(error).expected(format!(
                    "the verifier of {} ({})",
                    challenge.as_str(),
                    challenge.method()
                ))
            })
        }
    }
}

/// RFC 9449 §10: a code that was asked for with a key is redeemed with that key.
fn check_key(request: TokenRequest<'_>, code: &CodeRecord) -> Result<(), OAuthError> {
    let bound = Confirmation { key_thumbprint: code.dpop_jkt.clone(), ..Confirmation::default() };
    binding::check(request.cx, &bound, refused, ("", "code_key_mismatch"))
}

fn refused(reason: &'static str) -> OAuthError {
    OAuthError::invalid_grant(reason)
}
