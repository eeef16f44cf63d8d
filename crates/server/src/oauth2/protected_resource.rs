//! Protected resource metadata (RFC 9728): which authorization server a resource belongs to, so that a client that was
//! turned away there finds the way here.
//!
//! - `GET /.well-known/oauth-protected-resource/{tid}/{aid}/userinfo`: of our own resource. Its challenges name it.
//! - [`api::protected_resource`](crate::api::protected_resource): of the management APIs.
//! - `GET /{tid}/{aid}/.well-known/oauth-protected-resource/{sid}`: of a service of the workspace whose
//!   `custom_audience` is its address. The service names this URL in the `resource_metadata` of its challenges
//!   (RFC 9728 §5.1), or passes it on at its own `/.well-known/oauth-protected-resource`.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;
use symbolon_protocol::OAuthError;
use symbolon_store::entity::Service;
use url::Url;
use utoipa::ToSchema;

use super::answer::public_json;
use super::claims::SCOPE_CLAIMS;
use super::dpop;
use super::error::{ErrorBody, ErrorResponse};
use super::issue::OPENID;
use crate::api;
use crate::base_url::BaseUrl;
use crate::cx::Cx;
use crate::snapshot::Workspace;

/// What a resource publishes about itself (RFC 9728 §2).
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct ProtectedResourceMetadata {
    /// The resource identifier: what a client names as `resource` (RFC 8707).
    pub resource: String,
    /// The issuers whose tokens it takes.
    pub authorization_servers: Vec<String>,
    /// Scopes to ask for.
    pub scopes_supported: Vec<String>,
    /// How a token may be sent (RFC 6750 §2).
    pub bearer_methods_supported: Vec<String>,
    /// Its name for people.
    pub resource_name: Option<String>,
    /// What it may sign its answers with.
    pub resource_signing_alg_values_supported: Option<Vec<String>>,
    /// Tokens can be bound to a client certificate (RFC 8705 §3).
    pub tls_client_certificate_bound_access_tokens: bool,
    /// Algorithms of `DPoP` proofs (RFC 9449).
    pub dpop_signing_alg_values_supported: Vec<String>,
}

/// The metadata of userinfo.
#[utoipa::path(
    get, path = "/.well-known/oauth-protected-resource/{tid}/{aid}/userinfo", operation_id = "oauthProtectedResourceUserinfo", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProtectedResourceMetadata),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn userinfo(cx: Cx) -> Result<Response, ErrorResponse> {
    let scopes = SCOPE_CLAIMS.iter().map(|(scope, _)| *scope).filter(|scope| *scope != OPENID);
    let signing = cx.workspace.keys.signing_algorithms().map(|algorithm| algorithm.as_str().to_owned());
    answer(&ProtectedResourceMetadata {
        scopes_supported: std::iter::once(OPENID).chain(scopes).map(str::to_owned).collect(),
        bearer_methods_supported: vec!["header".to_owned(), "body".to_owned()],
        resource_signing_alg_values_supported: Some(signing.collect()),
        ..metadata(&cx.workspace, &cx.base_url, cx.url(USERINFO))
    })
}

/// The metadata of a service of the workspace.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/oauth-protected-resource/{sid}", operation_id = "oauthProtectedResourceOfService", tag = "oauth2",
    responses(
        (status = 200, description = "The metadata", body = ProtectedResourceMetadata),
        (status = 404, description = "No such service, or none with an https URL as its audience", body = ErrorBody),
    )
)]
pub async fn service(cx: Cx, ServiceId(id): ServiceId) -> Result<Response, ErrorResponse> {
    let mut services = cx.workspace.services.iter().filter(|service| service.id == id);
    let Some((service, resource)) = services.next().and_then(|service| Some((service, identifier(service)?)))
    else {
        let error = OAuthError::invalid_request("protected_resource_unknown")
            .description("There is no protected resource of that name.")
            .expected("the id of a service whose custom_audience is an https URL")
            .got(id);
        return Err(ErrorResponse::with_status(error, StatusCode::NOT_FOUND));
    };
    let own = cx
        .workspace
        .scopes
        .iter()
        .filter(|entry| entry.service.as_ref().is_some_and(|of| of.id == service.id));
    let mut scopes: Vec<_> = own.map(|entry| entry.scope.name.clone()).collect();
    scopes.sort_unstable();
    answer(&ProtectedResourceMetadata {
        scopes_supported: scopes,
        resource_name: Some(service.name.clone()).filter(|name| !name.is_empty()),
        ..metadata(&cx.workspace, &cx.base_url, resource.to_owned())
    })
}

/// Where the metadata of userinfo is: RFC 9728 §3.1 puts the well-known segments between host and path.
pub fn of_userinfo(cx: &Cx) -> String {
    format!(
        "{}/.well-known/oauth-protected-resource/{}/{}{USERINFO}",
        cx.base_url, cx.workspace.tenant_id, cx.workspace.id
    )
}

/// Whether a resource is one of this server's own that takes tokens of the workspace: userinfo, or a management API.
pub fn is_own(cx: &Cx, resource: &str) -> bool {
    resource == cx.url(USERINFO)
        || api::protected_resource::takes_tokens_of(&cx.workspace, &cx.base_url, resource)
}

/// The resources that tokens of the workspace are for and that have a metadata document (RFC 9728 §4), each once though
/// it may be several services; `None` where there are none.
pub fn of_workspace(workspace: &Workspace) -> Option<Vec<String>> {
    let mut resources: Vec<String> = Vec::new();
    for resource in workspace.services.iter().filter_map(identifier) {
        if !resources.iter().any(|listed| listed == resource) {
            resources.push(resource.to_owned());
        }
    }
    (!resources.is_empty()).then_some(resources)
}

pub(super) const USERINFO: &str = "/userinfo";

/// The service that the path names.
#[derive(Debug)]
pub struct ServiceId(String);

impl<S: Sync> FromRequestParts<S> for ServiceId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned()))
    }
}

/// RFC 9728 §1.2: a resource identifier is an https URL without fragment.
fn identifier(service: &Service) -> Option<&str> {
    let audience = service.custom_audience.as_deref()?;
    let url = Url::parse(audience).ok()?;
    (url.scheme() == "https" && url.fragment().is_none()).then_some(audience)
}

/// What is said of every resource that takes tokens of a workspace.
pub fn metadata(workspace: &Workspace, base_url: &BaseUrl, resource: String) -> ProtectedResourceMetadata {
    ProtectedResourceMetadata {
        resource,
        authorization_servers: vec![workspace.issuer(base_url)],
        scopes_supported: Vec::new(),
        bearer_methods_supported: vec!["header".to_owned()],
        resource_name: None,
        resource_signing_alg_values_supported: None,
        tls_client_certificate_bound_access_tokens: true,
        dpop_signing_alg_values_supported: dpop::algorithms(workspace)
            .into_iter()
            .map(|algorithm| algorithm.as_str().to_owned())
            .collect(),
    }
}

/// # Errors
/// `server_error` when the document cannot be written: a fault of the build.
pub fn answer(metadata: &ProtectedResourceMetadata) -> Result<Response, ErrorResponse> {
    let body = serde_json::to_vec(metadata)
        .map_err(|error| OAuthError::server_error("answer_unwritable").detail(error))?;
    Ok(public_json(body.into()))
}
