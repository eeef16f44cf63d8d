//! `POST /api/admin/{tid}/claims`

use symbolon_store::StoreError;
use symbolon_store::entity::Claim;

use super::super::scopes::is_id;
use super::validate;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::json::Body;

/// Create claim
///
/// What ID tokens and userinfo (`id_token`), or access tokens and introspection (`access_token`), tell: a value of the
/// authentication context (`authnCtx`) or of the client (`client`), where one of `scopes` was granted, or always.
#[utoipa::path(
    post, path = "/api/admin/{tid}/claims", operation_id = "createClaim", tag = "claims", request_body = Claim,
    responses((status = 201, description = "The claim", body = Claim, headers(("etag" = String))))
)]
pub(super) async fn create_claim(
    cx: ManagementCx,
    Body(mut claim): Body<Claim>,
) -> Result<Versioned<Claim>, ApiError> {
    cx.require_own_tenant(&claim.tenant_id)?;
    let workspace_id = claim.authorization_server_id.clone();
    let workspace = cx.workspace_in_body("authorization_server_id", &workspace_id).await?;
    let mut faults = Faults::default();
    faults.check(is_id(&claim.id), "id", "must be at most 64 letters, digits, hyphens, dots or underscores");
    validate::check(&claim, &workspace, &mut faults);
    faults.into_result()?;
    if claim.id.is_empty() {
        claim.id = cx.new_id();
    }

    let name = claim.name.clone();
    let stored =
        cx.store(&workspace_id).insert(claim, cx.now.millis()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::exists("claim", &name),
            other => other.into(),
        })?;
    cx.changed(&workspace_id, &stored.value.id);
    Ok(Versioned::created(stored.version, stored.value))
}
