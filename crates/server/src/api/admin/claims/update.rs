//! `PUT /api/admin/{tid}/claims/{claim}`

use symbolon_store::StoreError;
use symbolon_store::entity::Claim;

use super::validate;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;

/// Update claim
#[utoipa::path(
    put, path = "/api/admin/{tid}/claims/{claim}", operation_id = "updateClaim", tag = "claims", request_body = Claim,
    responses((status = 200, description = "The claim", body = Claim, headers(("etag" = String))))
)]
pub(super) async fn update_claim(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut claim): Body<Claim>,
) -> Result<Versioned<Claim>, ApiError> {
    let before = cx.load::<Claim>(&id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&claim.tenant_id)?;
    let workspace_id = &before.authorization_server_id;
    let workspace = cx.workspace(workspace_id).await?;
    let mut faults = Faults::default();
    let same = |given: &str, stored: &str| given.is_empty() || given == stored;
    faults.check(same(&claim.id, &before.id), "id", "cannot change");
    faults.check(
        same(&claim.authorization_server_id, workspace_id),
        "authorization_server_id",
        "cannot change",
    );
    validate::check(&claim, &workspace, &mut faults);
    faults.into_result()?;
    claim.id.clone_from(&before.id);

    let name = claim.name.clone();
    let update = cx.store(workspace_id).update(claim, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| match error {
        StoreError::Conflict { .. } => ApiError::exists("claim", &name),
        other => if_match.lost_race(other),
    })?;
    cx.changed(workspace_id, &id);
    Ok(Versioned::ok(stored.version, stored.value))
}
