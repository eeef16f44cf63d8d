//! `DELETE /api/admin/{tid}/servers/{wid}`

use http::StatusCode;
use symbolon_store::entity::Server;

use super::update::is_built_in;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::etag::IfMatch;
use crate::api::extract::Id;

/// Delete authorization server
///
/// Its clients, keys, users, sessions and tokens go with it.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/servers/{wid}", operation_id = "deleteAuthorizationServer", tag = "servers",
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete_server(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Server>(&id).await?;
    if_match.check(before.version)?;
    if is_built_in(before.kind) {
        return Err(ApiError::new(Kind::Conflict, "The tenant cannot do without this workspace."));
    }
    let delete = cx.tenant().delete::<Server>(&id, if_match.version(before.version)).await;
    delete.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&id, &id);
    Ok(StatusCode::NO_CONTENT)
}
