//! `PUT /api/system/tenants/{tid}`

use symbolon_store::Stored;
use symbolon_store::entity::Tenant;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;
use crate::api::tenants;

/// Update tenant
#[utoipa::path(
    put, path = "/api/system/tenants/{tid}", operation_id = "updateTenant", tag = "tenants", request_body = Tenant,
    responses((status = 200, description = "The tenant", body = Tenant, headers(("etag" = String))))
)]
pub(super) async fn update_tenant(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(tenant): Body<Tenant>,
) -> Result<Versioned<Tenant>, ApiError> {
    let Stored { version, value, .. } = tenants::update(&cx, &id, tenant, &if_match).await?;
    Ok(Versioned::ok(version, value))
}
