//! The end of sessions: by the person, by an administrator, with a password, with an account.
//!
//! With a session end the grants that its clients got in it, but for those with `offline_access`, which are meant to
//! outlive it (OpenID Connect Back-Channel Logout §2.7); and the clients that took part are told. All of it is written
//! in one batch; [`deliver`](crate::oauth2::backchannel_logout) sends what was written.

use std::collections::HashMap;
use std::sync::Arc;

use symbolon_store::{Grant, SessionEnd, SessionKey, StoreError, WorkspaceStore};

use super::session::Kept;
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::oauth2::backchannel_logout::{self, Notice};
use crate::oauth2::clients;
use crate::oauth2::issue::OFFLINE_ACCESS;
use crate::oauth2::records::GrantRecord;
use crate::snapshot::{Client, Workspace};

/// Where and when sessions end: a request to a workspace, or to the management API.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The application.
    pub app: &'a App,
    /// The workspace whose sessions they are.
    pub workspace: &'a Workspace,
    /// Where the server was reached: clients know their issuer by it.
    pub base_url: &'a BaseUrl,
    /// The time of the request.
    pub now: Timestamp,
}

/// A session that is to end.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// Its key in the store.
    pub key: &'a SessionKey,
    /// Whose it is.
    pub subject: &'a str,
    /// Its public name.
    pub sid: &'a str,
}

impl<'a> Place<'a> {
    /// The place of a request to a workspace.
    pub fn of(cx: &'a Cx) -> Self {
        Self { app: &cx.app, workspace: &cx.workspace, base_url: &cx.base_url, now: cx.now }
    }

    fn store(&self) -> WorkspaceStore<'a> {
        self.app.store.workspace(&self.workspace.tenant_id, &self.workspace.id)
    }

    /// A client that took part and may have an address to be told at.
    async fn client(&self, id: &str) -> Result<Option<Arc<Client>>, StoreError> {
        let found = clients::find_registered(self.app, self.workspace, id).await?;
        Ok(found.filter(|client| client.is_active()))
    }
}

/// Ends a session with what depends on it. Returns the clients that took part in it; none, if somebody else was faster.
///
/// # Errors
/// When the store does not answer: the session is still alive then.
pub async fn end_session(place: &Place<'_>, ending: Ending<'_>) -> Result<Vec<Arc<Client>>, StoreError> {
    let store = place.store();
    let mut grants = store.list_grants_of_session::<GrantRecord>(ending.subject, ending.sid).await?;
    grants.retain(|grant| grant.doc.authentication.session_id == ending.sid);
    let ids: Vec<&str> =
        grants.iter().filter(|grant| ends_with_session(grant)).map(|grant| &*grant.id).collect();
    let mut clients = Vec::new();
    for id in distinct(grants.iter().map(|grant| &*grant.client_id)) {
        clients.extend(place.client(id).await?);
    }
    let told = clients.iter().filter_map(|client| Notice::due(place, client, ending.subject, ending.sid));
    let told: Vec<_> = told.collect();
    let notices: Vec<_> = told.iter().map(|(id, notice)| notice.row(id, place.now)).collect();
    let end = SessionEnd { session: ending.key, grants: &ids, notices: &notices, now: place.now.millis() };
    if !store.end_session(&end).await? {
        return Ok(Vec::new());
    }
    backchannel_logout::wake(place.app, notices.len());
    Ok(clients)
}

/// Ends every session of a user: who knew the password of before is logged in no more.
///
/// # Errors
/// When the store does not answer: some sessions may have ended then.
pub async fn end_sessions(place: &Place<'_>, subject: &str) -> Result<(), StoreError> {
    for session in place.store().list_sessions::<Kept>(subject, place.now.millis()).await? {
        let sid = session.doc.sid.as_deref().unwrap_or_default();
        end_session(place, Ending { key: &session.key, subject, sid }).await?;
    }
    Ok(())
}

/// Ends every session and every grant of a user, those with `offline_access` too: the account is gone, or all that was
/// issued for it is called back. Every client that ever got something in a session that is still remembered is told.
///
/// # Errors
/// When the store does not answer: nothing has ended then.
pub async fn end_user(place: &Place<'_>, subject: &str) -> Result<(), StoreError> {
    let store = place.store();
    let grants = store.list_all_grants::<GrantRecord>(subject).await?;
    let pairs = grants.iter().map(|grant| (&*grant.client_id, &*grant.doc.authentication.session_id));
    let mut known: HashMap<&str, Option<Arc<Client>>> = HashMap::new();
    let mut told = Vec::new();
    for (client_id, sid) in distinct(pairs) {
        if !known.contains_key(client_id) {
            known.insert(client_id, place.client(client_id).await?);
        }
        let client = known.get(client_id).and_then(Option::as_ref);
        told.extend(client.and_then(|client| Notice::due(place, client, subject, sid)));
    }
    let notices: Vec<_> = told.iter().map(|(id, notice)| notice.row(id, place.now)).collect();
    store.end_user(subject, &notices, place.now.millis()).await?;
    backchannel_logout::wake(place.app, notices.len());
    Ok(())
}

fn ends_with_session(grant: &Grant<GrantRecord>) -> bool {
    grant.revoked_at.is_none() && !grant.doc.scope.contains(OFFLINE_ACCESS)
}

/// Each once, in order.
fn distinct<T: PartialEq + Copy>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}
