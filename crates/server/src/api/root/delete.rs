//! `DELETE /api/system/tenants/{tid}`

use http::StatusCode;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::etag::IfMatch;
use crate::api::extract::Id;
use crate::api::tenants;
use crate::seed::SYSTEM_TENANT;

/// Delete tenant
///
/// Its workspaces, clients, keys, users, sessions and tokens go with it.
#[utoipa::path(
    delete, path = "/api/system/tenants/{tid}", operation_id = "deleteTenant", tag = "tenants",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_tenant(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = tenants::load(&cx.app, &id).await?;
    if_match.check(before.version)?;
    if id == SYSTEM_TENANT {
        return Err(ApiError::new(Kind::Conflict, "The tenant that manages the others cannot be deleted."));
    }
    let delete = cx.app.store.root().delete(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed_tenant(&id);
    Ok(StatusCode::NO_CONTENT)
}
