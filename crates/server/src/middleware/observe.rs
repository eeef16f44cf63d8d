//! The outermost layer of every request.

use std::{borrow::Cow, time::Instant};

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue, Method, Request, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
};
use prometheus_client::metrics::gauge::Gauge;
use symbolon_protocol::{ErrorCode, Reason};
use time::OffsetDateTime;

use super::{
    Watch,
    panic::caught,
    place::Place,
    request_id::{HEADER, RequestId},
};
use crate::{
    clock::Timestamp,
    metrics::RefusalLabels,
    refusals::{CertificateSeen, Refusal, Refused},
    tls::{Peer, Via},
};

/// What is remembered of a request until its answer.
struct Seen {
    request_id: RequestId,
    place: Place,
    method: Method,
    path: String,
    peer: Option<Peer>,
    came: Timestamp,
}

/// Gives the request its id and limits, and writes down how it was answered.
pub(super) async fn observe(State(watch): State<Watch>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let _in_flight = InFlight::enter(&watch.0.metrics.in_flight);
    let peer = request.extensions().get::<Peer>().cloned();
    // Whether to believe an id is a question about the proxy, not about its client.
    let via = request.extensions().get::<Via>().map(|via| via.0.ip());
    let address = via.or_else(|| peer.as_ref().map(|peer| peer.remote.ip()));
    let request_id =
        RequestId::given_or_new(request.headers(), address, &watch.0.trusted_proxies, &watch.0.rng);
    request.extensions_mut().insert(request_id.clone());
    let seen = Seen {
        request_id,
        place: Place::of(&request),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        peer,
        came: watch.0.clock.now(),
    };

    let mut response = watch.answer(&seen, request, next).await;

    let headers = response.headers_mut();
    // Ids are ASCII: made here, or checked when a proxy sent them.
    if let Ok(value) = HeaderValue::from_str(seen.request_id.as_str()) {
        headers.insert(HEADER, value);
    }
    watch.0.security_headers.complete(seen.place.endpoint_or(&seen.path), headers);
    let status = response.status();
    let took = started.elapsed();
    watch.0.metrics.answered(&seen.place.endpoint, &seen.method, status, took);
    if watch.0.http_logs {
        let Seen { request_id, method, path, .. } = &seen;
        tracing::info!(%request_id, %method, path, status = status.as_u16(), took_us = took.as_micros(), "answered");
    }
    match response.extensions_mut().remove::<Refused>() {
        // Every client that polls hears this many times, and nobody has anything to cure.
        Some(refused) if refused.error() == ErrorCode::AuthorizationPending.as_str() => {}
        Some(refused) => watch.write_down(seen, status, &refused),
        None if is_refusal(status) => watch.write_down(seen, status, &unexplained(status)),
        None => {}
    }
    response
}

impl Watch {
    async fn answer(&self, seen: &Seen, mut request: Request<Body>, next: Next) -> Response {
        let limit =
            if seen.path.starts_with("/api/") { self.0.management_body_size } else { self.0.body_size };
        if let Some(length) = content_length(&request).filter(|length| *length > limit as u64) {
            return fixed(&Fixed::body_too_large(limit, length), &seen.request_id);
        }
        // For bodies that do not say their length: the extractors stop reading there.
        DefaultBodyLimit::max(limit).apply(&mut request);
        match tokio::time::timeout(self.0.request_timeout, caught(next.run(request))).await {
            Ok(Ok(response)) => response,
            Ok(Err(_panic)) => fixed(&Fixed::panic(), &seen.request_id),
            Err(_elapsed) => fixed(&Fixed::timeout(self.0.request_timeout.as_secs_f32()), &seen.request_id),
        }
    }

