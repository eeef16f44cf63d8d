//! A certificate, in words.

use std::net::IpAddr;

use serde::Serialize;
use symbolon_pki::Certificate;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::tls::{CertificateSource, PeerCertificate};

/// A client certificate as it was shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateSeen)]
pub(super) struct Seen {
    /// Subject (RFC 4514): what `tls_client_auth_subject_dn` is compared with.
    pub(super) subject: String,
    /// Issuer (RFC 4514).
    pub(super) issuer: String,
    /// Serial number, hexadecimal.
    pub(super) serial: String,
    /// X.509 version.
    pub(super) version: u32,
    /// Begin of validity, RFC 3339.
    pub(super) not_before: String,
    /// End of validity, RFC 3339.
    pub(super) not_after: String,
    /// Kind of key, such as `EC P-256`.
    pub(super) key: String,
    /// Extended key usages; none means any.
    pub(super) extended_key_usage: Vec<String>,
    /// Alternative names: `tls_client_auth_san_dns`.
    pub(super) san_dns: Vec<String>,
    /// Alternative names: `tls_client_auth_san_uri`.
    pub(super) san_uri: Vec<String>,
    /// Alternative names: `tls_client_auth_san_ip`.
    #[schema(value_type = Vec<String>)]
    pub(super) san_ip: Vec<IpAddr>,
    /// Alternative names: `tls_client_auth_san_email`.
    pub(super) san_email: Vec<String>,
    /// SHA-256 in base64url, as in `cnf` of a bound token (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256")]
    pub(super) thumbprint: String,
    /// SHA-256 in hexadecimal with colons, as openssl prints it.
    pub(super) fingerprint: String,
    /// What was sent with it.
    pub(super) chain: Vec<ChainMember>,
    /// How it came here.
    pub(super) source: Source,
}

/// A certificate that was sent along.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateChain)]
pub(super) struct ChainMember {
    /// Subject (RFC 4514).
    pub(super) subject: String,
    /// Issuer (RFC 4514).
    pub(super) issuer: String,
    /// End of validity, RFC 3339.
    pub(super) not_after: String,
    /// SHA-256 in base64url.
    #[serde(rename = "x5t#S256")]
    pub(super) thumbprint: String,
}

/// How a certificate came here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateSource)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Source {
    /// In the TLS handshake.
    Handshake {
        /// Whether the session was resumed: the certificate is the one it began with.
        resumed: bool,
    },
    /// In a header of a listed proxy.
    Header {
        /// The header.
        name: String,
        /// The proxy's address.
        proxy: String,
    },
}

impl Seen {
    pub(super) fn new(cx: &Cx, shown: &PeerCertificate) -> Self {
        let leaf = &shown.leaf;
        let names = leaf.subject_alt_names();
        let hex: Vec<_> = leaf.sha256_thumbprint().iter().map(|byte| format!("{byte:02X}")).collect();
        // What does not parse is no certificate; the verdict says so.
        let above = shown.chain.iter().skip(1).filter_map(|der| Certificate::from_der(der.as_ref()).ok());
        Self {
            subject: leaf.subject().to_string(),
            issuer: leaf.issuer().to_string(),
            serial: leaf.serial_hex(),
            version: leaf.version(),
            not_before: moment(leaf.not_before()),
            not_after: moment(leaf.not_after()),
            key: leaf.key().to_string(),
            extended_key_usage: leaf.extended_key_usage_names(),
            san_dns: names.dns.clone(),
            san_uri: names.uri.clone(),
            san_ip: names.ip.clone(),
            san_email: names.email.clone(),
            thumbprint: leaf.x5t_s256(),
            fingerprint: hex.join(":"),
            chain: above.map(|member| ChainMember::new(&member)).collect(),
            source: match &shown.source {
                CertificateSource::Handshake => Source::Handshake { resumed: cx.peer.resumed },
                CertificateSource::Header(name) => {
                    Source::Header { name: name.to_string(), proxy: cx.peer.remote.ip().to_string() }
                }
            },
        }
    }
}

impl ChainMember {
    fn new(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            not_after: moment(certificate.not_after()),
            thumbprint: certificate.x5t_s256(),
        }
    }
}

/// Unix seconds as RFC 3339.
pub(super) fn moment(seconds: i64) -> String {
    Timestamp::from_seconds(seconds).to_string()
}
