//! A TLS client that can show one certificate and sign with another's key, and that resumes sessions.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption, Tls12Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme, SupportedProtocolVersion};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::TestServer;

pub(super) struct Client {
    pub(super) version: &'static SupportedProtocolVersion,
    /// Files of certificate and key, without their endings.
    pub(super) certificate: Option<(&'static str, &'static str)>,
    /// Shows bytes that are no certificate.
    pub(super) garbage: bool,
    /// TLS 1.2 by session id rather than ticket.
    pub(super) session_ids: bool,
    pub(super) alpn: &'static [&'static [u8]],
}

impl Client {
    pub(super) fn new(version: &'static SupportedProtocolVersion) -> Self {
        Self { version, certificate: None, garbage: false, session_ids: false, alpn: &[] }
    }

    pub(super) fn config(&self, server: &TestServer) -> Arc<ClientConfig> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer(Arc::clone(&provider))));
        let mut config = match self.certificate {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let file = server.path().join(format!("{certificate}.pem"));
                let mut chain: Vec<_> =
                    CertificateDer::pem_file_iter(file).unwrap().map(Result::unwrap).collect();
                if self.garbage {
                    chain = vec![vec![0x30, 0x03, 0x02, 0x01, 0x00].into()];
                }
                let key = PrivateKeyDer::from_pem_file(server.path().join(format!("{key}.key"))).unwrap();
                let key = provider.key_provider.load_private_key(key).unwrap();
                builder.with_client_cert_resolver(Arc::new(Always(Arc::new(CertifiedKey::new(chain, key)))))
            }
        };
        if self.session_ids {
            config.resumption =
                Resumption::in_memory_sessions(8).tls12_resumption(Tls12Resumption::SessionIdOnly);
        }
        config.alpn_protocols = self.alpn.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    }
}

/// A connection after the handshake.
pub(super) async fn connect(
    server: &TestServer,
    config: &Arc<ClientConfig>,
) -> io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(("127.0.0.1", server.port)).await?;
    TlsConnector::from(Arc::clone(config)).connect("localhost".try_into().unwrap(), tcp).await
}

/// `GET /who` on a connection of its own.
pub(super) async fn ask(server: &TestServer, config: &Arc<ClientConfig>) -> io::Result<Value> {
    let mut stream = connect(server, config).await?;
    stream.write_all(b"GET /who HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    serde_json::from_str(body.unwrap_or_default()).map_err(io::Error::other)
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesClientCert for Always {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
