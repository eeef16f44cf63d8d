//! `POST /api/admin/{tid}/servers/{wid}/acrs`

use symbolon_store::StoreError;
use symbolon_store::entity::Acr;

use super::super::scopes::is_id;
use super::validate;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::extract::WorkspaceId;
use crate::api::json::Body;

/// Create ACR
///
/// A class of authentication that clients may ask for in `acr_values`. `level` in its `metadata` says what reaches it:
/// 1, any authentication; 2, several factors. Without `level`, several factors are needed.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/acrs", operation_id = "createACR", tag = "ACRs", request_body = Acr,
    responses((status = 201, description = "The class", body = Acr, headers(("etag" = String))))
)]
pub(super) async fn create_acr(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Body(mut acr): Body<Acr>,
) -> Result<Versioned<Acr>, ApiError> {
    cx.workspace(&workspace_id).await?;
    cx.require_own_tenant(&acr.tenant_id)?;
    let mut faults = Faults::default();
    faults.check(is_id(&acr.id), "id", "must be at most 64 letters, digits, hyphens, dots or underscores");
    validate::check(&acr, &workspace_id, &mut faults);
    faults.into_result()?;
    if acr.id.is_empty() {
        acr.id = cx.new_id();
    }

    let value = acr.value.clone();
    let stored = cx.store(&workspace_id).insert(acr, cx.now.millis()).await.map_err(|error| match error {
        StoreError::Conflict { .. } => ApiError::exists("class of authentication", &value),
        other => other.into(),
    })?;
    cx.changed(&workspace_id, &stored.value.id);
    Ok(Versioned::created(stored.version, stored.value))
}
