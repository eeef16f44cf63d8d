//! Bodies of the management APIs.
//!
//! Real clients send what they do not mean: null lists, empty texts, zero dates, members of other versions. Those are
//! taken as absent. What they do mean must be right: a wrong type is refused with its path.

use std::fmt;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use symbolon_store::entity::lenient::Lenient;

use crate::api::error::{ApiError, Kind};

/// The JSON body of a request, read leniently.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        require_type(request.headers(), is_json, "application/json")?;
        let bytes = read(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// Reads a whole body, within the limit of the router.
///
/// # Errors
/// 413 when it is longer than the limit, 400 when it breaks off.
pub async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(Kind::PayloadTooLarge, "The body is longer than this server accepts.")
        } else {
            ApiError::new(Kind::BadRequest, "The body broke off.").seen(rejection.body_text())
        }
    })
}

/// The media type of a body, in lower case and without parameters.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase())
}

/// Refuses a body that says it is of another type. One that says nothing is tried.
fn require_type(headers: &HeaderMap, accepts: fn(&str) -> bool, name: &str) -> Result<(), ApiError> {
    if !headers.contains_key(CONTENT_TYPE) {
        return Ok(());
    }
    match media_type(headers) {
        Some(found) if accepts(&found) => Ok(()),
        found => Err(ApiError::new(Kind::UnsupportedMediaType, format!("The body must be {name}."))
            .seen(found.unwrap_or_default())),
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    if !value.is_object() {
        return Err(ApiError::new(Kind::Unprocessable, "The body must be a JSON object."));
    }
    serde_path_to_error::deserialize(Lenient(value)).map_err(|error| {
        let path = error.path().to_string();
        ApiError::invalid(&path, expectation(error.inner()))
    })
}

fn not_json(error: &serde_json::Error) -> ApiError {
    let place = format!("line {} column {}", error.line(), error.column());
    ApiError::new(Kind::BadRequest, format!("The body is not JSON ({place})."))
}

/// What serde expected, without what it found: that may be a secret, and ends up in the refusal record.
fn expectation(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    match text.find("expected") {
        Some(at) => text[at..].to_owned(),
        None if text.starts_with("missing field") => text,
        None => "cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body;
    use http::Request;
    use serde::Deserialize;
    use symbolon_store::entity::Client;

    use super::*;

    async fn read_as<T: DeserializeOwned>(content_type: &str, text: &str) -> Result<T, ApiError> {
        let request = Request::post("/")
            .header(CONTENT_TYPE, content_type)
            .body(body::Body::from(text.to_owned()))
            .unwrap();
        Body::from_request(request, &()).await.map(|Body(value)| value)
    }

    #[tokio::test]
    async fn what_means_nothing_is_absent() {
        let client: Client = read_as(
            "application/json; charset=utf-8",
            r#"{"client_id": "a", "grant_types": null, "token_endpoint_auth_method": "", "public": true,
                "created_at": "0001-01-01T00:00:00Z", "token_ttls": {"access_token_ttl": ""}}"#,
        )
        .await
        .unwrap();
        assert_eq!(client.grant_types, ["authorization_code"]);
        assert_eq!(client.token_endpoint_auth_method, "client_secret_basic");
        assert_eq!(client.created_at, None);
    }

    #[tokio::test]
    async fn a_wrong_type_is_named_by_its_path_without_its_value() {
        let error = read_as::<Client>("application/json", r#"{"redirect_uris": ["https://a", 4711]}"#)
            .await
            .unwrap_err();
        assert_eq!(error.status(), 422);
        assert_eq!(error.message(), "redirect_uris[1]: expected a string.");
    }

    #[tokio::test]
    async fn each_bad_body_gets_its_status() {
        #[derive(Debug, Deserialize)]
        struct Anything {}
        for (content_type, text, status) in [
            ("application/json", "{", 400),
            ("application/json", "", 400),
            ("application/json", "[]", 422),
            ("application/json", "null", 422),
            ("application/x-www-form-urlencoded", "a=b", 415),
            ("text/plain", "{}", 415),
        ] {
            let error = read_as::<Anything>(content_type, text).await.unwrap_err();
            assert_eq!(error.status().as_u16(), status, "{content_type} {text}");
        }
    }

    #[tokio::test]
    async fn a_body_of_no_declared_type_is_tried() {
        let request = Request::post("/").body(body::Body::from(r#"{"client_id": "a"}"#)).unwrap();
        let Body(client) = Body::<Client>::from_request(request, &()).await.unwrap();
        assert_eq!(client.client_id, "a");
    }
}
