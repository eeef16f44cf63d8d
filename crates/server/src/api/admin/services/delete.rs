//! `DELETE /api/admin/{tid}/services/{sid}`

use http::StatusCode;
use symbolon_store::entity::Service;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete service
///
/// Its scopes go with it.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/services/{sid}", operation_id = "deleteService", tag = "services",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_service(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Service>(&id).await?;
    if_match.check(before.version)?;
    if before.system {
        return Err(ApiError::new(Kind::Conflict, "A built-in service cannot be deleted."));
    }
    let workspace_id = &before.authorization_server_id;
    let delete = cx.store(workspace_id).delete::<Service>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
