//! Cross-origin access (Fetch standard §3.2) for the endpoints that applications in a browser call.
//!
//! Any origin may read the answers, and none may send credentials of the browser: no cookie counts at these
//! endpoints, and a browser sends no client certificate with such a request. What grants access is in the request
//! itself.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
};
use http::{HeaderValue, Method, StatusCode};

const ANY: HeaderValue = HeaderValue::from_static("*");
/// RFC 9449 §8: applications in a browser must be able to read the nonce.
const EXPOSED: HeaderValue = HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce, X-Request-Id");

/// MCP-Protocol-Version comes with discovery by clients of the Model Context Protocol; nothing here depends on it.
const ALLOWED: &str = "Authorization, Content-Type, DPoP, MCP-Protocol-Version";

/// Answers preflight requests, and lets any origin read the answer.
pub async fn any_origin(request: Request, next: Next) -> Response {
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match preflight {
        true => (StatusCode::NO_CONTENT, preflight_headers()).into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

fn preflight_headers() -> [(http::HeaderName, &'static str); 3] {
    [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED),
        (ACCESS_CONTROL_MAX_AGE, "7200"),
    ]
}
