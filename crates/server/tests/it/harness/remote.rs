//! Somebody else's server: answers every request over TLS with one document, which can be changed, and remembers what
//! it was sent.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::TestAuthority;

/// A server on the loopback interface. It ends with the test.
pub(crate) struct Remote {
    /// Where it is.
    pub(crate) url: String,
    document: Arc<Mutex<String>>,
    /// The status line's end.
    status: Arc<Mutex<String>>,
    media_type: Arc<Mutex<Option<&'static str>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    root_ca: NamedTempFile,
}

/// A request that it got.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Request line and headers, in lower case.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
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
            status: Arc::new(Mutex::new("200 OK".to_owned())),
            media_type: Arc::default(),
            heard: Arc::default(),
            root_ca,
        };
        let (document, status) = (Arc::clone(&remote.document), Arc::clone(&remote.status));
        let (heard, media_type) = (Arc::clone(&remote.heard), Arc::clone(&remote.media_type));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let request = Heard::read(&mut stream).await;
                heard.lock().unwrap().push(request);
                let body = document.lock().unwrap().clone();
                let status = status.lock().unwrap().clone();
                let kind = media_type.lock().unwrap().map(|kind| format!("content-type: {kind}\r\n"));
                let head = format!(
                    "HTTP/1.1 {status}\r\n{}content-length: {}\r\nconnection: close\r\n\r\n",
                    kind.unwrap_or_default(),
                    body.len()
                );
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

    /// Changes the status, such as `503 Away`.
    pub(crate) fn answer(&self, status: &str) {
        status.clone_into(&mut self.status.lock().unwrap());
    }

    /// Says what the document is.
    pub(crate) fn call_it(&self, media_type: &'static str) {
        *self.media_type.lock().unwrap() = Some(media_type);
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// What it was sent so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

impl Heard {
    /// Reads a request as long as its `content-length` says.
    async fn read(stream: &mut TlsStream<TcpStream>) -> Self {
        let mut bytes = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).await.unwrap_or(0);
            bytes.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&bytes);
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            let head = head.to_ascii_lowercase();
            let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.split("\r\n").next());
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            if read == 0 || (text.contains("\r\n\r\n") && body.len() >= length) {
                return Self { head, body: body.to_owned() };
            }
        }
    }
}
