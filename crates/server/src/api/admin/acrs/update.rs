//! `PUT /api/admin/{tid}/servers/{wid}/acrs/{acrID}`

use symbolon_store::StoreError;
use symbolon_store::entity::Acr;

use super::validate;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::{Id, WorkspaceId};
use crate::api::json::Body;

/// Update ACR
#[utoipa::path(
    put, path = "/api/admin/{tid}/servers/{wid}/acrs/{acrID}", operation_id = "updateACR", tag = "ACRs",
    request_body = Acr,
    responses((status = 200, description = "The class", body = Acr, headers(("etag" = String))))
)]
pub(super) async fn update_acr(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut acr): Body<Acr>,
) -> Result<Versioned<Acr>, ApiError> {
    let before = super::load(&cx, &workspace_id, &id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&acr.tenant_id)?;
    let mut faults = Faults::default();
    faults.check(acr.id.is_empty() || acr.id == before.id, "id", "cannot change");
    validate::check(&acr, &workspace_id, &mut faults);
    faults.into_result()?;
    acr.id.clone_from(&before.id);

    let value = acr.value.clone();
    let update = cx.store(&workspace_id).update(acr, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| match error {
        StoreError::Conflict { .. } => ApiError::exists("class of authentication", &value),
        other => if_match.lost_race(other),
    })?;
    cx.changed(&workspace_id, &id);
    Ok(Versioned::ok(stored.version, stored.value))
}
