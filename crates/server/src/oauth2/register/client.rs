//! From what a registration says to a client that can be stored.

use symbolon_jose::Algorithm;
use symbolon_protocol::{ClientAuthMethod, GrantType, OAuthError};
use symbolon_store::entity::client::Confirmation;
use symbolon_store::entity::server::DynamicClientRegistrationSettings;
use symbolon_store::entity::{Client, Metadata, Secret};

use super::body::{self, invalid};
use super::payload::Payload;
use super::rules;
use crate::client_metadata::complete::{complete, needs_secret};
use crate::client_metadata::{sector, validate};
use crate::cx::Cx;
use crate::faults::Faults;
use crate::oauth2::profile::Profile;
use crate::snapshot::Workspace;

/// The client that a registration describes.
pub(super) fn described(payload: Payload) -> Result<Client, OAuthError> {
    let mut client = body::metadata(payload.members)?.into_client()?;
    client.software_statement_payload = Metadata(payload.statement.unwrap_or_default());
    Ok(client)
}

/// The client as it can be stored.
pub(super) async fn checked(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    mut client: Client,
    approved: bool,
) -> Result<Client, OAuthError> {
    let mut faults = Faults::default();
    rules::settle_scopes(cx, settings, &mut client, &mut faults);
    bind(&cx.workspace, &mut client);
    sign_by_default(&cx.workspace, &mut client);
    complete(&cx.app.rng, &mut client, &mut faults);
    let mut of_every_client = Faults::default();
    validate::check(&client, &cx.workspace, &mut of_every_client);
    for (path, what) in of_every_client {
        // A registration says `scope`, as one text (RFC 7591 §2).
        let path = if path.starts_with("scopes[") { "scope".to_owned() } else { path };
        faults.add(path, what);
    }
    rules::check(cx, &client, approved, &mut faults);
    // Last: nobody is asked about a client that cannot be.
    if faults.is_empty() {
        sector::check(&cx.app.fetcher, &client, &mut faults).await;
    }
    rules::into_result(faults)?;
    Ok(client)
}

/// A client that authenticates with a certificate gets tokens bound to it, unless the workspace says otherwise.
pub fn bind(workspace: &Workspace, client: &mut Client) {
    let method = client.token_endpoint_auth_method.parse::<ClientAuthMethod>();
    let advanced = workspace.server.advanced.as_ref();
    if advanced.is_some_and(|advanced| advanced.disable_dcr_client_certificate_bound_access_tokens) {
        client.tls_client_certificate_bound_access_tokens = false;
    } else if method.is_ok_and(ClientAuthMethod::is_mutual_tls) {
        client.tls_client_certificate_bound_access_tokens = true;
    }
}

/// OpenID Connect Registration §2: RS256 where no algorithm is named, as far as the workspace has a key for it and its
/// profile allows it. Else what its ID tokens are signed with is said, as a client that is told nothing takes it for RS256.
fn sign_by_default(workspace: &Workspace, client: &mut Client) {
    if client.id_token_signed_response_alg.is_some() || !gets_id_tokens(client) {
        return;
    }
    let profile = Profile::of(workspace);
    let usual = workspace.keys.signer_for(Algorithm::RS256).map(|_| Algorithm::RS256);
    let algorithms = usual.into_iter().chain([workspace.keys.signer.algorithm()]);
    let served = algorithms.into_iter().find(|algorithm| profile.allows_algorithm(*algorithm));
    client.id_token_signed_response_alg = served.map(|algorithm| algorithm.as_str().to_owned());
}

/// Whether a person logs in to the client: by a redirect, or at another device.
fn gets_id_tokens(client: &Client) -> bool {
    let has = |grant: GrantType| client.grant_types.iter().any(|word| word == grant.as_str());
    !client.redirect_uris.is_empty() || has(GrantType::DeviceCode) || has(GrantType::Ciba)
}

/// `cert_bound_registration_token`: whoever registers shows the certificate that manages the registration.
pub(super) fn confirmation(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
) -> Result<Option<Confirmation>, OAuthError> {
    if !settings.cert_bound_registration_token {
        return Ok(None);
    }
    let Some(certificate) = &cx.peer.certificate else {
        return Err(OAuthError::invalid_request("certificate_missing")
            .description("Clients register here with a client certificate, and none was presented.")
            .expected("a client certificate")
            .got("none"));
    };
    Ok(Some(Confirmation { x5t_s256: Some(certificate.leaf.x5t_s256()), jkt: None }))
}

/// RFC 7592 §2.2: the body names the client, and what only the server says can only be repeated.
pub(super) fn check_unchangeable(body: &serde_json::Value, before: &Client) -> Result<(), OAuthError> {
    if body.get("client_id").and_then(serde_json::Value::as_str) != Some(&before.client_id) {
        return Err(invalid("client_id_mismatch", "client_id must be given, and be that of the client."));
    }
    let secret = before.client_secret.as_ref().map(Secret::reveal).unwrap_or_default();
    if let Some(given) = body.get("client_secret") {
        let given = given.as_str().unwrap_or_default();
        if aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), secret.as_bytes()).is_err() {
            return Err(invalid("client_secret_changed", "client_secret cannot be chosen: leave it out."));
        }
    }
    let fixed = [
        ("client_id_issued_at", before.client_id_issued_at),
        ("client_secret_expires_at", before.client_secret_expires_at),
    ];
    for (name, value) in fixed {
        if body.get(name).is_some_and(|given| given.as_i64() != Some(value)) {
            return Err(invalid("client_metadata_fixed", format!("{name} cannot change: leave it out.")));
        }
    }
    Ok(())
}

/// What a client is called, how it came about, and what an administrator has said of it, stay. So does its secret, if
/// it still needs one.
pub(super) fn keep(client: &mut Client, before: &Client) {
    client.client_id.clone_from(&before.client_id);
    client.client_id_issued_at = before.client_id_issued_at;
    client.confirmation.clone_from(&before.confirmation);
    client.trusted = before.trusted;
    client.client_status = before.client_status;
    client.audience.clone_from(&before.audience);
    client.metadata = before.metadata.clone();
    client.developer_id.clone_from(&before.developer_id);
    client.developer_metadata = before.developer_metadata.clone();
    client.token_ttls.clone_from(&before.token_ttls);
    client.use_custom_token_ttls = before.use_custom_token_ttls;
    client.obbr.clone_from(&before.obbr);
    client.fdx.clone_from(&before.fdx);
    keep_exchange(client, before);
    if needs_secret(client) {
        client.client_secret.clone_from(&before.client_secret);
        client.client_secret_expires_at = before.client_secret_expires_at;
        client.rotated_secrets.clone_from(&before.rotated_secrets);
        client.rotated_secrets_expire_at.clone_from(&before.rotated_secrets_expire_at);
    }
}

/// Of token exchange, whose tokens count, and that the client may not pass for people.
fn keep_exchange(client: &mut Client, before: &Client) {
    let Some(before) = &before.token_exchange else { return };
    if !before.subject_audiences.is_empty() || before.actor_token_required {
        let own = client.token_exchange.get_or_insert_default();
        own.subject_audiences.clone_from(&before.subject_audiences);
        own.actor_token_required |= before.actor_token_required;
    }
}
