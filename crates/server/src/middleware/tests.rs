//! What the layer does for requests that go well, badly and not at all.

use axum::{
    Json,
    body::Body,
    response::IntoResponse as _,
    routing::{get, post},
};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use symbolon_pki::{
    SubjectAltNames,
    make::{self, Contents, KeyType, PrivateKey, Purpose, Validity},
};
use symbolon_protocol::OAuthError;
use tower::ServiceExt as _;

use super::*;
use crate::{
    clock::Timestamp,
    config::Sources,
    refusals::{Filter, Refused},
    tls::{CertificateSource, Peer, PeerCertificate},
};

struct Server {
    router: Router,
    refusals: Refusals,
    metrics: Metrics,
}

impl Server {
    fn new(settings: &[(&str, &str)]) -> Self {
        let mut flags = vec![("server.dangerous_disable_tls".to_owned(), "true".to_owned())];
        flags.extend(settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())));
        let config = Config::load(&Sources { flags, ..Sources::default() }).unwrap();
        let (refusals, metrics) = (Refusals::in_memory(), Metrics::default());
        let clock = Clock::fixed(Timestamp::from_seconds(1_800_000_000));
        let watch = Watch::new(&config, metrics.clone(), refusals.clone(), clock, Rng::seeded(1));
        let router = Router::new()
            .route("/{tid}/{aid}/refuse", get(refuse))
            .route("/{tid}/{aid}/echo", post(async |body: String| body))
            .route("/api/admin/{tid}/echo", post(async |body: String| body))
            .route("/panic", get(panics))
            .route("/slow", get(async || tokio::time::sleep(Duration::from_secs(3600)).await));
        Self { router: watch.around(router), refusals, metrics }
    }

    async fn send(&self, request: Request<Body>) -> (http::response::Parts, String) {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts, String::from_utf8(body.to_vec()).unwrap())
    }
}

async fn refuse() -> axum::response::Response {
    let error = OAuthError::invalid_client("secret_mismatch").detail("The secret is another one.");
    let mut response = (StatusCode::UNAUTHORIZED, Json("invalid_client")).into_response();
    response.extensions_mut().insert(Refused::oauth(error).of_client("c1"));
    response
}

