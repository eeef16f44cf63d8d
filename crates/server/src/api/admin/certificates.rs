//! Which client is this certificate? `/api/admin/{tid}/servers/{wid}/certificate-match`: an addition of ours.
//!
//! Before anything fails, an operator sees what the server makes of a certificate: its names, whether the workspace
//! trusts it, and each client that authenticates with certificates beside it.

use axum::Json;
use axum::extract::{Request, State};
use rustls::pki_types::CertificateDer;
use serde::Serialize;
use symbolon_pki::{Certificate, RegisteredAttribute};
use symbolon_protocol::ClientAuthMethod;
use symbolon_store::entity::{Client, Timestamp};
use symbolon_store::{ListQuery, Stored};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::clients::{CertificateInfo, parse_bundle};
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::WorkspaceId;
use crate::api::file;
use crate::api::scheme::{VIEW_TENANT, requires};
use crate::app::App;
use crate::client_metadata::keys;
use crate::client_metadata::validate::certificate_attributes;
use crate::snapshot::Workspace;
use crate::tls::CertificateSource;

/// Clients read in one go.
const BATCH: u32 = 500;
/// Most clients named in an answer; those that match come first.
const MOST_CLIENTS: usize = 100;

/// The operations on certificates.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(match_own_certificate)))
        .routes(requires(&VIEW_TENANT, routes!(match_certificate)))
}

/// What the server makes of a certificate.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateMatch {
    /// Where it came from: `body`, `tls`, or the name of a proxy's header.
    source: String,
    /// What it says of its subject.
    certificate: CertificateInfo,
    /// Issuer, RFC 4514.
    issuer_dn: String,
    /// SHA-256 thumbprint, as in `cnf`.
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
    /// Begin of its validity.
    not_before: Timestamp,
    /// End of its validity.
    not_after: Timestamp,
    /// Whether the workspace trusts it for `tls_client_auth`.
    trusted: bool,
    /// Why, or why not.
    trust: String,
    /// Clients that authenticate with certificates, those that match first.
    clients: Vec<ClientMatch>,
}

/// A client beside the certificate.
#[derive(Debug, Serialize, ToSchema)]
struct ClientMatch {
    /// The client.
    client_id: String,
    /// Its name.
    client_name: String,
    /// How it authenticates.
    token_endpoint_auth_method: String,
    /// Whether the certificate is this client's.
    matches: bool,
    /// Why, or why not.
    reason: String,
}

/// Match the certificate of this connection
///
/// Says what certificate the server saw on the connection that this request came by, and which client it is.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/certificate-match", operation_id = "matchOwnCertificate",
    tag = "certificates", responses((status = 200, description = "What the server saw", body = CertificateMatch))
)]
async fn match_own_certificate(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
) -> Result<Json<CertificateMatch>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let seen =
        cx.peer.certificate.as_deref().ok_or_else(|| {
            ApiError::new(Kind::NotFound, "There is no client certificate on this connection.")
        })?;
    let source = match &seen.source {
        CertificateSource::Handshake => "tls",
        CertificateSource::Header(name) => name,
    };
    answer(&cx, &workspace, source, &seen.leaf, &seen.chain).await
}

/// Match certificate
///
/// Says which client of the workspace a certificate (PEM, with its intermediates after it) would be, and why the
/// others are not.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/certificate-match", operation_id = "matchCertificate",
    tag = "certificates",
    request_body(content(
        (file::Upload = "multipart/form-data"),
        (file::Upload = "application/x-www-form-urlencoded"),
        (String = "text/plain"),
    )),
    responses((status = 200, description = "What the server makes of it", body = CertificateMatch))
)]
async fn match_certificate(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    State(app): State<App>,
    request: Request,
) -> Result<Json<CertificateMatch>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let certificates = parse_bundle(&file::read(request, &app).await?)?;
    let leaf = certificates
        .first()
        .ok_or_else(|| ApiError::new(Kind::BadRequest, "The file has no certificate."))?;
    let chain: Vec<_> = certificates.iter().map(|certificate| certificate.der().clone()).collect();
    answer(&cx, &workspace, "body", leaf, &chain).await
}

