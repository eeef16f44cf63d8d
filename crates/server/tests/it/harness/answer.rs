//! An answer, and the refusal that was written down with it.

use std::fmt::Write as _;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use serde_json::Value;
use symbolon_server::refusals::{Refusal, Refusals};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the operator finds under the answer's request id.
    pub(crate) refusal: Option<Refusal>,
}

impl Answer {
    pub(super) async fn new(
        refusals: &Refusals,
        path: &str,
        parts: http::response::Parts,
        body: Bytes,
    ) -> Self {
        let id = parts.headers.get("x-request-id").map_or("", |id| id.to_str().unwrap());
        let mut refusal = None;
        // One segment of the path is the tenant's: which one, the families of endpoints do not agree on. What manages
        // the tenants belongs to tenant `system`.
        for tenant in path.split('/').filter(|segment| !segment.is_empty()).chain(["system"]) {
            refusal = refusal.or(refusals.find(tenant, id).await.unwrap());
        }
        Self { status: parts.status.as_u16(), headers: parts.headers, body, refusal }
    }

    /// The body.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header; empty when it is absent.
    pub(crate) fn header(&self, name: impl Into<HeaderName>) -> &str {
        self.headers.get(name.into()).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of a 200 answer.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{} {:?}", self.text(), self.refusal);
        self.json()
    }

    /// What the client learns, and what the operator does, of a refusal by a protocol endpoint: for an inline
    /// snapshot. Checks what every such answer must have.
    #[track_caller]
    pub(crate) fn refused(&self) -> String {
        assert!(self.status >= 400, "not refused: {} {}", self.status, self.text());
        let refusal = self.refusal.as_ref().expect("a refusal is written down");
        let body = self.json();
        assert_eq!(body["error"], refusal.error);
        // ACP's member, but where a standard names all that there may be (CIBA §13).
        if let Some(number) = body.get("error_code") {
            assert_eq!(*number, self.status);
        }
        assert_eq!(refusal.status, self.status);
        assert_eq!(self.header(CACHE_CONTROL), "no-store");
        assert_eq!(self.header(CONTENT_TYPE), "application/json");
        let mut text =
            format!("{} {}: {}", self.status, refusal.error, body["error_description"].as_str().unwrap());
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                write!(text, "\n{name}: {value}").unwrap();
            }
        };
        line("challenge", self.header(WWW_AUTHENTICATE));
        line("reason", &refusal.reason);
        line("detail", &refusal.detail);
        line("expected", refusal.expected.as_deref().unwrap_or_default());
        line("got", refusal.got.as_deref().unwrap_or_default());
        line("client", refusal.client_id.as_deref().unwrap_or_default());
        text
    }

    /// Status, error on the wire and reason in the record, on one line.
    #[track_caller]
    pub(crate) fn reason(&self) -> String {
        self.refused();
        let refusal = self.refusal.as_ref().unwrap();
        format!("{} {} {}", self.status, refusal.error, refusal.reason)
    }
}

/// Header and claims of a JWT, unverified.
#[track_caller]
pub(crate) fn decode(token: impl AsRef<str>) -> (Value, Value) {
    let parts: Vec<_> = token.as_ref().split('.').collect();
    let [header, claims, _signature] = parts.as_slice() else { panic!("no JWT: {}", token.as_ref()) };
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    (part(header), part(claims))
}
