//! The session of a person who is logged in to a workspace: single sign-on for all its clients.
//!
//! The cookie holds 32 random bytes; the store holds their SHA-256 and what the identity provider said. A login
//! always begins a session with a new id (against fixation). Where the same person had a session in this browser before,
//! it goes on under its public name: clients know it by that, and are told when it ends. The session of somebody else
//! ends.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use http::HeaderMap;
use http::header::USER_AGENT;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_protocol::OAuthError;
use symbolon_store::entity::server::SubjectFormat;
use symbolon_store::entity::{GoDuration, Server};
use symbolon_store::{self as store, NewSession, SessionKey, StoreError};

use super::cookies::CookieName;
use super::end::{self, Ending, Place};
use super::idps::{self, Identity};
use crate::cx::Cx;
use crate::oauth2::check_session;
use crate::oauth2::error::store_failure;
use crate::secrets::sha256;
use crate::snapshot::Client;

/// A session ends this many seconds after the login, unless the workspace's `sso.max_age` says otherwise.
const MAX_AGE_SECONDS: i64 = 12 * 60 * 60;
/// A session ends this many seconds after it was last used, unless the workspace's `sso.max_idle` says otherwise.
const MAX_IDLE_SECONDS: i64 = 60 * 60;
/// The time of last use is written at most this often, or four times in the idle time where that is less.
const TOUCH_SECONDS: i64 = 60;

/// The longest `User-Agent` that is kept, in characters.
const USER_AGENT_LENGTH: usize = 256;

/// A live session.
#[derive(Clone)]
pub struct Session {
    /// The random value in the cookie. Nobody else learns it.
    id: String,
    /// Its public name.
    sid: String,
    /// What is known about the person.
    pub person: Person,
    /// When they logged in, in unix seconds.
    pub auth_time: i64,
    /// When it ends in any case, in unix milliseconds.
    pub ends_at: i64,
}

/// What is kept of a session, beside its times.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Who is logged in.
    #[serde(flatten)]
    pub person: Person,
    /// Its public name (`sid`). Sessions of before were named by their cookie alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// When the person first logged in, in unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<i64>,
    /// Where from they logged in last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// With what they logged in last, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Who is logged in, and how they showed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The subject in this workspace (`sub`).
    pub subject: String,
    /// The user's name at the identity provider.
    pub username: String,
    /// The identity provider that vouches.
    pub idp_id: String,
    /// Whether they made their account themselves: the store has it then, and `subject` is its id.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_own_account: bool,
    /// Names the password that they showed: with another one nobody is logged in any more. Sessions of before do
    /// without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_version: Option<String>,
    /// How they authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// What the identity provider says about them: the source of claims.
    pub authentication_context: Map<String, Value>,
}

impl Person {
    /// The person behind an identity, as this workspace names them.
    pub fn new(cx: &Cx, identity: Identity) -> Self {
        let has_own_account = identity.account_id.is_some();
        let listed = || subject_of(&cx.workspace.server, &identity.idp_id, &identity.username);
        Self {
            subject: identity.account_id.unwrap_or_else(listed),
            has_own_account,
            password_version: Some(identity.password_version),
            username: identity.username,
            idp_id: identity.idp_id,
            amr: identity.amr,
            authentication_context: identity.authentication_context,
        }
    }
}

/// Left out of what is kept.
pub const fn is_false(value: &bool) -> bool {
    !*value
}

/// The subject of a user whom the operator listed. `subject_format`: `legacy` is the name at the identity provider;
/// everything else is a one-way function of both, so that two identity providers can never vouch for the same subject.
pub fn subject_of(server: &Server, idp_id: &str, username: &str) -> String {
    if server.subject_format == Some(SubjectFormat::Legacy) {
        return username.to_owned();
    }
    HEXLOWER.encode(&sha256(format!("{idp_id}\0{username}").as_bytes()))
}

/// Whether a login serves the request it was made for alone: `sso.enabled` is false.
pub fn is_for_one_request(server: &Server) -> bool {
    server.sso.as_ref().is_some_and(|sso| !sso.enabled)
}

impl Session {
    /// The session of these request headers, if it is still alive and its account still exists. Notes now and then
    /// that it is used.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the store does not answer.
    pub async fn find(cx: &Cx, headers: &HeaderMap) -> Result<Option<Self>, OAuthError> {
        Self::read(cx, headers).await.map_err(|error| store_failure(&error))
    }

    async fn read(cx: &Cx, headers: &HeaderMap) -> Result<Option<Self>, StoreError> {
        let Some(id) = CookieName::Session.read(&cx.workspace, headers) else { return Ok(None) };
        let now = cx.now.millis();
        let Some(found) = cx.store().find_session::<Kept>(id, now).await? else { return Ok(None) };
        if !idps::vouches(cx, &found.doc.person).await? {
            return Ok(None);
        }
        let max_idle = max_idle(cx);
        if now - found.last_used_at >= TOUCH_SECONDS.min(max_idle / 4) * 1000 {
            cx.store().touch_session(id, cx.now.plus_seconds(max_idle).millis(), now).await?;
        }
        Ok(Some(Self {
            id: id.to_owned(),
            sid: found.doc.sid.unwrap_or_else(|| first_sid(id)),
            person: found.doc.person,
            auth_time: found.auth_time.div_euclid(1000),
            ends_at: found.ends_at,
        }))
    }

