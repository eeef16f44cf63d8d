//! `POST /api/admin/{tid}/servers`

use symbolon_store::StoreError;
use symbolon_store::entity::Server;

use super::update::is_built_in;
use super::validate;
use super::view::ServerResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::json::Body;
use crate::api::tenants::is_path_id;
use crate::seed;

/// Create authorization server
///
/// The workspace begins with the services and scopes of OAuth 2 and OpenID Connect, and with a current and a next key.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers", operation_id = "createAuthorizationServer", tag = "servers",
    request_body = Server,
    responses((status = 201, description = "The workspace", body = ServerResponse, headers(("etag" = String))))
)]
pub(super) async fn create_server(
    cx: ManagementCx,
    Body(mut server): Body<Server>,
) -> Result<Versioned<ServerResponse>, ApiError> {
    cx.require_own_tenant(&server.tenant_id)?;
    if server.id.is_empty() {
        server.id = cx.new_id();
    }
    let mut faults = Faults::default();
    faults.check(
        is_path_id(&server.id),
        "id",
        "must be at most 64 lower-case letters, digits, hyphens or underscores",
    );
    faults.check(!is_built_in(server.kind), "type", "is for the workspaces that come with a tenant");
    validate::check(&server, &mut faults);
    faults.into_result()?;
    server.version = Server::default().version;

    let id = server.id.clone();
    let made = seed::create_workspace(&cx.app.store, &cx.app.rng, &cx.tenant_id, server, cx.now).await;
    let stored = made.map_err(|error| match error {
        StoreError::Conflict { table, .. } if table == "workspaces" => ApiError::exists("workspace", &id),
        other => other.into(),
    })?;
    cx.changed(&id, &id);
    Ok(Versioned::created(stored.version, ServerResponse::load(&cx, stored.value).await?))
}
