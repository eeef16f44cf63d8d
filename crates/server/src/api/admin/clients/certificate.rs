//! `POST /api/admin/{tid}/clients/parse-certificate`

use axum::Json;
use axum::extract::Request;
use axum::extract::State;
use serde::Serialize;
use symbolon_pki::{Certificate, parse_pem_bundle};
use symbolon_store::entity::ClientJwks;
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::file;
use crate::app::App;
use crate::client_metadata::keys;

/// What a certificate says of its subject: the values that a client can be registered with.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CertificateInfo {
    /// Its key, with the certificate, as `self_signed_tls_client_auth` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<ClientJwks>,
    /// Subject alternative names of type dNSName.
    san_dns: Vec<String>,
    /// Subject alternative names of type rfc822Name.
    san_emails: Vec<String>,
    /// Subject alternative names of type iPAddress.
    san_ips: Vec<String>,
    /// Subject alternative names of type uniformResourceIdentifier.
    san_uris: Vec<String>,
    /// Subject, RFC 4514.
    subject_dn: String,
}

impl From<&Certificate> for CertificateInfo {
    fn from(certificate: &Certificate) -> Self {
        let names = certificate.subject_alt_names();
        Self {
            jwks: keys::of(certificate).ok().map(|key| ClientJwks { keys: vec![key] }),
            san_dns: names.dns.clone(),
            san_emails: names.email.clone(),
            san_ips: names.ip.iter().map(ToString::to_string).collect(),
            san_uris: names.uri.clone(),
            subject_dn: certificate.subject().to_string(),
        }
    }
}

/// Parse certificate
///
/// Says what a client with this certificate (PEM) would be registered with.
#[utoipa::path(
    post, path = "/api/admin/{tid}/clients/parse-certificate", operation_id = "parseCertificate", tag = "clients",
    request_body(content(
        (file::Upload = "multipart/form-data"),
        (file::Upload = "application/x-www-form-urlencoded"),
        (String = "text/plain"),
    )),
    responses((status = 200, description = "What it says", body = CertificateInfo))
)]
pub(super) async fn parse_certificate(
    _cx: ManagementCx,
    State(app): State<App>,
    request: Request,
) -> Result<Json<CertificateInfo>, ApiError> {
    let pem = file::read(request, &app).await?;
    let certificates = parse_bundle(&pem)?;
    let first = certificates
        .first()
        .ok_or_else(|| ApiError::new(Kind::BadRequest, "The file has no certificate."))?;
    Ok(Json(CertificateInfo::from(first)))
}

/// Reads the certificates of a PEM text: one at least.
///
/// # Errors
/// 400 that says what is wrong with it.
pub(in crate::api) fn parse_bundle(pem: &str) -> Result<Vec<Certificate>, ApiError> {
    parse_pem_bundle(pem).map_err(|error| {
        ApiError::new(Kind::BadRequest, format!("The file is no certificate in PEM: {error}."))
            .detail("file", error.to_string())
    })
}