    /// Names the session to clients (`sid`) and in our own records: it does not open it.
    pub fn public_id(&self) -> String {
        self.sid.clone()
    }

    /// What the browser has of it besides the cookie: see [`check_session`].
    pub fn browser_state(&self) -> String {
        check_session::browser_state(&self.id)
    }

    /// Begins a session, sets its cookie, and ends the session that the browser had before.
    ///
    /// # Errors
    /// When the store does not answer: nobody is logged in then.
    pub async fn begin(
        cx: &Cx,
        person: Person,
        request: &HeaderMap,
        response: &mut HeaderMap,
    ) -> Result<Self, StoreError> {
        let id = cx.app.rng.secret();
        let before = Before::find(cx, request).await?;
        let (same, other) = match before {
            Some(before) if before.person() == (&person.subject, &person.idp_id) => (Some(before), None),
            before => (None, before),
        };
        let sid = same.as_ref().map_or_else(|| first_sid(&id), |before| before.sid.clone());
        let issued_at = same.as_ref().and_then(|before| before.found.doc.issued_at);
        let kept = Kept {
            person,
            sid: Some(sid.clone()),
            issued_at: Some(issued_at.unwrap_or_else(|| cx.now.seconds())),
            ip_address: Some(cx.peer.remote.ip().to_string()),
            user_agent: user_agent(request),
        };
        let ends_at = cx.now.plus_seconds(max_age(cx)).millis();
        let new = NewSession {
            id: &id,
            subject: &kept.person.subject,
            doc: &kept,
            auth_time: cx.now.millis(),
            idle_until: cx.now.plus_seconds(max_idle(cx)).millis(),
            ends_at,
        };
        match same {
            Some(before) => cx.store().replace_session(&before.found.key, &new).await?,
            None => cx.store().insert_session(&new).await?,
        }
        if let Some(other) = other {
            let subject = &other.found.doc.person.subject;
            let ending = Ending { key: &other.found.key, subject, sid: &other.sid };
            end::end_session(&Place::of(cx), ending).await?;
        }
        CookieName::Session.write(&cx.workspace, &id, cookie_max_age(cx), response);
        check_session::remember(cx, Some(&id), response);
        Ok(Self { id, sid, person: kept.person, auth_time: cx.now.seconds(), ends_at })
    }

    /// Ends the session with what depends on it, and takes its cookie away. Returns the clients that took part.
    ///
    /// # Errors
    /// When the store does not answer: the session is still alive then.
    pub async fn end(self, cx: &Cx, response: &mut HeaderMap) -> Result<Vec<Arc<Client>>, StoreError> {
        let key = SessionKey::of(&self.id);
        let ending = Ending { key: &key, subject: &self.person.subject, sid: &self.sid };
        let clients = end::end_session(&Place::of(cx), ending).await?;
        CookieName::Session.remove(&cx.workspace, response);
        check_session::remember(cx, None, response);
        Ok(clients)
    }
}

/// The session that a browser brings to a login.
struct Before {
    found: store::Session<Kept>,
    sid: String,
}

impl Before {
    async fn find(cx: &Cx, headers: &HeaderMap) -> Result<Option<Self>, StoreError> {
        let Some(id) = CookieName::Session.read(&cx.workspace, headers) else { return Ok(None) };
        let found = cx.store().find_session::<Kept>(id, cx.now.millis()).await?;
        Ok(found.map(|found| Self { sid: found.doc.sid.clone().unwrap_or_else(|| first_sid(id)), found }))
    }

    /// Subject and identity provider.
    fn person(&self) -> (&String, &String) {
        (&self.found.doc.person.subject, &self.found.doc.person.idp_id)
    }
}

/// The public name of a session that begins with this cookie: a digest, which does not open it.
fn first_sid(id: &str) -> String {
    HEXLOWER.encode(&sha256(format!("sid\0{id}").as_bytes())[..16])
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(USER_AGENT_LENGTH).collect())
}

fn max_age(cx: &Cx) -> i64 {
    let configured = cx.workspace.server.sso.as_ref().and_then(|sso| sso.max_age);
    let max_age = seconds(configured, MAX_AGE_SECONDS);
    cookie_max_age(cx).map_or(max_age, |cookie| cookie.min(max_age))
}

/// `cookie_max_age`: the cookie outlives the browser's end, and the session does not outlive the cookie.
pub fn cookie_max_age(cx: &Cx) -> Option<i64> {
    cx.workspace.server.cookie_max_age.map(GoDuration::secs).filter(|seconds| *seconds > 0)
}

fn max_idle(cx: &Cx) -> i64 {
    let configured = cx.workspace.server.sso.as_ref().and_then(|sso| sso.max_idle);
    seconds(configured, MAX_IDLE_SECONDS)
}

/// Zero is what clients send for "not set": a session that ends as it begins would let nobody in.
fn seconds(configured: Option<GoDuration>, default: i64) -> i64 {
    configured.map(GoDuration::secs).filter(|seconds| *seconds > 0).unwrap_or(default)
}
