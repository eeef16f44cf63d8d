//! The body of a registration: a JSON object (RFC 7591 §3.1).

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::entity::lenient::Lenient;

use super::metadata::ClientMetadata;
use crate::app::App;
use crate::client_metadata::localized;
use crate::oauth2::error::ErrorResponse;

/// A request with a body that is not looked at yet.
#[derive(Debug)]
pub struct RawBody {
    /// The headers.
    pub headers: HeaderMap,
    /// The body, within the limit of protocol endpoints.
    pub bytes: Bytes,
}

impl FromRequest<App> for RawBody {
    type Rejection = ErrorResponse;

    async fn from_request(request: Request, app: &App) -> Result<Self, ErrorResponse> {
        let (parts, body) = request.into_parts();
        let limit = app.config.limits.body_size;
        let read = Limited::new(body, limit).collect().await;
        let bytes = read.map_err(|error| match error.is::<LengthLimitError>() {
            true => {
                let refused = OAuthError::invalid_request("body_too_large")
                    .description("The request body is too large.")
                    .expected(format!("at most {limit} bytes"));
                ErrorResponse::with_status(refused, StatusCode::PAYLOAD_TOO_LARGE)
            }
            false => {
                let refused = OAuthError::invalid_request("body_unreadable");
                refused.description("The request body could not be read.").detail(error).into()
            }
        })?;
        Ok(Self { headers: parts.headers, bytes: bytes.to_bytes() })
    }
}

impl RawBody {
    /// The media type, in lower case and without parameters; empty when none is named.
    pub fn media_type(&self) -> String {
        let text = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The JSON object in the body.
    ///
    /// # Errors
    /// `invalid_client_metadata` when there is none.
    pub fn json(&self) -> Result<Value, OAuthError> {
        let media_type = self.media_type();
        if !matches!(media_type.as_str(), "application/json" | "") {
            return Err(invalid("content_type_wrong", "The Content-Type must be application/json.")
                .expected("application/json")
                .got(media_type));
        }
        let value = serde_json::from_slice::<Value>(&self.bytes).ok().filter(Value::is_object);
        value.ok_or_else(|| invalid("body_not_json", "The request body is not a JSON object."))
    }
}

/// Reads the metadata in a JSON object. Null, empty texts and unknown members count as absent.
///
/// # Errors
/// `invalid_redirect_uri` or `invalid_client_metadata` when a member is of the wrong type.
pub fn metadata(value: Value) -> Result<ClientMetadata, OAuthError> {
    let localized = localized::of_members(&value).map_err(malformed)?;
    let read = serde_path_to_error::deserialize(Lenient(value));
    let metadata: ClientMetadata = read.map_err(|error| malformed(&error.path().to_string()))?;
    Ok(ClientMetadata { localized, ..metadata })
}

fn malformed(path: &str) -> OAuthError {
    OAuthError::new(code_of(path), "client_metadata_malformed")
        .description(format!("{path}: the value is of the wrong type."))
        .got(path)
}

/// RFC 7591 §3.2.2: which error a member at fault is.
pub fn code_of(path: &str) -> ErrorCode {
    match path.split(['[', '.']).next() {
        Some("redirect_uris") => ErrorCode::InvalidRedirectUri,
        Some("software_statement") => ErrorCode::InvalidSoftwareStatement,
        _ => ErrorCode::InvalidClientMetadata,
    }
}

/// `invalid_client_metadata` with a sentence.
pub fn invalid(reason: &'static str, description: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, reason).description(description)
}
