//! Somebody else's server: answers every request over TLS with one document, which can be changed.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::TestAuthority;

/// A server on the loopback interface. It ends with the test.
pub(crate) struct Remote {
    /// Where it is.
    pub(crate) url: String,
    document: Arc<Mutex<String>>,
    asked: Arc<Mutex<usize>>,
    root_ca: NamedTempFile,
}

impl Remote {
    /// Starts it with this document.
    pub(crate) async fn start(document: &str) -> Self {
        // Its certificate is for the real time: the one who fetches has the machine's clock.
        let authority = TestAuthority::of_today("CN=Web CA");
        let (certificate, key) = authority.web_server("localhost");
        let chain = vec![certificate.leaf().der().clone()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut root_ca = NamedTempFile::new().unwrap();
        root_ca.write_all(authority.pem().as_bytes()).unwrap();
        let remote = Self {
            url: format!("https://localhost:{}/jwks.json", listener.local_addr().unwrap().port()),
            document: Arc::new(Mutex::new(document.to_owned())),
            asked: Arc::default(),
            root_ca,
        };
        let (document, asked) = (Arc::clone(&remote.document), Arc::clone(&remote.asked));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 4096];
                let _read = stream.read(&mut request).await;
                *asked.lock().unwrap() += 1;
                let body = document.lock().unwrap().clone();
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _written = stream.write_all((head + &body).as_bytes()).await;
                let _closed = stream.shutdown().await;
            }
        });
        remote
    }

    /// The settings of a server that may ask it.
    pub(crate) fn settings(&self) -> [(&str, &str); 2] {
        [
            ("client.root_ca", self.root_ca.path().to_str().unwrap()),
            ("client.allow_private_addresses", "true"),
        ]
    }

    /// Changes the document.
    pub(crate) fn publish(&self, document: &str) {
        document.clone_into(&mut self.document.lock().unwrap());
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}
