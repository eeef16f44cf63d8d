//! `GET /api/system/tenants`, `GET /api/admin/tenants` and `GET /api/admin/tenants/{tenantID}/workspaces`

use axum::Json;
use serde::{Deserialize, Serialize};
use symbolon_store::ListQuery;
use symbolon_store::entity::Tenant;
use utoipa::ToSchema;

use crate::api::admin::{Workspaces, WorkspacesResponse, list_workspaces_of};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::{Id, Params};
use crate::api::paging::Page;
use crate::api::tenants;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Text that the id or name must contain, in any case.
    query: Option<String>,
}

/// Tenants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tenants)]
pub(super) struct TenantsResponse {
    /// The tenants.
    tenants: Vec<Tenant>,
}

/// List tenants
#[utoipa::path(
    get, path = "/api/system/tenants", operation_id = "listTenants", tag = "tenants", params(Search),
    responses((status = 200, description = "Tenants", body = TenantsResponse))
)]
pub(super) async fn list_tenants(
    cx: ManagementCx,
    Params(search): Params<Search>,
) -> Result<Json<TenantsResponse>, ApiError> {
    list(&cx, search.query).await
}

/// List tenants
#[utoipa::path(
    get, path = "/api/admin/tenants", operation_id = "listAdminTenants", tag = "tenants",
    responses((status = 200, description = "Tenants", body = TenantsResponse))
)]
pub(super) async fn list_admin_tenants(cx: ManagementCx) -> Result<Json<TenantsResponse>, ApiError> {
    list(&cx, None).await
}

async fn list(cx: &ManagementCx, search_phrase: Option<String>) -> Result<Json<TenantsResponse>, ApiError> {
    let query = ListQuery { search_phrase, ..ListQuery::all() };
    let found = cx.app.store.root().list(&query).await?;
    Ok(Json(TenantsResponse { tenants: found.into_iter().map(|tenant| tenant.value).collect() }))
}

/// List workspaces
///
/// The workspaces of any tenant.
#[utoipa::path(
    get, path = "/api/admin/tenants/{tenantID}/workspaces", operation_id = "listWorkspaces", tag = "workspaces",
    params(Page<Workspaces>), responses((status = 200, description = "Workspaces", body = WorkspacesResponse))
)]
pub(super) async fn list_workspaces(
    cx: ManagementCx,
    Id(id): Id,
    page: Page<Workspaces>,
) -> Result<Json<WorkspacesResponse>, ApiError> {
    tenants::load(&cx.app, &id).await?;
    list_workspaces_of(&cx, cx.app.store.tenant(&id), page).await
}
