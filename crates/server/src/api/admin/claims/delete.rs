//! `DELETE /api/admin/{tid}/claims/{claim}`

use http::StatusCode;
use symbolon_store::entity::Claim;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete claim
#[utoipa::path(
    delete, path = "/api/admin/{tid}/claims/{claim}", operation_id = "deleteClaim", tag = "claims",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_claim(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Claim>(&id).await?;
    if_match.check(before.version)?;
    let workspace_id = &before.authorization_server_id;
    let delete = cx.store(workspace_id).delete::<Claim>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
