//! `PUT /api/admin/{tid}/authorization-details/{authorizationDetailID}`

use symbolon_store::entity::AuthorizationDetail;

use super::schema;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;

/// Update authorization detail
///
/// The type stays: clients are registered for it, and tokens carry it.
#[utoipa::path(
    put, path = "/api/admin/{tid}/authorization-details/{authorizationDetailID}",
    operation_id = "updateAuthorizationDetail", tag = "authorizationDetails", request_body = AuthorizationDetail,
    responses((status = 200, description = "The type", body = AuthorizationDetail, headers(("etag" = String))))
)]
pub(super) async fn update_authorization_detail(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut detail): Body<AuthorizationDetail>,
) -> Result<Versioned<AuthorizationDetail>, ApiError> {
    let before = cx.load::<AuthorizationDetail>(&id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&detail.tenant_id)?;
    let mut faults = Faults::default();
    let same = |given: &str, stored: &str| given.is_empty() || given == stored;
    faults.check(same(&detail.id, &before.id), "id", "cannot change");
    faults.check(same(&detail.kind, &before.kind), "type", "cannot change: clients are registered for it");
    faults.check(
        same(&detail.authorization_server_id, &before.authorization_server_id),
        "authorization_server_id",
        "cannot change",
    );
    let service_id = detail.service_id.as_deref();
    faults.check(
        service_id.is_none() || service_id == before.service_id.as_deref(),
        "service_id",
        "cannot change",
    );
    schema::check(&detail, &mut faults);
    faults.into_result()?;
    detail.id.clone_from(&before.id);
    detail.kind.clone_from(&before.kind);
    detail.service_id.clone_from(&before.service_id);

    let workspace_id = &before.authorization_server_id;
    let update = cx.store(workspace_id).update(detail, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(Versioned::ok(stored.version, stored.value))
}
