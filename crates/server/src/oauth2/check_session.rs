//! OpenID Connect Session Management 1.0: a client's page asks, in a frame, whether the login at this server has
//! changed. For workspaces that have `advanced.session_management`.
//!
//! At every login and logout the browser gets a value that the script in the frame can read, and that opens nothing: a
//! digest of the session's cookie. `session_state` of an authorization response is a salted digest of it for one client
//! and one origin; the script makes the same and compares (§3.2).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use data_encoding::HEXLOWER;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, StatusCode};
use url::{Origin, Url};

use super::authorize::request::AuthorizationRequest;
use super::issue::OPENID;
use crate::cx::Cx;
use crate::login::cookies::CookieName;
use crate::secrets::sha256;
use crate::snapshot::Workspace;

/// The path of the page below the workspace.
pub const PATH: &str = "/oidc/check_session";
const SCRIPT: &str = include_str!("../../assets/check_session.js");

/// The page for the frame. It shows nothing.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oidc/check_session", operation_id = "checkSession", tag = "oauth2",
    responses(
        (status = 200, description = "A page for a frame, with a script that answers messages", content_type = "text/html"),
        (status = 404, description = "The workspace has no session management"),
    )
)]
pub async fn get(cx: Cx) -> Response {
    if !is_on(&cx.workspace) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cookie = CookieName::BrowserState.of(&cx.workspace);
    let cookie = cookie.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Session</title></head>\n\
         <body data-cookie=\"{cookie}\">\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    );
    let hash = STANDARD.encode(sha256(SCRIPT.as_bytes()));
    // It is there to be framed, by any client: it has nothing to be clicked, and tells an origin about itself alone.
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=300"),
        (CONTENT_SECURITY_POLICY, &policy),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, page).into_response()
}

/// Whether the workspace has session management.
pub fn is_on(workspace: &Workspace) -> bool {
    workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.session_management)
}

/// The value that the browser gets with a session, from the value of its cookie: a digest, which does not open it.
pub fn browser_state(session: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(format!("browser state\0{session}").as_bytes()))
}

/// Gives the browser the value for a session that begins; without one, a value that belongs to none. A browser without
/// a value could be asked by any site whether somebody is logged in: the site would know what to compare.
pub fn remember(cx: &Cx, session: Option<&str>, response: &mut HeaderMap) {
    if !is_on(&cx.workspace) {
        return;
    }
    let (value, max_age) = match session {
        Some(session) => (browser_state(session), crate::login::session::cookie_max_age(cx)),
        None => (cx.app.rng.secret(), None),
    };
    CookieName::BrowserState.write(&cx.workspace, &value, max_age, response);
}

/// `session_state` of an answer to this request, for a browser with this value; `None` where it is not due: the request
/// is not one of OpenID Connect, or its client has no web origin.
pub fn session_state(cx: &Cx, request: &AuthorizationRequest, browser_state: &str) -> Option<String> {
    if !is_on(&cx.workspace) || !request.scope.contains(OPENID) {
        return None;
    }
    let origin = match Url::parse(&request.redirect_uri).ok()?.origin() {
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
        Origin::Opaque(_) => return None,
    };
    let salt = HEXLOWER.encode(&cx.app.rng.bytes::<8>());
    let digest = sha256(format!("{} {origin} {browser_state} {salt}", request.client_id).as_bytes());
    Some(format!("{}.{salt}", HEXLOWER.encode(&digest)))
}

/// The value of a browser in which nobody has logged in, as far as the answer to this request says.
#[derive(Debug)]
pub struct OfBrowser<'a>(Cow<'a, str>);

impl<'a> OfBrowser<'a> {
    /// The value that the browser has; a new one for a browser that has none.
    pub fn find(cx: &Cx, headers: &'a HeaderMap) -> Self {
        let known = CookieName::BrowserState.read(&cx.workspace, headers);
        Self(known.map_or_else(|| Cow::Owned(cx.app.rng.secret()), Cow::Borrowed))
    }

    /// `session_state` of an answer to this request, where it is due.
    pub fn session_state(&self, cx: &Cx, request: &AuthorizationRequest) -> Option<String> {
        session_state(cx, request, &self.0)
    }

    /// Gives the browser a value that is new to it.
    pub fn remember(&self, cx: &Cx, response: &mut HeaderMap) {
        if let Cow::Owned(new) = &self.0 {
            CookieName::BrowserState.write(&cx.workspace, new, None, response);
        }
    }
}
