//! `GET /api/system/tenants/{tid}`

use symbolon_store::Stored;
use symbolon_store::entity::Tenant;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;
use crate::api::tenants;

/// Get tenant
#[utoipa::path(
    get, path = "/api/system/tenants/{tid}", operation_id = "getTenant", tag = "tenants",
    responses((status = 200, description = "The tenant", body = Tenant, headers(("etag" = String))))
)]
pub(super) async fn get_tenant(cx: ManagementCx, Id(id): Id) -> Result<Versioned<Tenant>, ApiError> {
    let Stored { version, value, .. } = tenants::load(&cx.app, &id).await?;
    Ok(Versioned::ok(version, value))
}
