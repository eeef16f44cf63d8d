//! `GET /api/admin/{tid}/servers/{wid}/clients`

use axum::Json;
use serde::Serialize;
use symbolon_store::ListQuery;
use symbolon_store::entity::Client;
use utoipa::ToSchema;

use super::ClientAdminResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::WorkspaceId;
use crate::api::paging::{Listing, Page};

/// Clients.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ClientsForAdmin {
    /// The clients, without secrets.
    clients: Vec<ClientAdminResponse>,
}

/// Lists of clients.
pub(super) struct Clients;

const KINDS: &[&str] = &["single_page", "server_web", "mobile_desktop", "service", "legacy", "dcr"];
const PROTOCOLS: &[&str] = &["oauth2", "saml"];

impl Listing for Clients {
    const THING: &'static str = "client";
    const FILTERS: &'static [(&'static str, &'static [&'static str])] =
        &[("application_types", KINDS), ("client_types", PROTOCOLS), ("type", &["regular", "all"])];
}

/// List clients
///
/// The clients of a workspace, without those of the system itself unless `type` is `all`.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/clients", operation_id = "listClients", tag = "clients",
    params(Page<Clients>), responses((status = 200, description = "Clients", body = ClientsForAdmin))
)]
pub(super) async fn list_clients(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    page: Page<Clients>,
) -> Result<Json<ClientsForAdmin>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let found = cx.store(&workspace_id).list::<Client>(&query(&page)).await?;
    let clients = found.into_iter().map(|stored| ClientAdminResponse::in_list(&cx, &workspace, stored.value));
    Ok(Json(ClientsForAdmin { clients: clients.collect() }))
}

fn query(page: &Page<Clients>) -> ListQuery {
    let mut query = page.query.clone();
    query.any_tag = page.filter("application_types").to_vec();
    let protocols = page.filter("client_types");
    if !protocols.is_empty() {
        let others = PROTOCOLS.iter().filter(|word| !protocols.iter().any(|wanted| wanted == *word));
        query.no_tag.extend(others.map(|&word| word.to_owned()));
    }
    if !page.filter("type").iter().any(|word| word == "all") {
        query.no_tag.push("system".to_owned());
    }
    query
}
