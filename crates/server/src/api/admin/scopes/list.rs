//! `GET /api/admin/{tid}/servers/{wid}/scopes`

use axum::Json;
use serde::Serialize;
use symbolon_store::entity::{Scope, Service};
use symbolon_store::{ListQuery, Sort};
use utoipa::ToSchema;

use super::view::ScopeWithService;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;

/// Scopes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScopesWithServices {
    /// The scopes, by name.
    scopes: Vec<ScopeWithService>,
}

/// List scopes
///
/// All scopes of a workspace.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/scopes", operation_id = "listScopes", tag = "scopes",
    responses((status = 200, description = "Scopes", body = ScopesWithServices))
)]
pub(super) async fn list_scopes(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<ScopesWithServices>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let store = cx.store(&workspace_id);
    let services = store.list::<Service>(&ListQuery::all()).await?;
    let scopes = store.list::<Scope>(&ListQuery { sort: Sort::Name, ..ListQuery::all() }).await?;
    let service_of = |scope: &Scope| {
        let id = scope.service_id.as_ref()?;
        services.iter().find(|service| service.id == *id).map(|service| service.value.clone())
    };
    let scopes = scopes.into_iter().map(|scope| {
        let service = service_of(&scope);
        ScopeWithService::new(scope.value, service)
    });
    Ok(Json(ScopesWithServices { scopes: scopes.collect() }))
}