async fn panics() {
    panic!("as planned");
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_refusal_is_found_by_the_id_the_client_saw() {
    let server = Server::new(&[]);
    let (parts, body) = server.send(get_request("/default/shop/refuse?code=secret")).await;
    let id = parts.headers["x-request-id"].to_str().unwrap();
    let record = server.refusals.find("default", id).await.unwrap().unwrap();
    assert_eq!(record.endpoint, "/{tid}/{aid}/refuse");
    assert_eq!(
        (record.tenant_id.as_deref(), record.workspace_id.as_deref()),
        (Some("default"), Some("shop"))
    );
    assert_eq!((record.client_id.as_deref(), record.status), (Some("c1"), 401));
    assert_eq!((record.error.as_str(), record.reason.as_str()), ("invalid_client", "secret_mismatch"));
    assert_eq!(record.detail, "The secret is another one.");
    assert_eq!(record.time.unix_timestamp(), 1_800_000_000);
    // The operator's words stay with the operator, and the query stays nowhere.
    assert!(!body.contains("another one") && !body.contains("secret_mismatch"));
    assert!(!serde_json::to_string(&record).unwrap().contains("code=secret"));
    let counted = "symbolon_refusals_total{error=\"invalid_client\",reason=\"secret_mismatch\"} 1";
    assert!(server.metrics.render().unwrap().contains(counted));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_or_without_its_length() {
    let server = Server::new(&[("limits.body_size", "10"), ("limits.management_body_size", "20")]);
    let with_length = |path: &str, length: usize| {
        let body = Body::from("x".repeat(length));
        Request::post(path).header("content-length", length).body(body).unwrap()
    };
    assert_eq!(server.send(with_length("/t/a/echo", 10)).await.1, "x".repeat(10));
    let (parts, body) = server.send(with_length("/t/a/echo", 11)).await;
    assert_eq!(parts.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("\"error\":\"invalid_request\""), "{body}");
    assert_eq!(server.refusals.list(&Filter::of_tenant("t"))[0].got.as_deref(), Some("11 bytes"));
    // Management bodies have a limit of their own.
    assert_eq!(server.send(with_length("/api/admin/t/echo", 20)).await.0.status, StatusCode::OK);
    assert_eq!(
        server.send(with_length("/api/admin/t/echo", 21)).await.0.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    // A body of unknown length is cut off while it is read.
    let chunked = Request::post("/t/a/echo").body(Body::from("x".repeat(11))).unwrap();
    let (parts, _) = server.send(chunked).await;
    assert_eq!(parts.status, StatusCode::PAYLOAD_TOO_LARGE);
    let record = server.refusals.list(&Filter { limit: 1, ..Filter::of_tenant("t") }).remove(0);
    assert_eq!(record.request_id, parts.headers["x-request-id"].to_str().unwrap());
    assert_eq!(record.detail, "Payload Too Large");
}

#[tokio::test]
async fn a_panic_is_a_500_that_says_nothing_of_it() {
    let server = Server::new(&[]);
    let (parts, body) = server.send(get_request("/panic")).await;
    assert_eq!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("as planned"), "{body}");
    let id = parts.headers["x-request-id"].to_str().unwrap();
    assert!(body.contains(id), "{body}");
    assert_eq!(server.metrics.in_flight.get(), 0);
    // The server goes on.
    assert_eq!(server.send(get_request("/t/a/refuse")).await.0.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_a_503() {
    let server = Server::new(&[("limits.request_timeout", "20ms")]);
    let (parts, body) = server.send(get_request("/slow")).await;
    assert_eq!(parts.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("temporarily_unavailable"), "{body}");
    assert_eq!(parts.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn unknown_paths_make_one_series() {
    let server = Server::new(&[]);
    for path in ["/a", "/b", "/a/b/c/d"] {
        let (parts, _) = server.send(get_request(path)).await;
        assert_eq!(parts.status, StatusCode::NOT_FOUND);
        assert!(parts.headers.contains_key("x-request-id"));
        assert_eq!(parts.headers["x-content-type-options"], "nosniff");
    }
    let page = server.metrics.render().unwrap();
    assert!(
        page.contains("symbolon_http_requests_total{endpoint=\"unrouted\",method=\"GET\",status=\"404\"} 3"),
        "{page}"
    );
}

#[tokio::test]
async fn a_stranger_cannot_choose_the_request_id() {
    let server = Server::new(&[("server.trusted_proxies", "10.0.0.0/8")]);
    let request = |peer: [u8; 4]| {
        let mut request = get_request("/t/a/refuse");
        request.headers_mut().insert("x-request-id", "chosen-by-sender".parse().unwrap());
        let remote = std::net::SocketAddr::from((peer, 4000));
        request.extensions_mut().insert(Peer { remote, certificate: None, resumed: false });
        request
    };
    assert_eq!(server.send(request([10, 0, 0, 1])).await.0.headers["x-request-id"], "chosen-by-sender");
    assert_ne!(server.send(request([192, 0, 2, 1])).await.0.headers["x-request-id"], "chosen-by-sender");
    assert_eq!(server.refusals.list(&Filter::of_tenant("t"))[0].remote_address.as_deref(), Some("192.0.2.1"));
}

#[tokio::test]
async fn a_refusal_keeps_the_certificate_that_was_seen() {
    let server = Server::new(&[]);
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let contents = Contents {
        subject: "O=Example,CN=example.com".parse().unwrap(),
        alt_names: SubjectAltNames::for_hosts(["example.com", "192.0.2.7"]),
        validity: Validity { not_before: 1_700_000_000, not_after: 1_900_000_000 },
        serial: [1; 16],
    };
    let leaf = make::self_signed(Purpose::Client, &key, &contents).unwrap();
    let thumbprint = leaf.x5t_s256();
    let source = CertificateSource::Header("X-SSL-CERT".into());
    let certificate = PeerCertificate { leaf, chain: Vec::new(), source };
    let remote = std::net::SocketAddr::from(([192, 0, 2, 1], 4000));
    let mut request = get_request("/t/a/refuse");
    request.extensions_mut().insert(Peer {
        remote,
        certificate: Some(Arc::new(certificate)),
        resumed: false,
    });
    server.send(request).await;
    let seen = server.refusals.list(&Filter::of_tenant("t"))[0].certificate.clone().unwrap();
    assert_eq!(seen.subject, "O=Example,CN=example.com");
    assert_eq!(seen.issuer, seen.subject);
    assert_eq!(seen.sans, ["DNS:example.com", "IP:192.0.2.7"]);
    assert_eq!((seen.thumbprint, seen.source.as_str()), (thumbprint, "X-SSL-CERT"));
}
