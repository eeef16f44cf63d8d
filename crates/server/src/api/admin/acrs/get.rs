//! `GET /api/admin/{tid}/servers/{wid}/acrs/{acrID}`

use symbolon_store::entity::Acr;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::{Id, WorkspaceId};

/// Get ACR
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/acrs/{acrID}", operation_id = "getACR", tag = "ACRs",
    responses((status = 200, description = "The class", body = Acr, headers(("etag" = String))))
)]
pub(super) async fn get_acr(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
) -> Result<Versioned<Acr>, ApiError> {
    let stored = super::load(&cx, &workspace_id, &id).await?;
    Ok(Versioned::ok(stored.version, stored.value))
}
