//! `GET /api/admin/{tid}/services/{sid}`

use symbolon_store::entity::{Scope, Service};
use symbolon_store::{ListQuery, Sort};

use super::view::{ServiceWithAudience, ServiceWithScopesResponse};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;

/// Get service
#[utoipa::path(
    get, path = "/api/admin/{tid}/services/{sid}", operation_id = "getService", tag = "services",
    responses((
        status = 200, description = "The service", body = ServiceWithScopesResponse, headers(("etag" = String))
    ))
)]
pub(super) async fn get_service(
    cx: ManagementCx,
    Id(id): Id,
) -> Result<Versioned<ServiceWithScopesResponse>, ApiError> {
    let stored = cx.load::<Service>(&id).await?;
    let workspace = cx.workspace(&stored.authorization_server_id).await?;
    let by_name = ListQuery { sort: Sort::Name, ..ListQuery::all() };
    let scopes = cx.store(&workspace.id).list::<Scope>(&by_name).await?;
    let own =
        scopes.into_iter().map(|scope| scope.value).filter(|scope| scope.service_id.as_ref() == Some(&id));
    let audience = workspace.audience(&cx.base_url, &stored.value);
    let service = ServiceWithAudience { service: stored.value, audience };
    Ok(Versioned::ok(stored.version, ServiceWithScopesResponse { service, scopes: own.collect() }))
}
