//! The session of a person who is logged in to a workspace: single sign-on for all its clients.
//!
//! The cookie holds 32 random bytes; the store holds their SHA-256 and what the identity provider said. A login
//! always begins a session with a new id (against fixation) and ends the one the browser had.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_store::entity::server::SubjectFormat;
use symbolon_store::entity::{GoDuration, Server};
use symbolon_store::{NewSession, StoreError};

use super::cookies::CookieName;
use super::idps::{self, Identity};
use crate::cx::Cx;
use crate::secrets::sha256;

/// A session ends this many seconds after the login, unless the workspace's `sso.max_age` says otherwise.
const MAX_AGE_SECONDS: i64 = 12 * 60 * 60;
/// A session ends this many seconds after it was last used, unless the workspace's `sso.max_idle` says otherwise.
const MAX_IDLE_SECONDS: i64 = 60 * 60;
/// The time of last use is written at most this often, or four times in the idle time where that is less.
const TOUCH_SECONDS: i64 = 60;

/// A live session.
#[derive(Clone)]
pub struct Session {
    /// The random value in the cookie. Nobody else learns it.
    id: String,
    /// What is known about the person.
    pub person: Person,
    /// When they logged in, in unix seconds.
    pub auth_time: i64,
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
    /// How they authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// What the identity provider says about them: the source of claims.
    pub authentication_context: Map<String, Value>,
}

impl Person {
    /// The person behind an identity, as this workspace names them.
    pub fn new(cx: &Cx, identity: Identity) -> Self {
        Self {
            subject: subject_of(&cx.workspace.server, &identity.idp_id, &identity.username),
            username: identity.username,
            idp_id: identity.idp_id,
            amr: identity.amr,
            authentication_context: identity.authentication_context,
        }
    }
}

/// `subject_format`: `legacy` is the name at the identity provider; everything else is a one-way function of both,
/// so that two identity providers can never vouch for the same subject.
pub fn subject_of(server: &Server, idp_id: &str, username: &str) -> String {
    if server.subject_format == Some(SubjectFormat::Legacy) {
        return username.to_owned();
    }
    hex(&sha256(format!("{idp_id}\0{username}").as_bytes()))
}

/// Whether a login serves the request it was made for alone: `sso.enabled` is false.
pub fn is_for_one_request(server: &Server) -> bool {
    server.sso.as_ref().is_some_and(|sso| !sso.enabled)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Session {
    /// The session of these request headers, if it is still alive and its account still exists. Notes now and then
    /// that it is used.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(cx: &Cx, headers: &HeaderMap) -> Result<Option<Self>, StoreError> {
        let Some(id) = CookieName::Session.read(&cx.workspace, headers) else { return Ok(None) };
        let now = cx.now.millis();
        let Some(found) = cx.store().find_session::<Person>(id, now).await? else { return Ok(None) };
        if !idps::vouches(cx, &found.doc.idp_id, &found.doc.username) {
            return Ok(None);
        }
        let max_idle = max_idle(cx);
        if now - found.last_used_at >= TOUCH_SECONDS.min(max_idle / 4) * 1000 {
            cx.store().touch_session(id, cx.now.plus_seconds(max_idle).millis(), now).await?;
        }
        Ok(Some(Self { id: id.to_owned(), person: found.doc, auth_time: found.auth_time.div_euclid(1000) }))
    }

    /// Names the session to clients (`sid`) and in our own records: a digest, which does not open it.
    pub fn public_id(&self) -> String {
        hex(&sha256(format!("sid\0{}", self.id).as_bytes())[..16])
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
        cx.store()
            .insert_session(&NewSession {
                id: &id,
                subject: &person.subject,
                doc: &person,
                auth_time: cx.now.millis(),
                idle_until: cx.now.plus_seconds(max_idle(cx)).millis(),
                ends_at: cx.now.plus_seconds(max_age(cx)).millis(),
            })
            .await?;
        if let Some(before) = CookieName::Session.read(&cx.workspace, request) {
            cx.store().delete_session(before).await?;
        }
        CookieName::Session.write(&cx.workspace, &id, cookie_max_age(cx), response);
        Ok(Self { id, person, auth_time: cx.now.seconds() })
    }

    /// Ends the session and takes its cookie away.
    ///
    /// # Errors
    /// When the store does not answer: the session is still alive then.
    pub async fn end(self, cx: &Cx, response: &mut HeaderMap) -> Result<(), StoreError> {
        cx.store().delete_session(&self.id).await?;
        CookieName::Session.remove(&cx.workspace, response);
        Ok(())
    }
}

fn max_age(cx: &Cx) -> i64 {
    let configured = cx.workspace.server.sso.as_ref().and_then(|sso| sso.max_age);
    let max_age = seconds(configured, MAX_AGE_SECONDS);
    cookie_max_age(cx).map_or(max_age, |cookie| cookie.min(max_age))
}

/// `cookie_max_age`: the cookie outlives the browser's end, and the session does not outlive the cookie.
fn cookie_max_age(cx: &Cx) -> Option<i64> {
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
