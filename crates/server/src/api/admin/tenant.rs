//! The tenant itself: `/api/admin/{tid}/tenant`.

use symbolon_store::Stored;
use symbolon_store::entity::Tenant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::{IfMatch, Versioned};
use crate::api::json::Body;
use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::api::tenants;
use crate::app::App;

/// The operations on the tenant itself.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(get_tenant)))
        .routes(requires(&MANAGE_TENANT, routes!(update_tenant)))
}

/// Get tenant
#[utoipa::path(
    get, path = "/api/admin/{tid}/tenant", operation_id = "getAdminTenant", tag = "tenants",
    responses((status = 200, description = "The tenant", body = Tenant, headers(("etag" = String))))
)]
async fn get_tenant(cx: ManagementCx) -> Result<Versioned<Tenant>, ApiError> {
    let Stored { version, value, .. } = tenants::load(&cx.app, &cx.tenant_id).await?;
    Ok(Versioned::ok(version, value))
}

/// Update tenant
#[utoipa::path(
    put, path = "/api/admin/{tid}/tenant", operation_id = "updateAdminTenant", tag = "tenants", request_body = Tenant,
    responses((status = 200, description = "The tenant", body = Tenant, headers(("etag" = String))))
)]
async fn update_tenant(
    cx: ManagementCx,
    if_match: IfMatch,
    Body(tenant): Body<Tenant>,
) -> Result<Versioned<Tenant>, ApiError> {
    let Stored { version, value, .. } = tenants::update(&cx, &cx.tenant_id, tenant, &if_match).await?;
    Ok(Versioned::ok(version, value))
}
