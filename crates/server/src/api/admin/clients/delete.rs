//! `DELETE /api/admin/{tid}/clients/{cid}`

use http::StatusCode;
use symbolon_store::entity::Client;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete client
///
/// Its grants and tokens end with it.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/clients/{cid}", operation_id = "deleteClient", tag = "clients",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_client(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Client>(&id).await?;
    if_match.check(before.version)?;
    let workspace_id = &before.authorization_server_id;
    let delete = cx.store(workspace_id).delete::<Client>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
