//! What device authorization (RFC 8628) and its like have in common: a client asks here, a person answers elsewhere,
//! and the client polls the token endpoint meanwhile.
//!
//! How often a client polls is remembered in the memory of the node: a poll writes nothing. Of several nodes each sees
//! a part of the polls, so a client is never told to slow down that does not have to.

use std::borrow::Cow;
use std::fmt;

use quick_cache::sync::Cache;
use serde_json::Value;
use symbolon_protocol::{AuthorizationDetails, ClaimsRequest, ErrorCode, GrantType, OAuthError, ScopeSet};
use symbolon_store::{DecoupledRequest, DecoupledState, Grant};

use super::acr;
use super::error::store_failure;
use super::grants::{Owner, Person, Redeemed, Spends, TokenRequest, vouched};
use super::records::{Authentication, GrantRecord};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::secrets::sha256;
use crate::snapshot::Client;

/// A client waits this many seconds between polls (RFC 8628 §3.2).
pub const INTERVAL: i64 = 5;
/// A client that polls too often waits this many seconds longer from then on (RFC 8628 §3.5).
const SLOWER: i64 = 5;
/// A poll that comes this many milliseconds early is not early: clocks and networks are not exact.
const TOLERANCE: i64 = 500;
/// How many polling clients a node remembers.
const POLLS: usize = 100_000;

/// Which clients polled when.
pub struct Polls(Cache<[u8; 32], Poll>);

#[derive(Clone, Copy)]
struct Poll {
    at: Timestamp,
    /// In seconds.
    interval: i64,
}

impl Default for Polls {
    fn default() -> Self {
        Self(Cache::new(POLLS))
    }
}

impl fmt::Debug for Polls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Polls({})", self.0.len())
    }
}

impl Polls {
    /// Notes a poll with `id`.
    ///
    /// # Errors
    /// The interval in seconds from now on, when it came too early.
    pub fn note(&self, id: &str, now: Timestamp) -> Result<(), i64> {
        let key = sha256(id.as_bytes());
        let before = self.0.get(&key);
        let interval = before.map_or(INTERVAL, |before| before.interval);
        let early =
            before.is_some_and(|before| now.millis() - before.at.millis() < interval * 1000 - TOLERANCE);
        let interval = if early { interval + SLOWER } else { interval };
        self.0.insert(key, Poll { at: now, interval });
        if early { Err(interval) } else { Ok(()) }
    }
}

/// Refuses a client that may not use the grant, or a workspace that does not have it.
///
/// # Errors
/// `unsupported_grant_type`, `unauthorized_client`.
pub fn check_grant(cx: &Cx, client: &Client, grant: GrantType) -> Result<(), OAuthError> {
    if !cx.workspace.server.grant_types.iter().any(|word| word == grant.as_str()) {
        return Err(OAuthError::unsupported_grant_type("grant_type_not_allowed_by_workspace")
            .expected(cx.workspace.server.grant_types.join(", "))
            .got(grant.as_str()));
    }
    if !client.allows_grant(grant) {
        return Err(OAuthError::unauthorized_client("grant_type_not_registered")
            .description("The client may not use this grant.")
            .expected(client.entity.grant_types.join(", "))
            .got(grant.as_str()));
    }
    Ok(())
}

/// What a poll with `id` is worth.
///
/// # Errors
/// `authorization_pending`, `slow_down`, `access_denied`, `expired_token` (RFC 8628 §3.5), `invalid_grant`.
pub async fn redeem<'a>(
    request: TokenRequest<'a>,
    kind: &'static str,
    id: &'a str,
) -> Result<Redeemed<'a>, OAuthError> {
    let now = request.cx.now;
    let found = find(request, kind, id).await?;
    if found.state == DecoupledState::Spent {
        return Err(OAuthError::invalid_grant("decoupled_request_used_twice")
            .detail("the client has had its tokens for it"));
    }
    if found.expires_at <= now.millis() {
        let late = (now.millis() - found.expires_at) / 1000;
        return Err(
            told(ErrorCode::ExpiredToken, "decoupled_request_expired").detail(format!("{late} s too late"))
        );
    }
    match found.state {
        DecoupledState::Denied => Err(told(ErrorCode::AccessDenied, "decoupled_request_denied")),
        DecoupledState::Pending => Err(match request.cx.app.memory.polls.note(id, now) {
            Ok(()) => told(ErrorCode::AuthorizationPending, "decoupled_request_pending"),
            Err(interval) => told(ErrorCode::SlowDown, "polled_too_often")
                .expected(format!("at least {interval} s between polls")),
        }),
        DecoupledState::Approved | DecoupledState::Spent => granted(request.cx, found.grant, id).await,
    }
}

