//! What the listener needs to know: TLS, proxies, limits, and the application behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::HeaderName;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::crypto::aws_lc_rs;
use rustls::{CipherSuite, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::ServerIdentity;
use super::forwarded::Forwarded;
use super::possession::Possession;
use crate::config::Server;
use crate::metrics::Metrics;

/// Suites of TLS 1.2 that RFC 9325 §4.2 does not list.
const OUTSIDE_BCP_195: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];
/// Requests under way on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// Largest header block, in bytes: room for a forwarded certificate chain.
const MAX_HEADERS: u32 = 64 * 1024;

/// How long a connection may take, or do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The TLS handshake, from the first byte.
    pub handshake: Duration,
    /// From the end of the handshake to the head of the first request.
    pub first_request: Duration,
    /// Between requests, or while an answer is not being read.
    pub idle: Duration,
    /// After the listener was told to stop: requests under way.
    pub drain: Duration,
}

/// Why a listener cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    /// The cryptographic library failed, for instance to make keys for session tickets.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// No header can have this name.
    #[error("server.client_certificate_header: {0:?} is no name of a header")]
    HeaderName(String),
}

/// Everything that the connections of all listeners share. Cheap to clone.
#[derive(Clone)]
pub struct Front(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) forwarded: Forwarded,
    pub(super) timeouts: Timeouts,
    pub(super) max_connections: usize,
    pub(super) metrics: Metrics,
    pub(super) router: Router,
    /// For what ALPN has agreed on, and for plain HTTP, where the first bytes tell.
    pub(super) http1: Builder<TokioExecutor>,
    pub(super) http2: Builder<TokioExecutor>,
    pub(super) either: Builder<TokioExecutor>,
}

impl Front {
    /// Puts the parts together. Without an identity: plain HTTP, for a proxy on the same host.
    ///
    /// # Errors
    /// When the configured header is no header name, or the cryptographic library fails.
    pub fn new(
        server: &Server,
        identity: Option<Arc<ServerIdentity>>,
        metrics: Metrics,
        router: Router,
    ) -> Result<Self, FrontError> {
        let timeouts = Timeouts { drain: server.drain_timeout, ..Timeouts::default() };
        Self::with_timeouts(server, timeouts, identity, metrics, router)
    }

    /// As [`new`](Self::new), with other timeouts.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_timeouts(
        server: &Server,
        timeouts: Timeouts,
        identity: Option<Arc<ServerIdentity>>,
        metrics: Metrics,
        router: Router,
    ) -> Result<Self, FrontError> {
        let tls = identity.map(tls_config).transpose()?;
        let header = server.client_certificate_header.as_deref();
        let header = header.map(|name| HeaderName::from_bytes(name.as_bytes()).map_err(|_| name.to_owned()));
        let header = header.transpose().map_err(FrontError::HeaderName)?;
        Ok(Self(Arc::new(Shared {
            tls: tls.map(|config| TlsAcceptor::from(Arc::new(config))),
            forwarded: Forwarded::new(header, &server.trusted_proxies),
            timeouts,
            max_connections: server.max_connections,
            metrics,
            router,
            http1: builder(&timeouts).http1_only(),
            http2: builder(&timeouts).http2_only(),
            either: builder(&timeouts),
        })))
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            first_request: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            drain: Duration::from_secs(20),
        }
    }
}

/// TLS 1.2 and 1.3. Of the suites of TLS 1.2 those that RFC 9325 §4.2 recommends and FAPI permits (FAPI 1.0 Advanced
/// §8.5, FAPI 2.0 §5.2.2): ECDHE with AES-GCM. `ChaCha20` stays in TLS 1.3 alone.
fn tls_config(identity: Arc<ServerIdentity>) -> Result<ServerConfig, rustls::Error> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| !OUTSIDE_BCP_195.contains(&suite.suite()));
    let possession = Possession::new(provider.signature_verification_algorithms);
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(Arc::new(possession))
        .with_cert_resolver(identity);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Stateless tickets, under keys that rotate every six hours. A ticket carries the client's certificates,
    // encrypted; the verdict on them is no part of it. 0-RTT stays off: it can be replayed.
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    Ok(config)
}

fn builder(timeouts: &Timeouts) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // It runs between requests too; the first one has its own, shorter time.
        .header_read_timeout(timeouts.idle)
        .max_buf_size(MAX_HEADERS as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADERS)
        // Notices a peer that is gone without a word.
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}
