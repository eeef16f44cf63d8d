//! `PUT /api/admin/{tid}/clients/{cid}`

use symbolon_store::entity::Client;

use super::{ClientAdminResponse, view};
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::{IfMatch, Versioned};
use crate::api::extract::Id;
use crate::api::json::Body;
use crate::client_metadata::complete::complete;
use crate::client_metadata::{sector, validate};

/// Update client
///
/// The body replaces the client: a member that is not in it gets its default. The secret alone stays when it is not
/// in it.
#[utoipa::path(
    put, path = "/api/admin/{tid}/clients/{cid}", operation_id = "updateClient", tag = "clients",
    request_body = Client,
    responses((status = 200, description = "The client", body = ClientAdminResponse, headers(("etag" = String))))
)]
pub(super) async fn update_client(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
    Body(mut client): Body<Client>,
) -> Result<Versioned<ClientAdminResponse>, ApiError> {
    let before = cx.load::<Client>(&id).await?;
    if_match.check(before.version)?;
    let workspace = cx.workspace(&before.authorization_server_id).await?;
    let mut faults = Faults::default();
    cx.require_own_tenant(&client.tenant_id)?;
    keep_identity(&mut client, &before, &mut faults);
    keep_secrets(&mut client, &before, &mut faults);
    view::forget_expired_secrets(&mut client, cx.now);
    complete(&cx.app.rng, &mut client, &mut faults);
    validate::check(&client, &workspace, &mut faults);
    // Its host is asked when there is something new to ask: it need not be there whenever a client changes.
    let is_same = client.sector_identifier_uri == before.sector_identifier_uri
        && client.redirect_uris == before.redirect_uris;
    if faults.is_empty() && !is_same {
        sector::check(&cx.app.fetcher, &client, &mut faults).await;
    }
    faults.into_result()?;

    let update = cx.store(&workspace.id).update(client, Some(before.version), cx.now.millis()).await;
    let stored = update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace.id, &id);
    Ok(Versioned::ok(stored.version, ClientAdminResponse::new(&cx, &workspace, stored.value)))
}

/// What a client is called, whose it is and how it came about do not change.
fn keep_identity(client: &mut Client, before: &Client, faults: &mut Faults) {
    let given = std::mem::replace(&mut client.client_id, before.client_id.clone());
    faults.check(given.is_empty() || given == before.client_id, "client_id", "cannot change");
    let given =
        std::mem::replace(&mut client.authorization_server_id, before.authorization_server_id.clone());
    let fits = given.is_empty() || given == before.authorization_server_id;
    faults.check(fits, "authorization_server_id", "cannot change: a client stays in its workspace");
    client.client_id_issued_at = before.client_id_issued_at;
    client.dynamically_registered = before.dynamically_registered;
    client.registration_token.clone_from(&before.registration_token);
    client.confirmation.clone_from(&before.confirmation);
    client.software_id.clone_from(&before.software_id);
    client.software_version.clone_from(&before.software_version);
    client.obbr.clone_from(&before.obbr);
}

/// Earlier secrets are changed by rotation alone; a caller who never saw the secret does not take it away.
fn keep_secrets(client: &mut Client, before: &Client, faults: &mut Faults) {
    faults.check(
        client.rotated_secrets.is_empty() || client.rotated_secrets == before.rotated_secrets,
        "rotated_secrets",
        "is changed by rotateSecret and revokeRotatedSecrets alone",
    );
    if client.client_secret.is_none() {
        client.client_secret.clone_from(&before.client_secret);
    }
    client.rotated_secrets.clone_from(&before.rotated_secrets);
    client.rotated_secrets_expire_at.clone_from(&before.rotated_secrets_expire_at);
}
