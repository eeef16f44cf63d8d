//! `PUT /api/admin/{tid}/workspaces/{wid}/metadata`

use serde::{Deserialize, Serialize};
use symbolon_store::entity::{Metadata, Server};
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;

/// The free data of a workspace.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub(super) struct WorkspaceMetadata {
    /// The data.
    payload: Metadata,
}

/// Update workspace metadata
///
/// Replaces the free data of a workspace; its schema stays.
#[utoipa::path(
    put, path = "/api/admin/{tid}/workspaces/{wid}/metadata", operation_id = "updateWorkspaceMetadata",
    tag = "workspaces", request_body = WorkspaceMetadata,
    responses((status = 200, description = "The data", body = WorkspaceMetadata, headers(("etag" = String))))
)]
pub(super) async fn update_workspace_metadata(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(metadata): Body<WorkspaceMetadata>,
) -> Result<Versioned<WorkspaceMetadata>, ApiError> {
    let before = cx.load::<Server>(&id).await?;
    if_match.check(before.version)?;
    let mut server = before.value;
    server.metadata.get_or_insert_default().payload = metadata.payload;
    let update = cx.tenant().update(server, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&id, &id);
    let payload = stored.value.metadata.map(|metadata| metadata.payload).unwrap_or_default();
    Ok(Versioned::ok(stored.version, WorkspaceMetadata { payload }))
}
