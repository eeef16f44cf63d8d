//! `PUT /api/admin/{tid}/services/{sid}`

use symbolon_store::entity::Service;

use super::view::{self, ServiceWithAudience};
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;

/// Update service
#[utoipa::path(
    put, path = "/api/admin/{tid}/services/{sid}", operation_id = "updateService", tag = "services",
    request_body = Service,
    responses((status = 200, description = "The service", body = ServiceWithAudience, headers(("etag" = String))))
)]
pub(super) async fn update_service(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut service): Body<Service>,
) -> Result<Versioned<ServiceWithAudience>, ApiError> {
    let before = cx.load::<Service>(&id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&service.tenant_id)?;
    let mut faults = Faults::default();
    let same = |given: &str, stored: &str| given.is_empty() || given == stored;
    faults.check(same(&service.id, &before.id), "id", "cannot change");
    faults.check(
        same(&service.authorization_server_id, &before.authorization_server_id),
        "authorization_server_id",
        "cannot change",
    );
    view::check(&service, &mut faults);
    faults.into_result()?;
    service.id.clone_from(&before.id);
    service.system = before.system;
    service.kind = before.kind;

    let workspace = cx.workspace(&before.authorization_server_id).await?;
    let update = cx.store(&workspace.id).update(service, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace.id, &id);
    let audience = workspace.audience(&cx.base_url, &stored.value);
    Ok(Versioned::ok(stored.version, ServiceWithAudience { service: stored.value, audience }))
}
