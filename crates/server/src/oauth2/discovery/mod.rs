//! The metadata of a workspace (OIDC Discovery §4, RFC 8414 §3): what works here, computed from the registries.
//!
//! - `GET /{tid}/{aid}/.well-known/openid-configuration`
//! - `GET /{tid}/{aid}/.well-known/oauth-authorization-server`
//! - `GET /.well-known/oauth-authorization-server/{tid}/{aid}` (RFC 8414 §3.1: between host and path)
//! - `GET /.well-known/openid-configuration/{tid}/{aid}` (the same for both documents)

mod metadata;
mod served;

use std::fmt;

use axum::body::Bytes;
use axum::response::Response;
use quick_cache::sync::Cache;
use symbolon_protocol::{OAuthError, ProviderMetadata};

use super::answer::public_json;
use super::error::{ErrorBody, ErrorResponse};
use crate::base_url::BaseUrl;
use crate::cx::Cx;

pub use metadata::metadata;
pub use served::{grant_types, token_grants};

/// How many rendered documents are kept: one for each workspace and name it is reached by.
const DOCUMENTS: usize = 2_000;

/// Rendered documents, by the load of their workspace and the name it was reached by.
pub struct Documents(Cache<(u64, BaseUrl), Bytes>);

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::new(DOCUMENTS))
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Documents({})", self.0.len())
    }
}

/// The metadata, for OpenID Connect.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/openid-configuration", operation_id = "wellKnown", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn openid_configuration(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The same, for OAuth 2.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/oauth-authorization-server", operation_id = "oauthAuthorizationServer", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn oauth_authorization_server(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The same, where RFC 8414 §3.1 has clients look.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server/{tid}/{aid}", operation_id = "oauthAuthorizationServerOfHost", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn oauth_authorization_server_of_host(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

/// The metadata for OpenID Connect, where clients look that treat both documents alike (RFC 8414 §5).
#[utoipa::path(
    get, path = "/.well-known/openid-configuration/{tid}/{aid}", operation_id = "wellKnownOfHost", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProviderMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn openid_configuration_of_host(cx: Cx) -> Result<Response, ErrorResponse> {
    document(&cx)
}

fn document(cx: &Cx) -> Result<Response, ErrorResponse> {
    let key = (cx.workspace.generation(), cx.base_url.clone());
    if let Some(document) = cx.app.memory.documents.0.get(&key) {
        return Ok(public_json(document));
    }
    let rendered = serde_json::to_vec(&metadata(cx));
    let rendered = rendered.map_err(|error| OAuthError::server_error("answer_unwritable").detail(error))?;
    let document = Bytes::from(rendered);
    cx.app.memory.documents.0.insert(key, document.clone());
    Ok(public_json(document))
}
