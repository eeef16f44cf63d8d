//! Versions on the wire: `ETag` on answers, `if-match` on writes (RFC 9110 §13.1.1).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, ETAG, IF_MATCH};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use symbolon_store::StoreError;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use crate::api::error::{ApiError, Kind};

/// An answer with the version of what it shows.
#[derive(Debug)]
pub struct Versioned<T> {
    /// The HTTP status.
    pub status: StatusCode,
    /// The version of the stored thing.
    pub version: i64,
    /// The thing.
    pub body: T,
}

impl<T> Versioned<T> {
    /// 200.
    pub const fn ok(version: i64, body: T) -> Self {
        Self { status: StatusCode::OK, version, body }
    }

    /// 201.
    pub const fn created(version: i64, body: T) -> Self {
        Self { status: StatusCode::CREATED, version, body }
    }
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(tag) = HeaderValue::from_str(&tag(self.version)) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

/// The `if-match` of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// None: the write goes to whatever version is there.
    Absent,
    /// `*`: whatever version is there, but one must be.
    Any,
    /// One of these versions must be there.
    OneOf(Vec<String>),
}

impl IfMatch {
    /// Checks the version that is there.
    ///
    /// # Errors
    /// 412 when another version is there.
    pub fn check(&self, version: i64) -> Result<(), ApiError> {
        match self {
            Self::Absent | Self::Any => Ok(()),
            // A weak tag never matches here (RFC 9110 §8.8.3.2): strong comparison.
            Self::OneOf(tags) if tags.contains(&tag(version)) => Ok(()),
            Self::OneOf(_) => Err(ApiError::new(
                Kind::PreconditionFailed,
                "It was changed in the meantime: if-match names another version.",
            )
            .detail("etag", tag(version))),
        }
    }

    /// The version a deletion must still find; none where the caller named none.
    pub fn version(&self, version: i64) -> Option<i64> {
        matches!(self, Self::OneOf(_)).then_some(version)
    }

    /// Somebody else wrote between our reading and our writing. To a caller who named a version that is 412; to one
    /// who did not it is 409, and asking again will do.
    pub fn lost_race(&self, error: StoreError) -> ApiError {
        match (&error, self) {
            (StoreError::PreconditionFailed { .. }, Self::Absent | Self::Any) => {
                ApiError::new(Kind::Conflict, "It was changed at the same moment. Try again.").seen(error)
            }
            _ => error.into(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut tags = Vec::new();
        for value in parts.headers.get_all(IF_MATCH) {
            let text = value
                .to_str()
                .map_err(|_| ApiError::new(Kind::BadRequest, "The header if-match is not text."))?;
            tags.extend(text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(quoted));
        }
        Ok(match tags.as_slice() {
            [] => Self::Absent,
            tags if tags.iter().any(|tag| tag == "*") => Self::Any,
            _ => Self::OneOf(tags),
        })
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name("if-match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("The ETag of the version that is to be changed, or `*`"))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .build();
        vec![parameter]
    }
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Some clients send back an ETag without its quotes.
fn quoted(tag: &str) -> String {
    if tag == "*" || tag.ends_with('"') { tag.to_owned() } else { format!("\"{tag}\"") }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn if_match(values: &[&str]) -> IfMatch {
        let mut request = Request::get("/");
        for value in values {
            request = request.header(IF_MATCH, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await.unwrap()
    }

    #[tokio::test]
    async fn one_tag_of_many_is_enough() {
        assert!(if_match(&["\"1\", \"2\"", "\"3\""]).await.check(3).is_ok());
        assert!(if_match(&["7"]).await.check(7).is_ok());
        assert_eq!(if_match(&["\"1\""]).await.check(2).unwrap_err().status(), 412);
    }

    #[tokio::test]
    async fn a_star_or_nothing_matches_every_version() {
        assert_eq!(if_match(&["*"]).await, IfMatch::Any);
        assert_eq!(if_match(&[]).await, IfMatch::Absent);
        assert!(IfMatch::Any.check(9).is_ok());
    }

    #[tokio::test]
    async fn a_weak_tag_matches_nothing() {
        assert!(if_match(&["W/\"7\""]).await.check(7).is_err());
    }
}
