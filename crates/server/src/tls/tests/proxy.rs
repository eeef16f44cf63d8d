//! Behind a proxy: certificates in a header, and plain HTTP.

use super::*;

const ESCAPE: &str = r#"python3 -c 'import sys,urllib.parse;print("X-SSL-CERT: "+urllib.parse.quote(open("chain.pem").read(),safe=""))' > header"#;

fn behind(trusted: &'static str) -> Options {
    Options { header: Some("X-SSL-CERT"), trusted: Some(trusted), ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_brings_the_clients_certificate() {
    for tls in [true, false] {
        let server = TestServer::start(Options { tls, ..behind("127.0.0.0/8") }).await;
        server.run(ESCAPE.to_owned()).await.unwrap();
        for option in ["--http1.1", if tls { "--http2" } else { "--http2-prior-knowledge" }] {
            let seen = server.who(&format!("{option} -H @header")).await.unwrap();
            let shown = &seen["certificate"];
            assert_eq!(
                (&shown["subject"], &shown["length"]),
                (&json!("CN=leaf,O=Acme,C=US"), &json!(2)),
                "{seen}"
            );
            assert_eq!(
                (&shown["trusted"], &shown["source"]),
                (&json!(true), &json!("Header(\"x-ssl-cert\")"))
            );
            assert!(!seen["headers"].to_string().contains("ssl"), "handlers do not see the header: {seen}");
            assert_eq!(seen["tls"].is_null(), !tls);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_elses_header_is_stripped() {
    let server = TestServer::start(behind("192.0.2.0/24")).await;
    server.run(ESCAPE.to_owned()).await.unwrap();
    let seen =
        server.who("-H @header -H 'Client-Cert: :AA==:' -H 'X-Forwarded-Client-Cert: Cert=a'").await.unwrap();
    assert_eq!(seen["certificate"], Value::Null);
    assert!(!seen["headers"].to_string().contains("cert"), "{seen}");
    let seen = server.who("-H @header --cert rsa.pem --key rsa.key").await.unwrap();
    assert_eq!(seen["certificate"]["subject"], "CN=rsa", "the handshake's certificate counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_cannot_add_a_second_certificate() {
    let server = TestServer::start(behind("127.0.0.1")).await;
    server.run(ESCAPE.to_owned()).await.unwrap();
    for option in ["--http1.1", "--http2"] {
        let answer = server
            .curl("/who", &format!("{option} -w '%{{http_code}}' -H @header -H 'x-ssl-cert: abc'"))
            .await
            .unwrap();
        assert!(answer.contains("invalid_request") && answer.ends_with("400"), "{answer}");
        assert!(!answer.contains("BEGIN"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxys_own_certificate_is_never_a_clients() {
    let server = TestServer::start(behind("127.0.0.1")).await;
    let seen = server.who("--cert rsa.pem --key rsa.key").await.unwrap();
    assert_eq!(seen["certificate"], Value::Null, "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clients_address_is_what_a_trusted_proxy_says() {
    for (trusted, remote) in [("127.0.0.1", "192.0.2.7"), ("10.0.0.0/8", "127.0.0.1")] {
        let server = TestServer::start(behind(trusted)).await;
        let seen = server.who("-H 'X-Forwarded-For: 203.0.113.9, 192.0.2.7'").await.unwrap();
        assert_eq!(seen["remote"], remote, "{seen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_listeners_serve_the_same() {
    let server = TestServer::start(Options { tls: false, ..Options::default() }).await;
    let addresses = [LOCAL, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))];
    let listeners = bind(&addresses, 0).unwrap();
    let second = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect::<Vec<_>>();
    let config = settings(Options { tls: false, max_connections: 1, ..Options::default() });
    let front = Front::new(&config, None, Metrics::default(), router(Arc::clone(&server.anchors))).unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(listeners, front, stop.clone()));
    for address in second {
        let seen = server.run(format!("curl -sS --max-time 5 http://{address}/who")).await.unwrap();
        assert!(seen.contains("\"certificate\":null"), "{seen}");
    }
    stop.cancel();
    assert_eq!(serving.await.unwrap(), Drained { cut_off: 0 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_that_cannot_be_is_a_fault_of_the_settings() {
    let server = settings(Options { header: Some("X SSL CERT"), ..Options::default() });
    let error = Front::new(&server, None, Metrics::default(), Router::new()).err().unwrap().to_string();
    assert_eq!(error, "server.client_certificate_header: \"X SSL CERT\" is no name of a header");
}
