//! `POST /api/admin/{tid}/authorization-details`

use symbolon_store::StoreError;
use symbolon_store::entity::AuthorizationDetail;

use super::super::scopes::{is_id, workspace_of};
use super::schema;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::json::Body;

/// Create authorization detail
///
/// A type of authorization details (RFC 9396), of a service or, when `service_id` is left out, of the workspace itself.
/// Clients that list it in `authorization_details_types` may ask for details of this type, which must satisfy its
/// `schema`.
#[utoipa::path(
    post, path = "/api/admin/{tid}/authorization-details", operation_id = "createAuthorizationDetail",
    tag = "authorizationDetails", request_body = AuthorizationDetail,
    responses((status = 201, description = "The type", body = AuthorizationDetail, headers(("etag" = String))))
)]
pub(super) async fn create_authorization_detail(
    cx: ManagementCx,
    Body(mut detail): Body<AuthorizationDetail>,
) -> Result<Versioned<AuthorizationDetail>, ApiError> {
    cx.require_own_tenant(&detail.tenant_id)?;
    let workspace_id =
        workspace_of(&cx, "type", &detail.authorization_server_id, detail.service_id.as_deref()).await?;
    cx.workspace_in_body("authorization_server_id", &workspace_id).await?;
    let mut faults = Faults::default();
    faults.check(is_type(&detail.kind), "type", "must be 1 to 200 visible characters without blanks");
    faults.check(is_id(&detail.id), "id", "must be at most 64 letters, digits, hyphens, dots or underscores");
    schema::check(&detail, &mut faults);
    faults.into_result()?;
    if detail.id.is_empty() {
        detail.id = cx.new_id();
    }

    let kind = detail.kind.clone();
    let stored =
        cx.store(&workspace_id).insert(detail, cx.now.millis()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::exists("type of authorization details", &kind),
            other => other.into(),
        })?;
    cx.changed(&workspace_id, &stored.value.id);
    Ok(Versioned::created(stored.version, stored.value))
}

/// RFC 9396 §2: an identifier, often a URI or a word.
fn is_type(name: &str) -> bool {
    (1..=200).contains(&name.len()) && name.chars().all(|c| !c.is_whitespace() && !c.is_control())
}
