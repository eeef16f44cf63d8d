//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): 32 random bytes, stored as their SHA-256.

use symbolon_protocol::{Confirmation, GrantType};

use super::{Issued, Lifetimes, OFFLINE_ACCESS};
use crate::cx::Cx;
use crate::oauth2::grants::{Person, Spends};
use crate::oauth2::records::{GrantRecord, RefreshRecord};
use crate::snapshot::Client;

/// What goes with a refresh token. The token itself is in the answer.
#[derive(Debug)]
pub struct NewRefresh {
    /// The grant it belongs to.
    pub grant_id: String,
    /// What a request with it must match.
    pub record: RefreshRecord,
    /// When it expires, in unix milliseconds.
    pub expires_at: i64,
}

/// Adds a refresh token where one is due: the client may use the grant, and `offline_access` was granted.
/// `binding` is what it is bound to.
pub(super) fn add(
    cx: &Cx,
    client: &Client,
    person: &Person,
    (spends, binding): (&Spends<'_>, Option<Confirmation>),
    issued: &mut Issued,
) {
    let Some(grant_id) = person.grant_id.as_ref().filter(|_| may_refresh(cx, client, &person.record)) else {
        return;
    };
    if let Spends::Nothing { keeps: Some(token) } = spends {
        issued.response.refresh_token = Some((*token).to_owned());
        return;
    }
    let lifetime = Lifetimes::of(&cx.workspace, client).refresh_token;
    issued.response.refresh_token = Some(cx.app.rng.secret());
    issued.refresh_token = Some(NewRefresh {
        grant_id: grant_id.clone(),
        record: RefreshRecord::bound_to(binding),
        expires_at: cx.now.plus_seconds(lifetime).millis(),
    });
}

/// Whether workspace, client and the granted scope allow refreshing, today.
pub fn may_refresh(cx: &Cx, client: &Client, record: &GrantRecord) -> bool {
    let allowed = &cx.workspace.server.grant_types;
    client.allows_grant(GrantType::RefreshToken)
        && allowed.iter().any(|word| word == GrantType::RefreshToken.as_str())
        && record.scope.contains(OFFLINE_ACCESS)
        && client.scopes.contains(OFFLINE_ACCESS)
}
