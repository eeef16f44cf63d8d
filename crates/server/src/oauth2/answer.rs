//! JSON answers, and how long they may be kept.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use serde::Serialize;
use symbolon_protocol::OAuthError;

use super::error::ErrorResponse;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How long others may keep the keys and the metadata of a workspace, in seconds: a new key is published as `next`
/// for longer than this before it signs.
const PUBLIC_SECONDS: &str = "public, max-age=300";

/// An answer that holds credentials or speaks of them (RFC 6749 §5.1).
pub fn no_store_json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => no_store(JSON, body.into()),
        Err(error) => {
            ErrorResponse::from(OAuthError::server_error("answer_unwritable").detail(error)).into_response()
        }
    }
}

/// An answer that no cache may keep.
pub fn no_store(content_type: HeaderValue, body: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (headers, body).into_response()
}

/// A document that everybody may read and keep for a while.
pub fn public_json(body: Bytes) -> Response {
    let headers = [(CONTENT_TYPE, JSON), (CACHE_CONTROL, HeaderValue::from_static(PUBLIC_SECONDS))];
    (headers, body).into_response()
}
