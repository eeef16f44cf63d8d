//! `GET /api/admin/{tid}/servers/{wid}` and `GET /api/admin/{tid}/workspaces/{wid}`

use symbolon_store::entity::Server;

use super::view::ServerResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;

/// Get authorization server
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}", operation_id = "getAuthorizationServer", tag = "servers",
    responses((status = 200, description = "The workspace", body = ServerResponse, headers(("etag" = String))))
)]
pub(super) async fn get_server(cx: ManagementCx, Id(id): Id) -> Result<Versioned<ServerResponse>, ApiError> {
    let stored = cx.load::<Server>(&id).await?;
    Ok(Versioned::ok(stored.version, ServerResponse::load(&cx, stored.value).await?))
}

/// Get workspace
#[utoipa::path(
    get, path = "/api/admin/{tid}/workspaces/{wid}", operation_id = "getWorkspace", tag = "workspaces",
    responses((status = 200, description = "The workspace", body = ServerResponse, headers(("etag" = String))))
)]
pub(super) async fn get_workspace(cx: ManagementCx, id: Id) -> Result<Versioned<ServerResponse>, ApiError> {
    get_server(cx, id).await
}
