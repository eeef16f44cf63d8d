//! `DELETE /api/admin/{tid}/authorization-details/{authorizationDetailID}`

use http::StatusCode;
use symbolon_store::entity::AuthorizationDetail;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete authorization detail
///
/// Clients that are registered for the type are given no details of it any more.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/authorization-details/{authorizationDetailID}",
    operation_id = "deleteAuthorizationDetail", tag = "authorizationDetails",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_authorization_detail(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<AuthorizationDetail>(&id).await?;
    if_match.check(before.version)?;
    let workspace_id = &before.authorization_server_id;
    let delete =
        cx.store(workspace_id).delete::<AuthorizationDetail>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
