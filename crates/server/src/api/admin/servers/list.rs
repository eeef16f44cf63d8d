//! `GET /api/admin/{tid}/servers`

use axum::Json;
use serde::Serialize;
use symbolon_store::ListQuery;
use symbolon_store::entity::Server;
use utoipa::ToSchema;

use super::view::ServerResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::paging::{Listing, Page};

/// The kinds of workspaces.
pub(crate) const KINDS: &[&str] = &["admin", "developer", "system", "regular", "organization"];

/// Workspaces.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServersResponse {
    /// The workspaces, without secrets.
    servers: Vec<ServerResponse>,
}

/// Lists of authorization servers.
pub(super) struct Servers;

impl Listing for Servers {
    const THING: &'static str = "server";
    const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[("server_types", KINDS)];
}

/// List authorization servers
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers", operation_id = "listAuthorizationServers", tag = "servers",
    params(Page<Servers>), responses((status = 200, description = "Workspaces", body = ServersResponse))
)]
pub(super) async fn list_servers(
    cx: ManagementCx,
    page: Page<Servers>,
) -> Result<Json<ServersResponse>, ApiError> {
    let query = ListQuery { any_tag: page.filter("server_types").to_vec(), ..page.query };
    let found = cx.tenant().list::<Server>(&query).await?;
    let servers = found.into_iter().map(|stored| ServerResponse::in_list(&cx, stored.value));
    Ok(Json(ServersResponse { servers: servers.collect() }))
}
