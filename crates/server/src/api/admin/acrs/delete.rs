//! `DELETE /api/admin/{tid}/servers/{wid}/acrs/{acrID}`

use http::StatusCode;
use symbolon_store::entity::Acr;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::IfMatch;
use crate::api::extract::{Id, WorkspaceId};

/// Delete ACR
#[utoipa::path(
    delete, path = "/api/admin/{tid}/servers/{wid}/acrs/{acrID}", operation_id = "deleteACR", tag = "ACRs",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_acr(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = super::load(&cx, &workspace_id, &id).await?;
    if_match.check(before.version)?;
    let delete = cx.store(&workspace_id).delete::<Acr>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
