//! `/api/admin/{tid}/servers/{wid}/idps/static…`: users listed in the identity provider itself.

use symbolon_store::StoreError;
use symbolon_store::entity::Idp;

use super::users;
use super::view::StaticIdp;
use crate::api::admin::scopes::is_id;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::{Id, WorkspaceId};
use crate::api::json::Body;
use crate::login::accounts;
use crate::snapshot::Workspace;

const METHOD: &str = "static";

/// Create static identity provider
///
/// Passwords are kept as argon2id hashes and never shown.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/idps/static", operation_id = "createStaticIDP", tag = "idps",
    request_body = StaticIdp,
    responses((status = 201, description = "The identity provider", body = StaticIdp, headers(("etag" = String))))
)]
pub(super) async fn create_static_idp(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Body(StaticIdp(mut idp)): Body<StaticIdp>,
) -> Result<Versioned<StaticIdp>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    cx.require_own_tenant(&idp.tenant_id)?;
    let mut faults = Faults::default();
    check(&idp, &workspace, &mut faults);
    faults.check(is_id(&idp.id), "id", "must be at most 64 letters, digits, hyphens, dots or underscores");
    users::check(&idp, &[], &mut faults);
    users::check_not_taken(&cx, &workspace, &idp, &[], &mut faults).await?;
    faults.into_result()?;
    if idp.id.is_empty() {
        idp.id = cx.new_id();
    }
    METHOD.clone_into(&mut idp.method);
    idp.workspace_id = Some(workspace_id.clone());
    users::hash(&cx, &mut idp, &[]).await?;

    let id = idp.id.clone();
    let stored = cx.store(&workspace_id).insert(idp, cx.now.millis()).await.map_err(|error| match error {
        StoreError::Conflict { .. } => ApiError::exists("identity provider", &id),
        other => other.into(),
    })?;
    cx.changed(&workspace_id, &id);
    Ok(Versioned::created(stored.version, StaticIdp::new(stored.value)))
}

/// Get static identity provider
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/idps/static/{iid}", operation_id = "getStaticIDP", tag = "idps",
    responses((status = 200, description = "The identity provider", body = StaticIdp, headers(("etag" = String))))
)]
pub(super) async fn get_static_idp(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
) -> Result<Versioned<StaticIdp>, ApiError> {
    let stored = load(&cx, &workspace_id, &id).await?;
    Ok(Versioned::ok(stored.version, StaticIdp::new(stored.value)))
}

/// Update static identity provider
///
/// The body replaces it, its users too. A user without a password keeps the one of before. The sessions of users who
/// are removed, or get a password, end; of those who are removed, all that was issued for them. Clients are told.
#[utoipa::path(
    put, path = "/api/admin/{tid}/servers/{wid}/idps/static/{iid}", operation_id = "updateStaticIDP", tag = "idps",
    request_body = StaticIdp,
    responses((status = 200, description = "The identity provider", body = StaticIdp, headers(("etag" = String))))
)]
pub(super) async fn update_static_idp(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(id): Id,
    if_match: IfMatch,
    Body(StaticIdp(mut idp)): Body<StaticIdp>,
) -> Result<Versioned<StaticIdp>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let before = load(&cx, &workspace_id, &id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&idp.tenant_id)?;
    let known = before.credentials.as_ref().map_or(&[][..], |credentials| &credentials.users);
    let mut faults = Faults::default();
    check(&idp, &workspace, &mut faults);
    faults.check(idp.id.is_empty() || idp.id == before.id, "id", "cannot change");
    if idp.credentials.is_none() {
        // Somebody who sends no credentials does not mean to delete all users.
        idp.credentials.clone_from(&before.credentials);
        for user in idp.credentials.iter_mut().flat_map(|credentials| &mut credentials.users) {
            user.password = None;
        }
    }
    users::check(&idp, known, &mut faults);
    users::check_not_taken(&cx, &workspace, &idp, known, &mut faults).await?;
    faults.into_result()?;
    idp.id.clone_from(&before.id);
    METHOD.clone_into(&mut idp.method);
    idp.workspace_id = Some(workspace_id.clone());
    let ended = users::Ended::by(&idp, known);
    users::hash(&cx, &mut idp, known).await?;

    let update = cx.store(&workspace_id).update(idp, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace_id, &id);
    ended.end(&cx, &workspace_id, &id).await?;
    Ok(Versioned::ok(stored.version, StaticIdp::new(stored.value)))
}

async fn load(
    cx: &ManagementCx,
    workspace_id: &str,
    id: &str,
) -> Result<symbolon_store::Stored<Idp>, ApiError> {
    cx.workspace(workspace_id).await?;
    let found = cx.store(workspace_id).find::<Idp>(id).await?;
    found
        .filter(|idp| idp.method == METHOD)
        .ok_or_else(|| ApiError::not_found("static identity provider", id))
}

fn check(idp: &Idp, workspace: &Workspace, faults: &mut Faults) {
    let same = |given: &str| given.is_empty() || given == &*workspace.id;
    faults.check(
        same(&idp.authorization_server_id),
        "authorization_server_id",
        "is not the workspace in the path",
    );
    faults.check(
        idp.workspace_id.as_deref().is_none_or(same),
        "workspace_id",
        "is not the workspace in the path",
    );
    faults.check(idp.method.is_empty() || idp.method == METHOD, "method", "must be static");
    faults.check(!idp.name.trim().is_empty(), "name", "must be given");
    for (name, path) in
        [("hint", "settings.hint"), (accounts::SETTING, "settings.public_registration_allowed")]
    {
        let given = idp.settings.0.get(name);
        faults.check(given.is_none_or(serde_json::Value::is_boolean), path, "expected a boolean");
    }
    let is_open = idp.settings.0.get(accounts::SETTING) == Some(&true.into());
    faults.check(
        !is_open || !accounts::is_for_administrators(&workspace.server),
        "settings.public_registration_allowed",
        "must be false here: whoever has an account in this workspace is an administrator",
    );
}
