//! `GET /api/admin/{tid}/servers/{wid}/acrs`

use axum::Json;
use serde::Serialize;
use symbolon_store::entity::Acr;
use symbolon_store::{ListQuery, Sort};
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;

/// Classes of authentication.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ACRs)]
pub(super) struct Acrs {
    /// The classes, by value.
    acrs: Vec<Acr>,
}

/// List ACRs
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/acrs", operation_id = "listACRs", tag = "ACRs",
    responses((status = 200, description = "The classes", body = Acrs))
)]
pub(super) async fn list_acrs(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<Acrs>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let query = ListQuery { sort: Sort::Name, ..ListQuery::all() };
    let acrs = cx.store(&workspace_id).list::<Acr>(&query).await?;
    Ok(Json(Acrs { acrs: acrs.into_iter().map(|acr| acr.value).collect() }))
}
