//! `GET /api/admin/{tid}/clients/{cid}`

use symbolon_store::entity::Client;

use super::ClientAdminResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;

/// Get client
///
/// With its secret, as the client itself needs it.
#[utoipa::path(
    get, path = "/api/admin/{tid}/clients/{cid}", operation_id = "getClient", tag = "clients",
    responses((status = 200, description = "The client", body = ClientAdminResponse, headers(("etag" = String))))
)]
pub(super) async fn get_client(
    cx: ManagementCx,
    Id(id): Id,
) -> Result<Versioned<ClientAdminResponse>, ApiError> {
    let stored = cx.load::<Client>(&id).await?;
    let workspace = cx.workspace(&stored.authorization_server_id).await?;
    Ok(Versioned::ok(stored.version, ClientAdminResponse::new(&cx, &workspace, stored.value)))
}
