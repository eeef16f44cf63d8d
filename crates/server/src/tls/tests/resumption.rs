//! Resumed sessions: the certificate stays, the verdict does not.

use rustls::version::{TLS12, TLS13};

use super::own_client::{Client, ask};
use super::*;

/// TLS 1.3 tickets, TLS 1.2 tickets, TLS 1.2 session ids.
fn ways(certificate: Option<(&'static str, &'static str)>) -> [Client; 3] {
    let client = |version, session_ids| Client { certificate, session_ids, ..Client::new(version) };
    [client(&TLS13, false), client(&TLS12, false), client(&TLS12, true)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resumed_session_keeps_the_whole_chain() {
    let server = TestServer::start(Options::default()).await;
    for client in ways(Some(("chain", "leaf"))) {
        let config = client.config(&server);
        let first = ask(&server, &config).await.unwrap();
        let second = ask(&server, &config).await.unwrap();
        assert_eq!((&first["resumed"], &second["resumed"]), (&json!(false), &json!(true)));
        assert_eq!(second["certificate"], first["certificate"]);
        assert_eq!(
            (&second["certificate"]["length"], &second["certificate"]["trusted"]),
            (&json!(2), &json!(true))
        );
    }
    assert_eq!((server.handshakes("full"), server.handshakes("resumed")), (3, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_root_removed_between_is_missed_by_the_resumed_session() {
    let server = TestServer::start(Options::default()).await;
    for client in ways(Some(("chain", "leaf"))) {
        let config = client.config(&server);
        let first = ask(&server, &config).await.unwrap();
        let before = server.anchors.load_full();
        let other = std::fs::read_to_string(server.path().join("self.pem")).unwrap();
        server.anchors.store(Arc::new(TrustAnchors::from_pem(&other, None).unwrap()));
        let second = ask(&server, &config).await.unwrap();
        server.anchors.store(before);
        assert_eq!((&first["certificate"]["trusted"], &second["resumed"]), (&json!(true), &json!(true)));
        assert_eq!(second["certificate"]["why"], "certificate_issuer_unknown", "{second}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_begun_without_a_certificate_stays_without() {
    let server = TestServer::start(Options::default()).await;
    for client in ways(None) {
        let config = client.config(&server);
        ask(&server, &config).await.unwrap();
        let second = ask(&server, &config).await.unwrap();
        assert_eq!((&second["resumed"], &second["certificate"]), (&json!(true), &Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_another_server_means_a_full_handshake() {
    let (one, two) =
        (TestServer::start(Options::default()).await, TestServer::start(Options::default()).await);
    for client in ways(Some(("chain", "leaf"))) {
        let config = client.config(&one);
        ask(&one, &config).await.unwrap();
        let there = ask(&two, &config).await.unwrap();
        assert_eq!(
            (&there["resumed"], &there["certificate"]["subject"]),
            (&json!(false), &json!("CN=leaf,O=Acme,C=US"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_resumes_with_its_certificate() {
    let server = TestServer::start(Options::default()).await;
    for version in ["-tls1_3", "-tls1_2"] {
        // In TLS 1.3 the ticket comes after the handshake: the request keeps the connection long enough.
        let request = r"printf 'GET /who HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'; sleep 1";
        let options = format!(
            "-connect 127.0.0.1:{} {version} -ign_eof -quiet -cert leaf.pem -key leaf.key",
            server.port
        );
        let first = format!(
            "({request}) | openssl s_client {options} -cert_chain int.pem -sess_out session{version} 2>/dev/null"
        );
        let second =
            format!("({request}) | openssl s_client {options} -sess_in session{version} 2>/dev/null");
        let first = server.run(first).await.unwrap();
        let second = server.run(second).await.unwrap();
        assert!(first.contains(r#""resumed":false"#) && first.contains(r#""length":2"#), "{first}");
        assert!(second.contains(r#""resumed":true"#) && second.contains(r#""length":2"#), "{second}");
    }
}
