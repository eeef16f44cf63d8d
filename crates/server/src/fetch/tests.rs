//! What a stranger can make this server fetch, and from where.

use std::sync::Mutex;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use symbolon_pki::make::{Authority, Contents, KeyType, PrivateKey, Purpose, Validity};
use symbolon_pki::{DistinguishedName, SubjectAltNames};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::*;

fn fetcher(allow_private_addresses: bool) -> Fetcher {
    let timeout = Duration::from_secs(2);
    Fetcher::new(FetchOptions { extra_roots: vec![], allow_private_addresses, timeout }).unwrap()
}

#[test]
fn private_addresses_are_known() {
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "192.88.99.1",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "ff02::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[tokio::test]
async fn nothing_but_https_to_public_addresses_is_fetched() {
    let fetcher = fetcher(false);
    for url in ["http://example.com/", "file:///etc/passwd", "gopher://x/", "not a url"] {
        assert!(matches!(fetcher.get(url, 10).await, Err(FetchError::NotHttps(_))), "{url}");
    }
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:7f00:1]/",
    ] {
        let error = fetcher.get(url, 10).await.unwrap_err();
        assert!(matches!(error, FetchError::PrivateAddress(_)), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_name_of_a_private_address_is_not_fetched() {
    let error = fetcher(false).get("https://localhost:1/jwks", 10).await.unwrap_err();
    assert!(error.to_string().contains("private network"), "{error}");
}

/// A server on this machine with a certificate of its own authority.
struct Other {
    port: u16,
    root: CertificateDer<'static>,
    /// The heads of the requests it got.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Other {
    /// Answers each request with what `answer` writes.
    async fn start<F>(answer: impl Fn(TlsStream<TcpStream>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (root, config) = tls();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or(0);
                seen.lock().unwrap().push(String::from_utf8_lossy(&head[..read]).into_owned());
                tokio::spawn(answer(stream));
            }
        });
        Self { port, root, heads }
    }

    /// Answers each request with this text.
    async fn saying(text: String) -> Self {
        Self::start(move |mut stream| {
            let text = text.clone();
            async move {
                let _ = stream.write_all(text.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/jwks", self.port)
    }

    /// A fetcher that trusts this server and waits half a second.
    fn trusting(&self) -> Fetcher {
        let timeout = Duration::from_millis(500);
        let extra_roots = vec![self.root.clone()];
        Fetcher::new(FetchOptions { extra_roots, allow_private_addresses: true, timeout }).unwrap()
    }

    fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

fn tls() -> (CertificateDer<'static>, ServerConfig) {
    let contents = |subject: &str, hosts: &[&str]| Contents {
        subject: DistinguishedName::parse_registered(subject).unwrap(),
        alt_names: SubjectAltNames::for_hosts(hosts.iter().copied()),
        validity: Validity { not_before: 1_600_000_000, not_after: 4_000_000_000 },
        serial: [1; 16],
    };
    let key = || PrivateKey::generate(KeyType::P256).unwrap();
    let authority = Authority::new(key(), &contents("CN=Authority", &[])).unwrap();
    let own = key();
    let certificate =
        authority.issue(Purpose::Server, own.spki_der(), &contents("CN=Other", &["localhost"])).unwrap();
    let der: PrivateKeyDer<'static> =
        rustls::pki_types::pem::PemObject::from_pem_slice(own.to_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], der)
        .unwrap();
    (authority.certificate().der().clone(), config)
}

#[tokio::test]
async fn a_document_is_fetched_and_nothing_of_ours_is_told() {
    let other = Other::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    assert_eq!(other.trusting().get(&other.url(), 2).await.unwrap(), b"{}");
    let head = other.heads.lock().unwrap()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /jwks http/1.1\r\n"), "{head}");
    for told in ["cookie", "authorization", "referer", "accept-encoding"] {
        assert!(!head.contains(told), "{head}");
    }
}

/// The first address is looked at: a redirect would lead to one that is not.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Other::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let text = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url());
        let other = Other::saying(text).await;
        let error = other.trusting().get(&other.url(), 100).await.unwrap_err();
        assert!(matches!(error, FetchError::Status { .. }), "{status}: {error}");
    }
    assert_eq!(target.requests(), 0);
}

#[tokio::test]
async fn a_document_is_read_up_to_its_limit() {
    let body = "x".repeat(1001);
    let said = Other::saying(format!("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n{body}")).await;
    let chunked = Other::saying(format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{body}\r\n0\r\n\r\n"
    ))
    .await;
    for other in [said, chunked] {
        assert_eq!(other.trusting().get(&other.url(), 1001).await.unwrap().len(), 1001);
        let error = other.trusting().get(&other.url(), 1000).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { limit: 1000, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_document_without_an_end_is_given_up() {
    let endless = Other::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
    })
    .await;
    let error = endless.trusting().get(&endless.url(), 64 * 1024).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn who_answers_too_slowly_is_given_up() {
    let drip = Other::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    let silent = Other::start(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    for other in [drip, silent] {
        let fetch = other.trusting();
        let url = other.url();
        let done = tokio::time::timeout(Duration::from_secs(120), fetch.get(&url, 1000)).await;
        let error = done.expect("the fetcher gives up itself").unwrap_err();
        assert!(matches!(error, FetchError::Failed { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_of_nobody_we_trust_is_refused() {
    let other = Other::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    let error = fetcher(true).get(&other.url(), 100).await.unwrap_err();
    assert!(matches!(error, FetchError::Failed { .. }), "{error}");
    let by_address = format!("https://127.0.0.1:{}/jwks", other.port);
    let error = other.trusting().get(&by_address, 100).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "the certificate names localhost: {error}");
    assert_eq!(other.requests(), 0);
}

fn message(body: &str) -> Message<'_> {
    Message { content_type: "application/x-www-form-urlencoded", body: body.to_owned(), bearer: Some("t0") }
}

#[tokio::test]
async fn a_message_is_sent_and_its_status_told_whatever_it_is() {
    for (status, told) in
        [("200 OK", 200), ("204 No Content", 204), ("400 Bad Request", 400), ("503 Away", 503)]
    {
        let other = Other::saying(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(other.trusting().post(&other.url(), message("a=b")).await.unwrap(), told);
        let head = other.heads.lock().unwrap()[0].to_ascii_lowercase();
        assert!(head.starts_with("post /jwks http/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-www-form-urlencoded\r\n"), "{head}");
        assert!(head.contains("authorization: bearer t0\r\n"), "{head}");
    }
}

/// A message carries a token: it goes to the address that was registered, or nowhere.
#[tokio::test]
async fn a_message_follows_no_redirect_and_goes_to_no_private_address() {
    let target = Other::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let text = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url());
        let other = Other::saying(text).await;
        assert!(other.trusting().post(&other.url(), message("")).await.unwrap().is_redirection());
    }
    let strict = fetcher(false);
    assert!(matches!(strict.post("http://example.com/", message("")).await, Err(FetchError::NotHttps(_))));
    for url in ["https://127.0.0.1:1/", "https://[::1]/", "https://169.254.169.254/"] {
        let error = strict.post(url, message("")).await.unwrap_err();
        assert!(matches!(error, FetchError::PrivateAddress(_)), "{url}: {error}");
    }
    let error = strict.post(&target.url(), message("")).await.unwrap_err();
    assert!(error.to_string().contains("private network"), "a name of a private address: {error}");
    assert_eq!(target.requests(), 0);
}
