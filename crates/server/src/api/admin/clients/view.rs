//! How a client is shown to administrators.

use serde::Serialize;
use symbolon_store::entity::Client;
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::clock::Timestamp;
use crate::snapshot::Workspace;

/// A client, and where it finds its workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ClientAdminResponse {
    #[serde(flatten)]
    client: Client,
    /// Issuer of the workspace.
    server_issuer_url: String,
    /// The workspace's address for clients with certificates.
    server_mtls_issuer_url: String,
}

impl ClientAdminResponse {
    /// The client with its secrets, for whoever asks for this one client.
    pub(in crate::api) fn new(cx: &ManagementCx, workspace: &Workspace, mut client: Client) -> Self {
        client.confirmation = None;
        client.registration_token = None;
        client.certificate = None;
        forget_expired_secrets(&mut client, cx.now);
        Self {
            client,
            server_issuer_url: workspace.issuer(&cx.base_url),
            server_mtls_issuer_url: cx.mtls_issuer(workspace),
        }
    }

    /// The client as lists show it: without secrets.
    pub(in crate::api) fn in_list(cx: &ManagementCx, workspace: &Workspace, mut client: Client) -> Self {
        client.client_secret = None;
        client.rotated_secrets.clear();
        client.rotated_secrets_expire_at.clear();
        client.hashed_secret = None;
        client.hashed_rotated_secrets.clear();
        Self::new(cx, workspace, client)
    }
}

/// Drops the earlier secrets that no longer count.
pub(super) fn forget_expired_secrets(client: &mut Client, now: Timestamp) {
    let expire_at = std::mem::take(&mut client.rotated_secrets_expire_at);
    let secrets = std::mem::take(&mut client.rotated_secrets);
    let expiry = expire_at.into_iter().chain(std::iter::repeat(0));
    let live = secrets.into_iter().zip(expiry).filter(|(_, at)| *at == 0 || *at > now.seconds());
    (client.rotated_secrets, client.rotated_secrets_expire_at) = live.unzip();
    if client.rotated_secrets_expire_at.iter().all(|at| *at == 0) {
        client.rotated_secrets_expire_at.clear();
    }
    client.hashed_rotated_secrets.truncate(client.rotated_secrets.len());
}