    fn write_down(&self, seen: Seen, status: StatusCode, refused: &Refused) {
        let reason = refused.reason();
        let labels = RefusalLabels { error: refused.error().into(), reason: reason.code.as_ref().into() };
        self.0.metrics.refusals.get_or_create(&labels).inc();
        let of_path = |names| seen.place.parameter(&seen.path, names).map(str::to_owned);
        let refusal = Refusal {
            tenant_id: seen.place.tenant(&seen.path).map(str::to_owned),
            workspace_id: of_path(&["aid", "wid"]),
            endpoint: seen.place.endpoint_or(&seen.path).to_owned(),
            request_id: seen.request_id.to_string(),
            time: utc(seen.came),
            method: seen.method.to_string(),
            status: status.as_u16(),
            client_id: refused.client_id().map(str::to_owned),
            error: refused.error().to_owned(),
            reason: reason.code.to_string(),
            detail: reason.detail.clone(),
            expected: reason.expected.clone(),
            got: reason.got.clone(),
            certificate: seen
                .peer
                .as_ref()
                .and_then(|peer| peer.certificate.as_deref())
                .map(CertificateSeen::of),
            remote_address: seen.peer.map(|peer| peer.remote.ip().to_string()),
        };
        log(&refusal);
        self.0.refusals.record(refusal);
    }
}

/// One line for each refusal. A fault of ours is an error; anything else is the other side's.
fn log(refusal: &Refusal) {
    let Refusal { request_id, endpoint, status, error, reason, detail, .. } = refusal;
    if *status >= 500 {
        tracing::error!(request_id, endpoint, status, error, reason, detail, "failed");
        return;
    }
    tracing::info!(
        request_id,
        endpoint,
        status,
        tenant = refusal.tenant_id,
        workspace = refusal.workspace_id,
        client_id = refusal.client_id,
        error,
        reason,
        detail,
        expected = refusal.expected,
        got = refusal.got,
        from = refusal.remote_address,
        "refused"
    );
}

/// An answer that no endpoint gave.
struct Fixed {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    reason: Reason,
}

impl Fixed {
    fn body_too_large(limit: usize, length: u64) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            error: "invalid_request",
            description: "The request body is too large.",
            reason: Reason {
                code: Cow::Borrowed("body_too_large"),
                detail: "The request body is larger than the limit.".to_owned(),
                expected: Some(format!("at most {limit} bytes")),
                got: Some(format!("{length} bytes")),
            },
        }
    }

    fn panic() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "server_error",
            description: "The server failed to answer the request.",
            reason: Reason {
                code: Cow::Borrowed("panic"),
                detail: "The server's own code failed; the log has the place.".to_owned(),
                ..Reason::default()
            },
        }
    }

    fn timeout(seconds: f32) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: "temporarily_unavailable",
            description: "The answer took too long. Try again.",
            reason: Reason {
                code: Cow::Borrowed("request_timeout"),
                detail: "The answer took longer than limits.request_timeout.".to_owned(),
                expected: Some(format!("an answer within {seconds} s")),
                got: None,
            },
        }
    }
}

/// A body that clients of both the protocol and the management APIs can read.
fn fixed(fixed: &Fixed, request_id: &RequestId) -> Response {
    let Fixed { status, error, description, reason } = fixed;
    let body = serde_json::json!({
        "error": error,
        "error_description": description,
        "error_code": status.as_u16(),
        "status_code": status.as_u16(),
        "request_id": request_id.as_str(),
    });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = (*status, headers, body.to_string()).into_response();
    response.extensions_mut().insert(Refused::new(error, reason.clone()));
    response
}

/// Whether an answer without a reason is one that somebody may ask about. Paths that lead nowhere are not.
fn is_refusal(status: StatusCode) -> bool {
    status.is_server_error() || (status.is_client_error() && status != StatusCode::NOT_FOUND)
}

/// For answers of the HTTP framework itself: a method that the route has not, a body that cannot be read.
fn unexplained(status: StatusCode) -> Refused {
    let detail = status.canonical_reason().unwrap_or_default().to_owned();
    let code = Cow::Borrowed("refused_by_http_layer");
    Refused::new("invalid_request", Reason { code, detail, ..Reason::default() })
}

/// Counts a request as under way until it is dropped, however it ends.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn enter(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn content_length<B>(request: &Request<B>) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn utc(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
