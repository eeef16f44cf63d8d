//! The management APIs of a tenant as protected resources (RFC 9728): each names the workspace whose tokens it takes,
//! in a document that the challenges of its 401 answers point to.
//!
//! - `GET /.well-known/oauth-protected-resource/api/admin/{tid}`
//! - `GET /.well-known/oauth-protected-resource/api/system/{tid}`
//!
//! One resource is the whole API of a tenant; clients of that workspace can name it as `resource` (RFC 8707).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::api::scheme::{ADMIN, SYSTEM, Scheme};
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::oauth2::error::{ErrorBody, ErrorResponse};
use crate::oauth2::protected_resource::{self, ProtectedResourceMetadata};
use crate::snapshot::Workspace;

/// The APIs that are described, by the family in their path.
static DESCRIBED: &[(&str, &Scheme)] = &[("admin", &ADMIN), ("system", &SYSTEM)];

/// The metadata of the admin API of a tenant.
#[utoipa::path(
    get, path = "/.well-known/oauth-protected-resource/api/admin/{tid}", operation_id = "oauthProtectedResourceAdmin", tag = "oauth2",
    params(("tid" = String, Path, description = "Tenant")),
    responses(
        (status = 200, description = "The metadata", body = ProtectedResourceMetadata),
        (status = 404, description = "No such tenant", body = ErrorBody),
    )
)]
pub async fn admin(api: TenantApi) -> Result<Response, ErrorResponse> {
    api.metadata()
}

/// The metadata of the system API of a tenant.
#[utoipa::path(
    get, path = "/.well-known/oauth-protected-resource/api/system/{tid}", operation_id = "oauthProtectedResourceSystem", tag = "oauth2",
    params(("tid" = String, Path, description = "Tenant")),
    responses(
        (status = 200, description = "The metadata", body = ProtectedResourceMetadata),
        (status = 404, description = "No such tenant", body = ErrorBody),
    )
)]
pub async fn system(api: TenantApi) -> Result<Response, ErrorResponse> {
    api.metadata()
}

/// Where the metadata of a tenant's API is; `None` for an API that is not a tenant's.
pub fn metadata_url(scheme: &Scheme, base_url: &BaseUrl, tenant_id: &str) -> Option<String> {
    let (family, _) = DESCRIBED.iter().find(|(_, known)| known.name == scheme.name)?;
    Some(format!("{base_url}/.well-known/oauth-protected-resource{}", path(family, tenant_id)))
}

/// Whether tokens of the workspace can be for this resource: an API that takes them.
pub fn takes_tokens_of(workspace: &Workspace, base_url: &BaseUrl, resource: &str) -> bool {
    let own = DESCRIBED.iter().filter(|(_, scheme)| *scheme.workspace == *workspace.id);
    own.into_iter().any(|(family, _)| resource == format!("{base_url}{}", path(family, &workspace.tenant_id)))
}

fn path(family: &str, tenant_id: &str) -> String {
    format!("/api/{family}/{tenant_id}")
}

/// The API that the path names, of a tenant that is there.
#[derive(Debug)]
pub struct TenantApi {
    base_url: BaseUrl,
    resource: String,
    scheme: &'static Scheme,
    workspace: Arc<Workspace>,
}

impl TenantApi {
    fn metadata(&self) -> Result<Response, ErrorResponse> {
        let mut metadata =
            protected_resource::metadata(&self.workspace, &self.base_url, self.resource.clone());
        metadata.scopes_supported = self.scheme.scopes.iter().map(|(scope, _)| (*scope).to_owned()).collect();
        protected_resource::answer(&metadata)
    }
}

impl FromRequestParts<App> for TenantApi {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let refuse = |error: ErrorResponse| error.into_response();
        let base_url = BaseUrl::of(parts, app).map_err(|error| refuse(error.into()))?;
        let mut segments = parts.uri.path().rsplit('/');
        let tenant_id = segments.next().unwrap_or_default();
        let family = segments.next().unwrap_or_default();
        let unknown = || refuse(ErrorResponse::no_such_workspace(tenant_id, family));
        let (family, scheme) = DESCRIBED.iter().find(|(known, _)| *known == family).ok_or_else(unknown)?;
        let found = app.snapshots.workspace(&app.store, tenant_id, scheme.workspace).await;
        let workspace = found.map_err(|error| refuse(error.into()))?.ok_or_else(unknown)?;
        let resource = format!("{base_url}{}", path(family, tenant_id));
        Ok(Self { base_url, resource, scheme, workspace })
    }
}
