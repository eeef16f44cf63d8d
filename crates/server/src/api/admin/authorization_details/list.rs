//! `GET /api/admin/{tid}/servers/{wid}/authorization-details`

use axum::Json;
use serde::Serialize;
use symbolon_store::entity::{AuthorizationDetail, Service};
use symbolon_store::{ListQuery, Sort};
use utoipa::ToSchema;

use super::view::AuthorizationDetailWithService;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;

/// Types of authorization details.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuthorizationDetailsWithServices {
    /// The types, by name.
    authorization_details: Vec<AuthorizationDetailWithService>,
}

/// List authorization details
///
/// All types of authorization details of a workspace.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/authorization-details", operation_id = "listAuthorizationDetails",
    tag = "authorizationDetails",
    responses((status = 200, description = "The types", body = AuthorizationDetailsWithServices))
)]
pub(super) async fn list_authorization_details(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<AuthorizationDetailsWithServices>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let store = cx.store(&workspace_id);
    let services = store.list::<Service>(&ListQuery::all()).await?;
    let query = ListQuery { sort: Sort::Name, ..ListQuery::all() };
    let details = store.list::<AuthorizationDetail>(&query).await?;
    let authorization_details = details.into_iter().map(|detail| {
        let id = detail.service_id.as_ref();
        let service = services.iter().find(|service| id == Some(&service.id));
        AuthorizationDetailWithService::new(detail.value, service.map(|service| service.value.clone()))
    });
    Ok(Json(AuthorizationDetailsWithServices { authorization_details: authorization_details.collect() }))
}
