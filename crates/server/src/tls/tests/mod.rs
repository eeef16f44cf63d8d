//! The listener on real sockets: curl, `openssl s_client`, and clients of our own that lie, dawdle or resume.

mod certificates;
mod drain;
mod limits;
mod own_client;
mod proxy;
mod resumption;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Extension, Json, Router};
use http::request::Parts;
use serde_json::{Value, json};
use symbolon_pki::TrustAnchors;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::config::{CertificatePaths, Server};
use crate::metrics::Metrics;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Made by openssl, as people make them: a CA, an intermediate, a client below it, a v1 client, a self-signed one.
const SCRIPT: &str = r#"
set -eu
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign' > ca.ext
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth' > client.ext
sign() { openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 5 -out "$1.pem" "${@:3}" 2>/dev/null; }
for name in server server2; do
  key $name
  openssl req -x509 -new -key $name.key -subj "/CN=$name" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -days 5 -out $name.pem
done
openssl genrsa -out ca.key 2048 2>/dev/null
openssl req -x509 -new -key ca.key -subj '/CN=Test CA' -days 5 -out ca.pem
key int;    openssl req -new -key int.key -subj /CN=Intermediate -out int.csr;  sign int ca -extfile ca.ext
key leaf;   openssl req -new -key leaf.key -subj '/C=US/O=Acme/CN=leaf' -out leaf.csr; sign leaf int -extfile client.ext
cat leaf.pem int.pem > chain.pem
openssl genrsa -out rsa.key 2048 2>/dev/null; openssl req -new -key rsa.key -subj /CN=rsa -out rsa.csr; sign rsa ca -extfile client.ext
key v1;     openssl req -new -key v1.key -subj /CN=v1 -out v1.csr;              sign v1 ca
openssl genrsa -out v1rsa.key 2048 2>/dev/null; openssl req -new -key v1rsa.key -subj /CN=v1rsa -out v1rsa.csr; sign v1rsa ca
openssl genpkey -algorithm ed25519 -out ed.key; openssl req -x509 -new -key ed.key -subj /CN=ed -days 5 -out ed.pem
key self;   openssl req -x509 -new -key self.key -subj /CN=self -days 5 -out self.pem
openssl genrsa -out weak.key 1024 2>/dev/null;  openssl req -x509 -new -key weak.key -subj /CN=weak -days 5 -out weak.pem
"#;

/// Made once a run; each test gets a copy.
static MADE: OnceLock<TempDir> = OnceLock::new();

fn make() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("bash").args(["-c", SCRIPT]).current_dir(folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

/// A server of its own for each test.
struct TestServer {
    folder: TempDir,
    port: u16,
    identity: Option<Arc<ServerIdentity>>,
    metrics: Metrics,
    anchors: Arc<ArcSwap<TrustAnchors>>,
    /// Requests that have reached [`slow`].
    slow: Arc<AtomicUsize>,
    stop: CancellationToken,
    serving: JoinHandle<Drained>,
}

#[derive(Clone, Copy)]
struct Options {
    timeouts: Timeouts,
    max_connections: usize,
    tls: bool,
    header: Option<&'static str>,
    trusted: Option<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        let timeouts = Timeouts { drain: Duration::from_secs(5), ..Timeouts::default() };
        Self { timeouts, max_connections: 100, tls: true, header: None, trusted: None }
    }
}

