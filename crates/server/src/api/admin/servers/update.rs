//! `PUT /api/admin/{tid}/servers/{wid}`

use symbolon_store::entity::Server;
use symbolon_store::entity::server::WorkspaceKind;

use super::validate;
use super::view::ServerResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;
use crate::oauth2::profile::settings;

/// Update authorization server
///
/// The body replaces the settings: a member that is not in it gets its default. Secrets alone stay when they are not
/// in it; keys have operations of their own.
#[utoipa::path(
    put, path = "/api/admin/{tid}/servers/{wid}", operation_id = "updateAuthorizationServer", tag = "servers",
    request_body = Server,
    responses((status = 200, description = "The workspace", body = ServerResponse, headers(("etag" = String))))
)]
pub(super) async fn update_server(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut server): Body<Server>,
) -> Result<Versioned<ServerResponse>, ApiError> {
    let before = cx.load::<Server>(&id).await?;
    if_match.check(before.version)?;
    cx.require_own_tenant(&server.tenant_id)?;
    let mut faults = Faults::default();
    faults.check(server.id.is_empty() || server.id == before.id, "id", "cannot change");
    server.id.clone_from(&before.id);
    faults.check(may_become(before.kind, server.kind), "type", "cannot change");
    if is_built_in(before.kind) {
        server.kind = before.kind;
    }
    keep_unsaid(&mut server, &before);
    settings::keep_chosen(&mut server, &before);
    validate::check(&server, &mut faults);
    faults.into_result()?;

    let update = cx.tenant().update(server, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&id, &id);
    Ok(Versioned::ok(stored.version, ServerResponse::load(&cx, stored.value).await?))
}

/// Whether the system lives on workspaces of this kind.
pub(super) fn is_built_in(kind: WorkspaceKind) -> bool {
    matches!(kind, WorkspaceKind::Admin | WorkspaceKind::System)
}

/// `type` left out reads as `regular`: for a built-in workspace that means no change.
fn may_become(before: WorkspaceKind, after: WorkspaceKind) -> bool {
    before == after || !is_built_in(after) && (!is_built_in(before) || after == WorkspaceKind::default())
}

/// Secrets, keys and the version are not the caller's to lose.
fn keep_unsaid(server: &mut Server, before: &Server) {
    if server.secret.is_none() {
        server.secret.clone_from(&before.secret);
    }
    if server.rotated_secrets.is_empty() {
        server.rotated_secrets.clone_from(&before.rotated_secrets);
    }
    if server.subject_identifier_algorithm_salt.is_none() {
        // With another salt every pairwise subject would be another person.
        server.subject_identifier_algorithm_salt.clone_from(&before.subject_identifier_algorithm_salt);
    }
    server.key_type = before.key_type;
    server.version = before.version;
}

#[cfg(test)]
mod tests {
    use WorkspaceKind as K;

    use super::*;

    #[test]
    fn built_in_workspaces_stay_what_they_are() {
        assert!(may_become(K::Admin, K::Admin));
        assert!(may_become(K::Admin, K::Regular));
        assert!(may_become(K::Regular, K::Organization));
        assert!(!may_become(K::Regular, K::Admin));
        assert!(!may_become(K::System, K::Developer));
    }
}