async fn answer(
    cx: &ManagementCx,
    workspace: &Workspace,
    source: &str,
    certificate: &Certificate,
    chain: &[CertificateDer<'_>],
) -> Result<Json<CertificateMatch>, ApiError> {
    let (trusted, trust) = trust(workspace, chain, cx.now.seconds());
    let clients = clients(cx, workspace, certificate, trusted).await?;
    Ok(Json(CertificateMatch {
        source: source.to_owned(),
        certificate: CertificateInfo::from(certificate),
        issuer_dn: certificate.issuer().to_string(),
        thumbprint: certificate.x5t_s256(),
        not_before: Timestamp(certificate.not_before().saturating_mul(1000)),
        not_after: Timestamp(certificate.not_after().saturating_mul(1000)),
        trusted,
        trust,
        clients,
    }))
}

fn trust(workspace: &Workspace, chain: &[CertificateDer<'_>], now: i64) -> (bool, String) {
    match &workspace.trust {
        Err(error) => (false, format!("the trusted CAs of the workspace cannot be read: {error}")),
        Ok(anchors) => match anchors.verify(chain, now) {
            Ok(path) => (true, format!("trusted through {}", path.anchor_subject)),
            Err(error) => (false, error.to_string()),
        },
    }
}

async fn clients(
    cx: &ManagementCx,
    workspace: &Workspace,
    certificate: &Certificate,
    trusted: bool,
) -> Result<Vec<ClientMatch>, ApiError> {
    let store = cx.store(&workspace.id);
    let (mut matching, mut others) = (Vec::new(), Vec::new());
    let mut query = ListQuery { limit: BATCH, ..ListQuery::default() };
    loop {
        let batch: Vec<Stored<Client>> = store.list(&query).await?;
        let last = batch.last().map(|client| client.client_id.clone());
        let full = batch.len() == BATCH as usize;
        for client in batch {
            let Some(found) = judge(&client, certificate, trusted) else { continue };
            let list = if found.matches { &mut matching } else { &mut others };
            if list.len() < MOST_CLIENTS {
                list.push(found);
            }
        }
        if !full {
            break;
        }
        query.after_id = last;
    }
    matching.append(&mut others);
    matching.truncate(MOST_CLIENTS);
    Ok(matching)
}

/// `None` for clients that authenticate otherwise.
fn judge(client: &Client, certificate: &Certificate, trusted: bool) -> Option<ClientMatch> {
    let verdict = match client.token_endpoint_auth_method.parse() {
        Ok(ClientAuthMethod::TlsClientAuth) => by_attribute(client, certificate, trusted),
        Ok(ClientAuthMethod::SelfSignedTlsClientAuth) => by_key(client, certificate),
        _ => return None,
    };
    let (matches, reason) = match verdict {
        Ok(reason) => (true, reason),
        Err(reason) => (false, reason),
    };
    Some(ClientMatch {
        client_id: client.client_id.clone(),
        client_name: client.client_name.clone(),
        token_endpoint_auth_method: client.token_endpoint_auth_method.clone(),
        matches,
        reason,
    })
}

fn by_attribute(client: &Client, certificate: &Certificate, trusted: bool) -> Result<String, String> {
    let (attribute, value) =
        certificate_attributes(client).next().ok_or("no tls_client_auth_* attribute is registered")?;
    let registered = RegisteredAttribute::new(attribute, value).map_err(|error| error.to_string())?;
    registered.check(certificate).map_err(|mismatch| mismatch.to_string())?;
    match trusted {
        true => Ok(format!("{} is {value}", attribute.wire_name())),
        false => Err(format!(
            "{} is {value}, but the workspace does not trust the certificate",
            attribute.wire_name()
        )),
    }
}

/// RFC 8705 §2.2: the certificate is one of those registered; nobody else vouches for it.
fn by_key(client: &Client, certificate: &Certificate) -> Result<String, String> {
    let Some(jwks) = &client.jwks else {
        return Err(
            "its certificates are published at jwks_uri, which is read when the client comes".to_owned()
        );
    };
    let thumbprint = certificate.x5t_s256();
    let is_registered =
        jwks.keys.iter().filter_map(keys::registered_certificate).any(|known| known.x5t_s256() == thumbprint);
    match is_registered {
        true => Ok("the certificate is in its jwks".to_owned()),
        false => Err("the certificate is not in its jwks".to_owned()),
    }
}
