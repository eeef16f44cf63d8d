//! How a management error becomes an answer: `{status_code, error, error_code, details}`.
//!
//! `error` is a sentence for the caller, `error_code` a word for programs, `details` names the members at fault.
//! What the log keeps besides (what was seen, what a lower layer said) travels in the response's extensions.

use std::fmt;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_protocol::{OAuthError, Reason};
use symbolon_store::StoreError;
use utoipa::ToSchema;

pub use crate::faults::Faults;
use crate::oauth2::dpop::DPOP_NONCE;
use crate::refusals::Refused;

/// What kind of error it is; the kind fixes the HTTP status and the `error_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read.
    BadRequest,
    /// No access token, or not a good one.
    Unauthorized,
    /// The access token lacks the scope.
    Forbidden,
    /// No such thing, or none that the caller may see.
    NotFound,
    /// The path does not answer this method.
    MethodNotAllowed,
    /// What is asked for exists in no form that the caller takes.
    NotAcceptable,
    /// Another thing with the same key is there, or one that depends on this.
    Conflict,
    /// `if-match` names another version.
    PreconditionFailed,
    /// The body is longer than the limit.
    PayloadTooLarge,
    /// The body is of another type than the operation reads.
    UnsupportedMediaType,
    /// The body can be read but not accepted.
    Unprocessable,
    /// Too many requests of this kind at a time.
    TooManyRequests,
    /// Something went wrong here.
    Internal,
    /// The store does not answer.
    Unavailable,
}

impl Kind {
    const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotAcceptable => "not_acceptable",
            Self::Conflict => "conflict",
            Self::PreconditionFailed => "precondition_failed",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Unprocessable => "validation_failed",
            Self::TooManyRequests => "too_many_requests",
            Self::Internal => "internal_error",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The error of every management operation.
#[derive(Debug)]
pub struct ApiError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: Kind,
    message: String,
    details: Map<String, Value>,
    challenge: Option<String>,
    dpop_nonce: Option<Box<str>>,
    /// For the log and the refusal record alone.
    seen: Option<String>,
}

/// The body of every error of the management APIs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// The HTTP status.
    #[schema(example = 422)]
    status_code: u16,
    /// What is wrong, in a sentence.
    error: String,
    /// What is wrong, in a word that does not change.
    #[schema(example = "validation_failed")]
    error_code: &'static str,
    /// What is wrong by member: its path in the body, and a sentence.
    #[schema(value_type = Object)]
    details: Map<String, Value>,
}

impl ApiError {
    /// An error of this kind with a sentence for the caller.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let parts = Parts {
            kind,
            message: message.into(),
            details: Map::new(),
            challenge: None,
            dpop_nonce: None,
            seen: None,
        };
        Self(Box::new(parts))
    }

    /// 404: there is no `thing` called `id`, or none that this caller may see.
    pub fn not_found(thing: &str, id: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, format!("There is no {thing} {id}."))
    }

    /// 409: there is a `thing` called `id` already.
    pub fn exists(thing: &str, id: impl fmt::Display) -> Self {
        Self::new(Kind::Conflict, format!("There is a {thing} {id} already."))
    }

    /// 422 with one member at fault.
    pub fn invalid(path: &str, message: impl Into<String>) -> Self {
        let mut faults = Faults::default();
        faults.add(path, message);
        faults.into_error()
    }

    /// Adds a value to `details`.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.details.insert(name.to_owned(), value.into());
        self
    }

    /// What the log keeps and the caller does not read.
    #[must_use]
    pub fn seen(mut self, seen: impl fmt::Display) -> Self {
        self.0.seen = Some(seen.to_string());
        self
    }

    /// The `WWW-Authenticate` header of the answer.
    #[must_use]
    pub fn challenge(mut self, challenge: String) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// The `DPoP-Nonce` header of the answer (RFC 9449 §8).
    #[must_use]
    pub fn dpop_nonce(mut self, nonce: &str) -> Self {
        self.0.dpop_nonce = Some(nonce.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The sentence for the caller.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// The store's own words never reach the wire. Where an operation can say more of a conflict or of what is not there,
/// it does so before.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (kind, message) = match &error {
            StoreError::Conflict { .. } => {
                (Kind::Conflict, "Another one with the same key is there already.")
            }
            StoreError::NotFound(_) | StoreError::MissingParent => (Kind::NotFound, "It does not exist."),
            StoreError::PreconditionFailed { .. } => {
                (Kind::PreconditionFailed, "It was changed in the meantime.")
            }
            StoreError::Unavailable(_) => {
                (Kind::Unavailable, "The service cannot answer at the moment. Try again.")
            }
            _ => (Kind::Internal, "The server failed to answer the request."),
        };
        Self::new(kind, message).seen(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Parts { kind, message, details, challenge, dpop_nonce, seen } = *self.0;
        let refused = Refused::new(kind.code(), reason(kind, &message, &details, seen));
        let status = kind.status();
        let body =
            ErrorBody { status_code: status.as_u16(), error: message, error_code: kind.code(), details };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(nonce) = dpop_nonce.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(DPOP_NONCE, nonce);
        }
        response.extensions_mut().insert(refused);
        response
    }
}

/// What the operator reads: the sentence, the members at fault, and what was seen.
fn reason(kind: Kind, message: &str, details: &Map<String, Value>, seen: Option<String>) -> Reason {
    let members: Vec<_> = details.iter().map(|(path, what)| format!("{path}: {what}")).collect();
    let detail =
        if members.is_empty() { message.to_owned() } else { format!("{message} {}", members.join("; ")) };
    // The error type of the protocol endpoints makes texts of strangers short and legible.
    let error = OAuthError::invalid_request(kind.code()).detail(detail);
    *match seen {
        Some(seen) => error.got(seen),
        None => error,
    }
    .reason
}

impl Faults {
    /// 422 if anything is at fault.
    ///
    /// # Errors
    /// When it is.
    pub fn into_result(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    fn into_error(self) -> ApiError {
        let message = match self.as_slice() {
            [(path, message)] => format!("{path}: {message}."),
            faults => format!("{} members cannot be accepted; see details.", faults.len()),
        };
        let mut error = ApiError::new(Kind::Unprocessable, message);
        error.0.details = self.into_iter().map(|(path, message)| (path, Value::String(message))).collect();
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(error: ApiError) -> (StatusCode, Value) {
        let response = error.into_response();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn all_faults_are_told_at_once() {
        let mut faults = Faults::default();
        faults.check(true, "client_name", "is fine");
        faults.add("redirect_uris[0]", "must be absolute");
        faults.add("redirect_uris[0]", "a later fault of the same member");
        faults.add("scopes[1]", "is not known");
        let (status, body) = body(faults.into_result().unwrap_err()).await;
        assert_eq!(status, 422);
        assert_eq!(body["status_code"], 422);
        assert_eq!(body["error_code"], "validation_failed");
        assert_eq!(
            body["details"],
            serde_json::json!({"redirect_uris[0]": "must be absolute", "scopes[1]": "is not known"})
        );
    }

    #[tokio::test]
    async fn what_a_lower_layer_said_does_not_reach_the_wire() {
        let error =
            ApiError::new(Kind::Internal, "The server failed to answer the request.").seen("disk on fire");
        let response = error.into_response();
        assert!(response.extensions().get::<Refused>().is_some());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("fire"));
    }
}
