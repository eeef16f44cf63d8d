//! The other end of a connection, and the certificate it showed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http::request::Parts;
use rustls::pki_types::CertificateDer;
use symbolon_pki::Certificate;

/// Who is at the other end. The listener puts it into the request's extensions.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Address of the client: as a trusted proxy tells it (the port is 0 then), else of whoever connected.
    pub remote: SocketAddr,
    /// The certificate whose key the client has proven to hold.
    pub certificate: Option<Arc<PeerCertificate>>,
    /// Whether the TLS session was resumed: the certificate is then the one it began with.
    pub resumed: bool,
}

/// A certificate chain as it was shown.
#[derive(Debug)]
pub struct PeerCertificate {
    /// The client's own certificate.
    pub leaf: Certificate,
    /// The chain as sent, the client's own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Where it came from.
    pub source: CertificateSource,
}

/// Where a certificate came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// The TLS handshake.
    Handshake,
    /// This header of a trusted proxy.
    Header(Box<str>),
}

/// How a connection is encrypted; in the request's extensions unless it came without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsSession {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite's IANA name, such as `TLS13_AES_256_GCM_SHA384`.
    pub cipher: &'static str,
}

impl Peer {
    /// The peer of a request. A request that no listener of ours has taken in has an unknown peer without a
    /// certificate.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::nobody)
    }

    /// Nobody: for work that no request waits for.
    pub fn nobody() -> Self {
        let remote = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        Self { remote, certificate: None, resumed: false }
    }
}

impl TlsSession {
    pub(super) fn of(connection: &rustls::ServerConnection) -> Option<Self> {
        let version = match connection.protocol_version()? {
            rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2",
            rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
            _ => return None,
        };
        let cipher = connection.negotiated_cipher_suite()?.suite().as_str()?;
        Some(Self { version, cipher })
    }
}
