//! The end of sessions: by the person, by an administrator, with a password, with an account.
//!
//! With a session end the grants that its clients got in it, but for those with `offline_access`, which are meant to
//! outlive it (OpenID Connect Back-Channel Logout §2.7); and the clients that took part are told. All of it is written
//! in one batch, with the account where that goes; [`deliver`](crate::oauth2::backchannel_logout) sends what was written.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use symbolon_store::{Grant, NewLogoutNotice, SessionEnd, SessionKey, StoreError, Whose, WorkspaceStore};

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

/// Grants read at once.
const PAGE: u32 = 500;
/// Grants that end in one batch with their session. What is beyond ends before it.
const MOST_AT_ONCE: usize = 5_000;
/// Grants that are looked at to find out whom to tell that everything of somebody has ended.
const MOST_READ: usize = 50_000;
/// Clients that are told of one ending, each of each session.
const MOST_TOLD: usize = 1_000;

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
    let mut grants = Grants::of(place, Whose::User(ending.subject), Some(ending.sid));
    let (mut ids, mut client_ids) = (Vec::new(), BTreeSet::new());
    while let Some(page) = grants.next().await? {
        for grant in page.into_iter().filter(|grant| grant.doc.authentication.session_id == ending.sid) {
            if ends_with_session(&grant) {
                ids.push(grant.id);
            }
            if client_ids.len() < MOST_TOLD || client_ids.contains(&grant.client_id) {
                client_ids.insert(grant.client_id);
            } else {
                grants.some_left_out = true;
            }
        }
        // Nobody has so many but to harm: they need not end in the same moment.
        if ids.len() >= MOST_AT_ONCE {
            store.revoke_grants(&ids, place.now.millis()).await?;
            ids.clear();
        }
    }
    grants.log_left_out();
    let mut clients = Vec::new();
    for id in client_ids {
        clients.extend(place.client(&id).await?);
    }
    let told = clients.iter().filter_map(|client| Notice::due(place, client, ending.subject, ending.sid));
    let told: Vec<_> = told.collect();
    let notices = rows(&told, place);
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

/// Ends every session and every grant of a user, those with `offline_access` too: all that was issued for them is called
/// back. Every client that ever got something in a session that is still remembered is told.
///
/// # Errors
/// When the store does not answer: nothing has ended then.
pub async fn end_user(place: &Place<'_>, subject: &str) -> Result<(), StoreError> {
    let told = whom_to_tell(place, Whose::User(subject)).await?;
    place.store().end_user(subject, &rows(&told, place), place.now.millis()).await?;
    backchannel_logout::wake(place.app, told.len());
    Ok(())
}

/// Deletes an account that somebody made, and ends all of theirs with it, as [`end_user`] does. False when there is no
/// such account.
///
/// # Errors
/// When the store does not answer: nothing has happened then.
pub async fn delete_account(place: &Place<'_>, idp_id: &str, id: &str) -> Result<bool, StoreError> {
    let told = whom_to_tell(place, Whose::User(id)).await?;
    let deleted = place.store().delete_account(idp_id, id, &rows(&told, place), place.now.millis()).await?;
    backchannel_logout::wake(place.app, told.len());
    Ok(deleted)
}

/// Deletes an identity provider with all accounts at it, as [`delete_account`] deletes one.
///
/// # Errors
/// When it is not there at `if_version`, or the store does not answer: nothing has happened then.
pub async fn delete_idp(place: &Place<'_>, id: &str, if_version: Option<i64>) -> Result<(), StoreError> {
    let told = whom_to_tell(place, Whose::AccountsAt(id)).await?;
    place.store().delete_idp(id, if_version, &rows(&told, place), place.now.millis()).await?;
    backchannel_logout::wake(place.app, told.len());
    Ok(())
}

type Told = Vec<(String, Notice)>;

/// A notice for each client and session of these people, as far as [`MOST_TOLD`] and [`MOST_READ`] go.
async fn whom_to_tell(place: &Place<'_>, whose: Whose<'_>) -> Result<Told, StoreError> {
    let mut grants = Grants::of(place, whose, None);
    let mut known: HashMap<String, Option<Arc<Client>>> = HashMap::new();
    let (mut seen, mut told) = (HashSet::new(), Vec::new());
    while let Some(page) = grants.next().await? {
        for Grant { client_id, subject, doc, .. } in page {
            if !known.contains_key(&client_id) {
                known.insert(client_id.clone(), place.client(&client_id).await?);
            }
            let (subject, sid) = (subject.unwrap_or_default(), doc.authentication.session_id);
            let client = known.get(&client_id).and_then(Option::as_ref);
            let Some(due) = client.and_then(|client| Notice::due(place, client, &subject, &sid)) else {
                continue;
            };
            if seen.contains(&(client_id.clone(), subject.clone(), sid.clone())) {
                continue;
            }
            if told.len() == MOST_TOLD {
                grants.some_left_out = true;
                break;
            }
            seen.insert((client_id, subject, sid));
            told.push(due);
        }
        if grants.some_left_out || grants.read >= MOST_READ {
            grants.some_left_out = true;
            break;
        }
    }
    grants.log_left_out();
    Ok(told)
}

fn rows<'a>(told: &'a Told, place: &Place<'_>) -> Vec<NewLogoutNotice<'a, Notice>> {
    told.iter().map(|(id, notice)| notice.row(id, place.now)).collect()
}

fn ends_with_session(grant: &Grant<GrantRecord>) -> bool {
    grant.revoked_at.is_none() && !grant.doc.scope.contains(OFFLINE_ACCESS)
}

/// Grants page by page: one person can have very many, and makes more with every request that asks them nothing.
struct Grants<'a> {
    place: &'a Place<'a>,
    whose: Whose<'a>,
    sid: Option<&'a str>,
    /// The last one read.
    last: String,
    /// How many were read.
    read: usize,
    /// Whether somebody is not told.
    some_left_out: bool,
}

impl<'a> Grants<'a> {
    fn of(place: &'a Place<'a>, whose: Whose<'a>, sid: Option<&'a str>) -> Self {
        Self { place, whose, sid, last: String::new(), read: 0, some_left_out: false }
    }

    /// The next page; `None` when there is no more.
    async fn next(&mut self) -> Result<Option<Vec<Grant<GrantRecord>>>, StoreError> {
        let store = self.place.store();
        let page = store.list_grants_after(self.whose, self.sid, &self.last, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.last.clone_from(&last.id);
        self.read += page.len();
        Ok(Some(page))
    }

    fn log_left_out(&self) {
        if self.some_left_out {
            let (tenant, workspace) = (&*self.place.workspace.tenant_id, &*self.place.workspace.id);
            tracing::warn!(tenant, workspace, most = MOST_TOLD, "not every client is told of a logout");
        }
    }
}
