//! `DELETE /api/admin/{tid}/scopes/{scp}`

use http::StatusCode;
use symbolon_store::entity::{Scope, Service};

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete scope
///
/// Clients that are registered for it are given it no more.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/scopes/{scp}", operation_id = "deleteScope", tag = "scopes",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_scope(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Scope>(&id).await?;
    if_match.check(before.version)?;
    if let Some(service_id) = &before.service_id
        && cx.tenant().find::<Service>(service_id).await?.is_some_and(|service| service.system)
    {
        return Err(ApiError::new(Kind::Conflict, "It belongs to a built-in service and cannot be deleted."));
    }
    let workspace_id = &before.authorization_server_id;
    let delete = cx.store(workspace_id).delete::<Scope>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}
