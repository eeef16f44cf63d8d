//! `GET /api/admin/{tid}/servers/{wid}/idps`

use axum::Json;
use serde::Serialize;
use symbolon_store::ListQuery;
use symbolon_store::entity::Idp;
use utoipa::ToSchema;

use super::view::IdpBase;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;

/// Identity providers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IDPsResponse)]
pub(super) struct IdpsResponse {
    /// The identity providers, in the order of the login page.
    idps: Vec<IdpBase>,
}

/// List identity providers
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/idps", operation_id = "listIDPs", tag = "idps",
    responses((status = 200, description = "Identity providers", body = IdpsResponse))
)]
pub(super) async fn list_idps(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<IdpsResponse>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let mut found = cx.store(&workspace_id).list::<Idp>(&ListQuery::all()).await?;
    found.sort_by_key(|idp| idp.display_order.unwrap_or(i64::MAX));
    Ok(Json(IdpsResponse { idps: found.into_iter().map(|idp| IdpBase::new(idp.value)).collect() }))
}
