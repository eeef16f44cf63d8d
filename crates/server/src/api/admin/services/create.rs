//! `POST /api/admin/{tid}/services`

use symbolon_store::StoreError;
use symbolon_store::entity::Service;

use super::view::{self, ServiceWithAudience};
use crate::api::admin::scopes::is_id;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::json::Body;

/// Create service
#[utoipa::path(
    post, path = "/api/admin/{tid}/services", operation_id = "createService", tag = "services", request_body = Service,
    responses((status = 201, description = "The service", body = ServiceWithAudience, headers(("etag" = String))))
)]
pub(super) async fn create_service(
    cx: ManagementCx,
    Body(mut service): Body<Service>,
) -> Result<Versioned<ServiceWithAudience>, ApiError> {
    cx.require_own_tenant(&service.tenant_id)?;
    if service.authorization_server_id.is_empty() {
        return Err(ApiError::invalid("authorization_server_id", "must name the workspace of the service"));
    }
    let workspace = cx.workspace_in_body("authorization_server_id", &service.authorization_server_id).await?;
    let mut faults = Faults::default();
    view::check(&service, &mut faults);
    faults.check(
        is_id(&service.id),
        "id",
        "must be at most 64 letters, digits, hyphens, dots or underscores",
    );
    faults.check(!service.system, "system", "is for the services that are built in");
    faults.into_result()?;
    if service.id.is_empty() {
        service.id = cx.new_id();
    }

    let id = service.id.clone();
    let stored =
        cx.store(&workspace.id).insert(service, cx.now.millis()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::exists("service", &id),
            other => other.into(),
        })?;
    cx.changed(&workspace.id, &stored.value.id);
    let audience = workspace.audience(&cx.base_url, &stored.value);
    Ok(Versioned::created(stored.version, ServiceWithAudience { service: stored.value, audience }))
}
