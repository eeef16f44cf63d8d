//! `PUT /api/admin/{tid}/scopes/{scp}`

use symbolon_store::entity::Scope;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;

/// Update scope
///
/// The name stays: clients are registered for it, and tokens carry it.
#[utoipa::path(
    put, path = "/api/admin/{tid}/scopes/{scp}", operation_id = "updateScope", tag = "scopes", request_body = Scope,
    responses((status = 200, description = "The scope", body = Scope, headers(("etag" = String))))
)]
pub(super) async fn update_scope(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut scope): Body<Scope>,
) -> Result<Versioned<Scope>, ApiError> {
    let before = cx.load::<Scope>(&id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&scope.tenant_id)?;
    let mut faults = Faults::default();
    let same = |given: &str, stored: &str| given.is_empty() || given == stored;
    faults.check(same(&scope.id, &before.id), "id", "cannot change");
    faults.check(same(&scope.name, &before.name), "name", "cannot change: clients are registered for it");
    faults.check(
        same(&scope.authorization_server_id, &before.authorization_server_id),
        "authorization_server_id",
        "cannot change",
    );
    let service_id = scope.service_id.as_deref();
    faults.check(
        service_id.is_none() || service_id == before.service_id.as_deref(),
        "service_id",
        "cannot change",
    );
    faults.into_result()?;
    scope.id.clone_from(&before.id);
    scope.name.clone_from(&before.name);
    scope.service_id.clone_from(&before.service_id);

    let workspace_id = &before.authorization_server_id;
    let update = cx.store(workspace_id).update(scope, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(workspace_id, &id);
    Ok(Versioned::ok(stored.version, stored.value))
}
