//! `DELETE /api/admin/{tid}/servers/{wid}/idps/{iid}`

use http::StatusCode;
use symbolon_store::entity::Idp;

use super::accounts;
use super::users::Ended;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::IfMatch;
use crate::api::extract::{Id, WorkspaceId};
use crate::login::end;

/// Delete identity provider
///
/// Its users can no longer log in to the workspace, and the accounts that people made at it are gone. Their sessions end,
/// and all that was issued for them; clients are told.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/servers/{wid}/idps/{iid}", operation_id = "deleteIDP", tag = "idps",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_idp(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let store = cx.store(&workspace_id);
    let before =
        store.find::<Idp>(&id).await?.ok_or_else(|| ApiError::not_found("identity provider", &id))?;
    if_match.check(before.version)?;
    let ended = Ended::all(&before);
    let version = if_match.version(before.version);
    let deleted = end::delete_idp(&accounts::place(&cx, &workspace), &id, version).await;
    deleted.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace_id, &id);
    ended.end(&cx, &workspace_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
