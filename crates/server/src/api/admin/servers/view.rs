//! How a workspace is shown.

use serde::Serialize;
use symbolon_protocol::GrantType;
use symbolon_store::entity::Server;
use symbolon_store::entity::client::ApplicationKind;
use utoipa::ToSchema;

use crate::api::admin::keys;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::oauth2::profile::settings;
use crate::snapshot::{Workspace, algorithm_of};

/// A workspace with what its profile makes of its settings, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServerResponse {
    #[serde(flatten)]
    server: Server,
    /// Its issuer.
    issuer_url: String,
    /// Its address for clients with certificates.
    mtls_issuer_url: String,
    /// The kinds of application that its grant types serve.
    supported_application_purposes: Vec<ApplicationKind>,
}

impl ServerResponse {
    /// The workspace with its keys and secrets, for whoever asks for this one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) async fn load(cx: &ManagementCx, mut server: Server) -> Result<Self, ApiError> {
        let rows = cx.store(&server.id).list_keys().await?;
        server.jwks = Some(keys::view_all(&rows, algorithm_of(server.key_type).as_str()));
        Ok(Self::new(cx, server))
    }

    /// The workspace as lists show it: without keys and secrets.
    pub(super) fn in_list(cx: &ManagementCx, mut server: Server) -> Self {
        server.secret = None;
        server.rotated_secrets.clear();
        server.subject_identifier_algorithm_salt = None;
        Self::new(cx, server)
    }

    fn new(cx: &ManagementCx, mut server: Server) -> Self {
        settings::apply(&mut server);
        Self {
            issuer_url: issuer(cx, &server),
            mtls_issuer_url: match &cx.app.mtls_url {
                Some(url) => format!("{url}/{}/{}", cx.tenant_id, server.id),
                None => issuer(cx, &server),
            },
            supported_application_purposes: purposes(&server),
            server,
        }
    }
}

/// The issuer of a workspace that need not be in memory.
pub(super) fn issuer_in(cx: &ManagementCx, tenant_id: &str, server: &Server) -> String {
    Workspace::issuer_of(server, tenant_id, &cx.base_url)
}

fn issuer(cx: &ManagementCx, server: &Server) -> String {
    issuer_in(cx, &cx.tenant_id, server)
}

fn purposes(server: &Server) -> Vec<ApplicationKind> {
    let has = |grant: GrantType| server.grant_types.iter().any(|word| word == grant.as_str());
    let mut purposes = Vec::new();
    if has(GrantType::AuthorizationCode) {
        purposes.extend([
            ApplicationKind::ServerWeb,
            ApplicationKind::SinglePage,
            ApplicationKind::MobileDesktop,
        ]);
    }
    if has(GrantType::ClientCredentials) {
        purposes.push(ApplicationKind::Service);
    }
    if has(GrantType::Implicit) || has(GrantType::Password) {
        purposes.push(ApplicationKind::Legacy);
    }
    purposes
}
