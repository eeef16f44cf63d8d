//! Path and query of management operations, refused in the management form.

use axum::extract::{FromRequestParts, Query, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::api::error::{ApiError, Kind};

/// What the operation is about: the last id in the path.
#[derive(Debug)]
pub struct Id(pub String);

/// The workspace in the path: its parameter `wid`.
#[derive(Debug)]
pub struct WorkspaceId(pub String);

/// The identity provider in the path: its parameter `iid`.
#[derive(Debug)]
pub struct IdpId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ids = path_ids(parts, state).await?;
        ids.iter().last().map(|(_, id)| Self(id.to_owned())).ok_or_else(nothing_here)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WorkspaceId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        path_id(parts, state, "wid").await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdpId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        path_id(parts, state, "iid").await.map(Self)
    }
}

async fn path_id<S: Send + Sync>(parts: &mut Parts, state: &S, wanted: &str) -> Result<String, ApiError> {
    let ids = path_ids(parts, state).await?;
    let found = ids.iter().find(|(name, _)| *name == wanted);
    found.map(|(_, id)| id.to_owned()).ok_or_else(nothing_here)
}

/// An id that is no UTF-8 names nothing.
async fn path_ids<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams, ApiError> {
    let ids = RawPathParams::from_request_parts(parts, state).await;
    ids.map_err(|rejection| nothing_here().seen(rejection.body_text()))
}

fn nothing_here() -> ApiError {
    ApiError::new(Kind::NotFound, "There is nothing at this path.")
}

/// The query of a request. Unknown parameters are ignored.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(params) = Query::try_from_uri(&parts.uri).map_err(|rejection| {
            ApiError::new(Kind::BadRequest, "A parameter of the query cannot be read.")
                .seen(rejection.body_text())
        })?;
        Ok(Self(params))
    }
}