impl TestServer {
    async fn start(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = MADE.get_or_init(make);
        for file in std::fs::read_dir(made.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let paths = CertificatePaths {
            cert_path: folder.path().join("server.pem"),
            key_path: folder.path().join("server.key"),
        };
        let identity = options.tls.then(|| ServerIdentity::load(&paths).unwrap());
        let server = settings(options);
        let roots = std::fs::read_to_string(folder.path().join("ca.pem")).unwrap();
        let anchors = Arc::new(ArcSwap::from_pointee(TrustAnchors::from_pem(&roots, None).unwrap()));
        let metrics = Metrics::default();
        let slow = Arc::default();
        let router = router(Arc::clone(&anchors)).layer(Extension(Arc::clone(&slow)));
        let front =
            Front::with_timeouts(&server, options.timeouts, identity.clone(), metrics.clone(), router)
                .unwrap();
        let listeners = bind(&server.bind, server.port).unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listeners, front, stop.clone()));
        Self { folder, port, identity, metrics, anchors, slow, stop, serving }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs curl; its answer, or what it says on failure.
    async fn curl(&self, path: &str, arguments: &str) -> Result<String, String> {
        let scheme = if self.identity.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}{path}", self.port);
        let command = format!("curl -sS --ipv4 --max-time 20 --cacert server.pem {arguments} '{url}'");
        self.run(command).await
    }

    async fn who(&self, arguments: &str) -> Result<Value, String> {
        self.curl("/who", arguments).await.map(|text| serde_json::from_str(&text).unwrap())
    }

    async fn run(&self, command: String) -> Result<String, String> {
        let folder = self.path().to_owned();
        let run = move || Command::new("bash").args(["-c", &command]).current_dir(folder).output().unwrap();
        let out = tokio::task::spawn_blocking(run).await.unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stdout) + &text(&out.stderr)) }
    }

    fn handshakes(&self, result: &'static str) -> u64 {
        self.metrics.handshakes.get_or_create(&crate::metrics::ResultLabel { result }).get()
    }

    /// Waits until so many requests have reached [`slow`].
    async fn slow_requests(&self, count: usize) {
        while self.slow.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stopped(self) -> Drained {
        self.stop.cancel();
        self.serving.await.unwrap()
    }
}

fn settings(options: Options) -> Server {
    Server {
        url: None,
        mtls_url: None,
        bind: vec![LOCAL],
        port: 0,
        mtls_port: None,
        certificate: None,
        client_certificate_header: options.header.map(str::to_owned),
        trusted_proxies: options.trusted.iter().map(|network| network.parse().unwrap()).collect(),
        dangerous_disable_tls: !options.tls,
        http_logs: false,
        max_connections: options.max_connections,
        drain_timeout: options.timeouts.drain,
    }
}

fn router(anchors: Arc<ArcSwap<TrustAnchors>>) -> Router {
    Router::new()
        .route("/who", get(who))
        .route("/slow", get(slow))
        .route("/large", get(async || "x".repeat(16 << 20)))
        .with_state(anchors)
        .layer(axum::middleware::from_fn(refuse_faults))
}

/// What a handler sees, and decides.
async fn who(State(anchors): State<Arc<ArcSwap<TrustAnchors>>>, parts: Parts) -> Json<Value> {
    let peer = Peer::of(&parts);
    let session = parts.extensions.get::<TlsSession>();
    let certificate = peer.certificate.as_deref().map(|certificate| {
        let now = certificate.leaf.not_before() + 60;
        let verdict = anchors.load().verify(&certificate.chain, now);
        json!({
            "subject": certificate.leaf.subject().to_string(),
            "thumbprint": certificate.leaf.x5t_s256(),
            "length": certificate.chain.len(),
            "source": format!("{:?}", certificate.source),
            "trusted": verdict.is_ok(),
            "why": verdict.err().map(|error| error.code()),
        })
    });
    let headers: Vec<&str> = parts.headers.keys().map(http::HeaderName::as_str).collect();
    Json(json!({
        "remote": peer.remote.ip().to_string(),
        "http": format!("{:?}", parts.version),
        "tls": session.map(|session| session.version),
        "cipher": session.map(|session| session.cipher),
        "resumed": peer.resumed,
        "certificate": certificate,
        "headers": headers,
    }))
}

async fn slow(
    Extension(begun): Extension<Arc<AtomicUsize>>,
    Query(query): Query<std::collections::HashMap<String, u64>>,
) -> &'static str {
    begun.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(query["ms"])).await;
    "done"
}
