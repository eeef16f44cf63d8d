//! `POST /api/admin/{tid}/clients`

use serde::Deserialize;
use symbolon_store::StoreError;
use symbolon_store::entity::Client;
use symbolon_store::entity::client::ApplicationKind;

use super::ClientAdminResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::extract::Params;
use crate::api::json::Body;
use crate::client_metadata::complete::{apply_purpose, complete};
use crate::client_metadata::{sector, validate};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Purpose {
    /// What the application is: it gets the usual grant types and authentication method of its kind where the body
    /// has the defaults.
    #[param(inline)]
    application_purpose: Option<ApplicationKind>,
}

/// Create client
///
/// Identifier and secret are made at random when they are not given. Unknown members of the body are ignored.
#[utoipa::path(
    post, path = "/api/admin/{tid}/clients", operation_id = "createClient", tag = "clients", params(Purpose),
    request_body = Client,
    responses((status = 201, description = "The client", body = ClientAdminResponse, headers(("etag" = String))))
)]
pub(super) async fn create_client(
    cx: ManagementCx,
    Params(purpose): Params<Purpose>,
    Body(mut client): Body<Client>,
) -> Result<Versioned<ClientAdminResponse>, ApiError> {
    cx.require_own_tenant(&client.tenant_id)?;
    if client.authorization_server_id.is_empty() {
        return Err(ApiError::invalid("authorization_server_id", "must name the workspace of the client"));
    }
    let workspace = cx.workspace_in_body("authorization_server_id", &client.authorization_server_id).await?;
    if let Some(purpose) = purpose.application_purpose {
        apply_purpose(&mut client, purpose);
    }
    let mut faults = Faults::default();
    complete(&cx.app.rng, &mut client, &mut faults);
    client.client_id_issued_at = cx.now.seconds();
    client.dynamically_registered = false;
    client.registration_token = None;
    client.confirmation = None;
    validate::check(&client, &workspace, &mut faults);
    if faults.is_empty() {
        sector::check(&cx.app.fetcher, &client, &mut faults).await;
    }
    faults.into_result()?;

    let id = client.client_id.clone();
    let stored =
        cx.store(&workspace.id).insert(client, cx.now.millis()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::exists("client", &id),
            other => other.into(),
        })?;
    cx.changed(&workspace.id, &id);
    Ok(Versioned::created(stored.version, ClientAdminResponse::new(&cx, &workspace, stored.value)))
}