/// What a request is worth that was approved with this grant.
///
/// # Errors
/// `invalid_grant` when it was revoked, or the person is gone.
pub async fn granted<'a>(
    cx: &Cx,
    grant: Option<Grant<GrantRecord>>,
    id: &'a str,
) -> Result<Redeemed<'a>, OAuthError> {
    let grant = grant.filter(|grant| grant.revoked_at.is_none()).ok_or_else(grant_revoked)?;
    vouched::check(cx, &grant.doc.authentication).await?;
    let scope = Cow::Owned(grant.doc.scope.clone());
    let person = Person { grant_id: Some(grant.id), record: grant.doc, nonce: None };
    Ok(Redeemed { owner: Owner::Person(Box::new(person)), scope, spends: Spends::Decoupled(id) })
}

/// Why an approved request could not be spent: something else was quicker.
pub fn not_spent() -> OAuthError {
    OAuthError::invalid_grant("decoupled_request_used_twice")
        .detail("another request was quicker, or the grant has just been revoked")
}

/// The grant of an answer given by who was authenticated so. `acr_values` are the classes of authentication that were
/// asked for.
pub fn grant(cx: &Cx, scope: ScopeSet, authentication: Authentication, acr_values: &[String]) -> GrantRecord {
    GrantRecord {
        scope,
        acr: acr::of_authentication(&cx.workspace, &authentication, acr_values),
        authentication,
        claims: ClaimsRequest::default(),
        resources: Vec::new(),
        authorization_details: AuthorizationDetails::default(),
    }
}

type Found = DecoupledRequest<Value, GrantRecord>;

async fn find(request: TokenRequest<'_>, kind: &str, id: &str) -> Result<Found, OAuthError> {
    let found = request.cx.store().find_decoupled_request::<Value, GrantRecord>(id).await;
    let found = found.map_err(|error| store_failure(&error))?.filter(|found| found.kind == kind);
    let found = found.ok_or_else(|| {
        OAuthError::invalid_grant("decoupled_request_unknown")
            .detail("no such code was issued here, or it was issued long ago")
    })?;
    if found.client_id != request.client.id() {
        return Err(OAuthError::invalid_grant("decoupled_request_of_another_client")
            .expected(found.client_id)
            .got(request.client.id()));
    }
    Ok(found)
}

fn grant_revoked() -> OAuthError {
    OAuthError::invalid_grant("decoupled_request_grant_revoked")
}

fn told(code: ErrorCode, reason: &'static str) -> OAuthError {
    OAuthError::new(code, reason).description(code.sentence())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_polls_too_often_waits_longer_each_time() {
        let (polls, now) = (Polls::default(), Timestamp::from_seconds(1_000_000));
        assert_eq!(polls.note("a", now), Ok(()));
        assert_eq!(polls.note("b", now), Ok(()), "each has its own interval");
        assert_eq!(polls.note("a", now.plus_seconds(5)), Ok(()));
        assert_eq!(polls.note("a", now.plus_seconds(9)), Err(10));
        assert_eq!(polls.note("a", now.plus_seconds(15)), Err(15));
        assert_eq!(polls.note("a", now.plus_seconds(30)), Ok(()), "the interval stays, and can be kept");
        assert_eq!(polls.note("a", now.plus_seconds(44)), Err(20));
    }
}
