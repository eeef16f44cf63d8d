//! A rendered page as an answer.

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};

use super::language::Language;

/// A page with its status and headers.
#[derive(Clone, Debug)]
pub struct Html {
    /// The status of the answer.
    pub status: StatusCode,
    /// The document.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// Its `Content-Security-Policy`.
    pub policy: String,
    /// Whether the window that opened it loses sight of it. A client may run a login in a popup and wait there for
    /// word from its own callback: pages on the way to a client leave that bond whole.
    pub isolated: bool,
}

impl Html {
    /// The same page with another status.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let fixed: [(HeaderName, &'static str); 6] = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        let mut response = (self.status, fixed, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        // A policy that is no header value would be none at all: then nothing is allowed.
        let policy = HeaderValue::from_str(&self.policy)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        if self.isolated {
            let name = HeaderName::from_static("cross-origin-opener-policy");
            headers.insert(name, HeaderValue::from_static("same-origin"));
        }
        response
    }
}
