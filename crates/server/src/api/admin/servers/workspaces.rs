//! `GET /api/admin/{tid}/workspaces`: workspaces in short.

use axum::Json;
use serde::Serialize;
use symbolon_store::TenantStore;
use symbolon_store::entity::Server;
use symbolon_store::entity::server::{
    AuthenticationContextSettings, IdpDiscovery, ServerMetadata, ServerSettings, SsoConfiguration,
    SubjectFormat, WorkspaceKind, WorkspaceProfile,
};
use utoipa::ToSchema;

use super::{KINDS, view};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::paging::{Listing, Page};

/// A workspace in short.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct WorkspaceResponse {
    /// Declared attributes of the authentication context.
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_context_settings: Option<AuthenticationContextSettings>,
    /// Login mechanisms of pools that are allowed here.
    authentication_mechanisms: Vec<String>,
    /// Badge colour.
    color: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Identifier.
    id: String,
    /// Identifier-first discovery.
    #[serde(skip_serializing_if = "Option::is_none")]
    idp_discovery: Option<IdpDiscovery>,
    /// Issuer.
    issuer_url: String,
    /// Logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_uri: Option<String>,
    /// Free data.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ServerMetadata>,
    /// Label.
    name: String,
    /// Security profile.
    profile: WorkspaceProfile,
    /// Misc settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<ServerSettings>,
    /// Single sign-on.
    #[serde(skip_serializing_if = "Option::is_none")]
    sso: Option<SsoConfiguration>,
    /// How subjects are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_format: Option<SubjectFormat>,
    /// Usable as template.
    template: bool,
    /// Kind.
    #[serde(rename = "type")]
    kind: WorkspaceKind,
}

/// Workspaces in short.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct WorkspacesResponse {
    /// The workspaces.
    workspaces: Vec<WorkspaceResponse>,
}

/// Lists of workspaces.
pub(in crate::api) struct Workspaces;

impl Listing for Workspaces {
    const THING: &'static str = "workspace";
    const FILTERS: &'static [(&'static str, &'static [&'static str])] =
        &[("workspace_types", KINDS), ("template", &["true", "false"])];
}

/// List workspaces
#[utoipa::path(
    get, path = "/api/admin/{tid}/workspaces", operation_id = "listWorkspaces", tag = "workspaces",
    params(Page<Workspaces>), responses((status = 200, description = "Workspaces", body = WorkspacesResponse))
)]
pub(super) async fn list_workspaces(
    cx: ManagementCx,
    page: Page<Workspaces>,
) -> Result<Json<WorkspacesResponse>, ApiError> {
    list_of(&cx, cx.tenant(), page).await
}

/// The workspaces of a tenant.
///
/// # Errors
/// When the store does not answer.
pub(in crate::api) async fn list_of(
    cx: &ManagementCx,
    tenant: TenantStore<'_>,
    page: Page<Workspaces>,
) -> Result<Json<WorkspacesResponse>, ApiError> {
    let mut query = page.query.clone();
    query.any_tag = page.filter("workspace_types").to_vec();
    let template = page.filter("template").first().map(String::as_str);
    if template == Some("false") {
        query.no_tag.push("template".to_owned());
    }
    let found = tenant.list::<Server>(&query).await?;
    let wanted = found.into_iter().filter(|server| template != Some("true") || server.template);
    let workspaces = wanted.map(|server| WorkspaceResponse::new(cx, tenant.tenant_id(), server.value));
    Ok(Json(WorkspacesResponse { workspaces: workspaces.collect() }))
}

impl WorkspaceResponse {
    fn new(cx: &ManagementCx, tenant_id: &str, server: Server) -> Self {
        Self {
            issuer_url: view::issuer_in(cx, tenant_id, &server),
            authentication_context_settings: server.authentication_context_settings,
            authentication_mechanisms: server.authentication_mechanisms,
            color: server.color,
            description: server.description,
            id: server.id,
            idp_discovery: server.idp_discovery,
            logo_uri: server.logo_uri,
            metadata: server.metadata,
            name: server.name,
            profile: server.profile,
            settings: server.settings,
            sso: server.sso,
            subject_format: server.subject_format,
            template: server.template,
            kind: server.kind,
        }
    }
}
