//! `GET /api/admin/{tid}/servers/{wid}/claims`

use axum::Json;
use serde::Serialize;
use symbolon_store::entity::Claim;
use symbolon_store::{ListQuery, Sort};
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;

/// Claims.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Claims {
    /// The claims, by name.
    claims: Vec<Claim>,
}

/// List claims
///
/// All claims of a workspace.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/claims", operation_id = "listClaims", tag = "claims",
    responses((status = 200, description = "The claims", body = Claims))
)]
pub(super) async fn list_claims(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<Claims>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let query = ListQuery { sort: Sort::Name, ..ListQuery::all() };
    let claims = cx.store(&workspace_id).list::<Claim>(&query).await?;
    Ok(Json(Claims { claims: claims.into_iter().map(|claim| claim.value).collect() }))
}
