//! `GET /api/admin/{tid}/servers/{wid}/services`

use axum::Json;
use serde::Serialize;
use symbolon_store::ListQuery;
use symbolon_store::entity::{Scope, Service};
use utoipa::ToSchema;

use super::view::ServiceWithAudience;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;
use crate::api::paging::{Listing, Page};

/// A service with counts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceResponse {
    #[serde(flatten)]
    service: ServiceWithAudience,
    /// How many scopes it has.
    number_of_scopes: usize,
}

/// Services.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServicesResponse {
    /// The services.
    services: Vec<ServiceResponse>,
}

/// Lists of services.
pub(super) struct Services;

impl Listing for Services {
    const THING: &'static str = "service";
    const FILTERS: &'static [(&'static str, &'static [&'static str])] =
        &[("service_types", &["user", "oauth2", "oidc", "system", "openbanking"])];
}

/// List services
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/services", operation_id = "listServices", tag = "services",
    params(Page<Services>), responses((status = 200, description = "Services", body = ServicesResponse))
)]
pub(super) async fn list_services(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    page: Page<Services>,
) -> Result<Json<ServicesResponse>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let store = cx.store(&workspace_id);
    let query = ListQuery { any_tag: page.filter("service_types").to_vec(), ..page.query };
    let found = store.list::<Service>(&query).await?;
    let scopes = store.list::<Scope>(&ListQuery::all()).await?;
    let services = found.into_iter().map(|stored| {
        let service = stored.value;
        let own = |scope: &&symbolon_store::Stored<Scope>| scope.service_id.as_ref() == Some(&service.id);
        let number_of_scopes = scopes.iter().filter(own).count();
        let audience = workspace.audience(&cx.base_url, &service);
        ServiceResponse { service: ServiceWithAudience { service, audience }, number_of_scopes }
    });
    Ok(Json(ServicesResponse { services: services.collect() }))
}
