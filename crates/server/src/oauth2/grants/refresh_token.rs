//! `refresh_token`: access again, without the person (RFC 6749 §6), with rotation (RFC 9700 §4.14.2).
//!
//! Each use replaces the token. The replaced one goes on giving the same successor for [`GRACE_SECONDS`], as long as
//! the successor has not been used, because an answer can get lost. After that it is a copy in the wrong hands, and
//! ends the grant.

use std::borrow::Cow;

use symbolon_protocol::{GrantType, OAuthError, ScopeSet};
use symbolon_store::{RefreshToken as Stored, Rotation, RotationRequest};

use super::{Grant, Owner, Person, Redeemed, Spends, TokenRequest, vouched};
use crate::oauth2::BoxFuture;
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::{Issued, binding, may_refresh};
use crate::oauth2::records::{GrantRecord, RefreshRecord};
use crate::oauth2::scope;

/// For how long a replaced token gives its successor again: time for a client to notice that an answer did not
/// arrive and to ask once more.
const GRACE_SECONDS: i64 = 10;

pub(super) struct RefreshToken;

impl Grant for RefreshToken {
    fn grant_type(&self) -> GrantType {
        GrantType::RefreshToken
    }

    fn redeem<'a>(&'a self, request: TokenRequest<'a>) -> BoxFuture<'a, Result<Redeemed<'a>, OAuthError>> {
        Box::pin(redeem(request))
    }
}

async fn redeem(request: TokenRequest<'_>) -> Result<Redeemed<'_>, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    let token = form.require("refresh_token")?;
    let found = cx.store().find_any_refresh_token::<RefreshRecord>(token).await;
    let found =
        found.map_err(|error| store_failure(&error))?.ok_or_else(|| refused("refresh_token_unknown"))?;
    check_owner(request, &found)?;
    if found.expires_at <= cx.now.millis() {
        return Err(refused("refresh_token_expired"));
    }
    let grant = cx.store().find_grant::<GrantRecord>(&found.grant_id).await;
    let grant = grant.map_err(|error| store_failure(&error))?.filter(|grant| grant.revoked_at.is_none());
    let record = grant.ok_or_else(|| refused("refresh_token_revoked"))?.doc;
    vouched::check(cx, &record.authentication).await?;
    if !may_refresh(cx, client, &record) {
        return Err(refused("refresh_not_allowed_any_more")
            .detail("offline_access was taken from the client since the token was issued"));
    }
    let scope = narrowed(request, &record.scope)?;
    let spends = match keeps(request, token, &found.doc).await? {
        true => Spends::Nothing { keeps: Some(token) },
        false => Spends::RefreshToken(token),
    };
    let person = Person { grant_id: Some(found.grant_id), record, nonce: None };
    Ok(Redeemed { owner: Owner::Person(Box::new(person)), scope, spends })
}

/// Puts the new token in the place of the old one. Of any number of requests one does; the others get the token that
/// it got.
pub(super) async fn spend(
    request: TokenRequest<'_>,
    old: &str,
    issued: &mut Issued,
) -> Result<(), OAuthError> {
    let (Some(new), Some(token)) = (&issued.refresh_token, &issued.response.refresh_token) else {
        return Err(OAuthError::server_error("refresh_token_without_successor"));
    };
    let rotation = RotationRequest {
        old,
        new: token,
        doc: &new.record,
        expires_at: new.expires_at,
        grace: GRACE_SECONDS * 1000,
        now: request.cx.now.millis(),
    };
    let store = request.cx.store();
    match store.rotate_refresh_token(&rotation).await.map_err(|error| store_failure(&error))? {
        Rotation::Rotated => Ok(()),
        Rotation::Grace { successor } => {
            issued.response.refresh_token = Some(successor.reveal().to_owned());
            Ok(())
        }
        Rotation::Reused { grant_id } => {
            let revoked = store.revoke_grant(&grant_id, request.cx.now.millis()).await;
            revoked.map_err(|error| store_failure(&error))?;
            Err(refused("refresh_token_reused").detail(
                "the token was replaced before; the grant and all tokens issued from it were revoked",
            ))
        }
        Rotation::Revoked => Err(refused("refresh_token_revoked")),
        Rotation::Expired => Err(refused("refresh_token_expired")),
        Rotation::NotFound => Err(refused("refresh_token_unknown")),
    }
}

fn check_owner(request: TokenRequest<'_>, found: &Stored<RefreshRecord>) -> Result<(), OAuthError> {
    if found.client_id != request.client.id() {
        return Err(refused("refresh_token_of_another_client")
            .expected(&found.client_id)
            .got(request.client.id()));
    }
    // RFC 8705 §4, RFC 9449 §5: the certificate or the key is what authenticates a public client here.
    let mismatch = ("refresh_token_certificate_mismatch", "refresh_token_key_mismatch");
    binding::check(request.cx, &found.doc.binding(), refused, mismatch)
}

/// RFC 6749 §6: no scope that was not granted; all of them when none are named.
fn narrowed<'a>(request: TokenRequest<'_>, granted: &ScopeSet) -> Result<Cow<'a, ScopeSet>, OAuthError> {
    let Some(text) = request.form.get("scope") else { return Ok(Cow::Owned(granted.clone())) };
    let asked = ScopeSet::parse(text)?;
    scope::within(&asked, granted, "scope_not_granted", "A scope was not granted before.")?;
    Ok(Cow::Owned(asked))
}

/// Whether the token stays as it is: `advanced.disable_refresh_token_cycling`, for clients that prove who they are
/// at each use. Those of public clients are replaced unless a certificate or a key binds them (RFC 9700 §2.2.2).
async fn keeps(request: TokenRequest<'_>, token: &str, found: &RefreshRecord) -> Result<bool, OAuthError> {
    let TokenRequest { cx, client, .. } = request;
    let fixed =
        cx.workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.disable_refresh_token_cycling);
    let bound = !client.auth_method.is_public() || *found != RefreshRecord::default();
    if !fixed || !bound {
        return Ok(false);
    }
    let live = cx.store().find_refresh_token::<RefreshRecord>(token, cx.now.millis()).await;
    Ok(live.map_err(|error| store_failure(&error))?.is_some())
}

fn refused(reason: &'static str) -> OAuthError {
    OAuthError::invalid_grant(reason)
}
