//! The cookies of a workspace: the browser's, the session's, and one that a script may read. Read and written nowhere
//! else.
//!
//! All carry the `__Host-` prefix (RFC 6265bis §4.1.3.2): `Secure`, `Path=/`, no `Domain`. `SameSite=Lax`, since
//! the browser arrives from the client's site by a top-level navigation. As all paths of a host share such
//! cookies, the names tell the workspaces apart.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

use crate::snapshot::Workspace;

/// Which of the cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieName {
    /// Tells one browser from another before anybody is logged in: it binds an authorization request, and the forms
    /// shown for it, to the browser that began it.
    Browser,
    /// The session of the person who is logged in.
    Session,
    /// Changes with the session, and opens nothing: the script of Session Management 1.0 reads it, in a frame of a
    /// client's page.
    BrowserState,
}

impl CookieName {
    /// The name of the cookie.
    pub fn of(self, workspace: &Workspace) -> String {
        let name = match self {
            Self::Browser => "browser",
            Self::Session => "session",
            Self::BrowserState => "browser_state",
        };
        format!("__Host-{name}.{}.{}", workspace.tenant_id, workspace.id)
    }

    /// The value of the cookie in these request headers. Of two cookies of one name the first counts, as it is the
    /// one with the longer path or greater age.
    pub fn read<'a>(self, workspace: &Workspace, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.of(workspace);
        // Read as bytes: the cookie of somebody else on this host may hold any, and must not hide ours.
        headers
            .get_all(COOKIE)
            .iter()
            .flat_map(|field| field.as_bytes().split(|byte| *byte == b';'))
            .find_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
            .and_then(|value| std::str::from_utf8(value).ok())
            .filter(|value| is_token(value))
    }

    /// Adds the cookie to response headers. It ends with the browser, or after `max_age` seconds.
    pub fn write(self, workspace: &Workspace, value: &str, max_age: Option<i64>, headers: &mut HeaderMap) {
        let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let readers = match self {
            Self::Browser | Self::Session => "HttpOnly; SameSite=Lax",
            Self::BrowserState => "SameSite=None",
        };
        let cookie = format!("{}={value}; Path=/; Secure; {readers}{age}", self.of(workspace));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }

    /// Takes the cookie away from the browser.
    pub fn remove(self, workspace: &Workspace, headers: &mut HeaderMap) {
        self.write(workspace, "", Some(0), headers);
    }
}

/// What this server puts into its cookies: 43 base64url characters.
fn is_token(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
