//! Client certificates in the handshake.

use rustls::version::{TLS12, TLS13};

use super::own_client::{Client, ask};
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_port_takes_every_client_with_and_without_a_certificate() {
    let server = TestServer::start(Options::default()).await;
    for (version, tls) in [("--tlsv1.3", "TLSv1.3"), ("--tls-max 1.2", "TLSv1.2")] {
        for (option, http) in [("--http1.1", "HTTP/1.1"), ("--http2", "HTTP/2.0")] {
            let flags = format!("{version} {option}");
            let seen = server.who(&flags).await.unwrap();
            assert_eq!((&seen["certificate"], &seen["resumed"]), (&Value::Null, &json!(false)));
            assert_eq!(
                (&seen["tls"], &seen["http"], &seen["remote"]),
                (&json!(tls), &json!(http), &json!("127.0.0.1"))
            );
            for (certificate, key, subject, length, why) in [
                ("chain", "leaf", "CN=leaf,O=Acme,C=US", 2, Value::Null),
                ("leaf", "leaf", "CN=leaf,O=Acme,C=US", 1, json!("certificate_issuer_unknown")),
                ("rsa", "rsa", "CN=rsa", 1, Value::Null),
                ("v1", "v1", "CN=v1", 1, Value::Null),
                ("v1rsa", "v1rsa", "CN=v1rsa", 1, Value::Null),
                ("ed", "ed", "CN=ed", 1, json!("certificate_self_signed_unknown")),
                ("self", "self", "CN=self", 1, json!("certificate_self_signed_unknown")),
            ] {
                let seen =
                    server.who(&format!("{flags} --cert {certificate}.pem --key {key}.key")).await.unwrap();
                let shown = &seen["certificate"];
                assert_eq!(shown["subject"], subject, "{flags} {certificate}: {seen}");
                assert_eq!(
                    (&shown["length"], &shown["why"]),
                    (&json!(length), &why),
                    "{flags} {certificate}"
                );
                assert_eq!(shown["source"], "Handshake");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_asked_for_without_naming_authorities() {
    let server = TestServer::start(Options::default()).await;
    for version in ["-tls1_3", "-tls1_2"] {
        let command = format!(
            "openssl s_client -connect 127.0.0.1:{} {version} -alpn http/1.1 < /dev/null",
            server.port
        );
        let said = server.run(command).await.unwrap();
        assert!(said.contains("No client certificate CA names sent"), "{said}");
        assert!(said.contains("Requested Signature Algorithms: "), "asked for: {said}");
        assert!(said.contains("ALPN protocol: http/1.1"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_forward_secret_authenticated_encryption_is_spoken() {
    let server = TestServer::start(Options::default()).await;
    let try_with = |options: &str| {
        server.run(format!("openssl s_client -connect 127.0.0.1:{} {options} < /dev/null 2>&1", server.port))
    };
    for good in ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"] {
        assert!(try_with(&format!("-tls1_2 -cipher {good}")).await.is_ok(), "{good}");
    }
    for bad in [
        "ECDHE-ECDSA-AES128-SHA256",
        "ECDHE-ECDSA-AES256-SHA",
        "AES128-GCM-SHA256",
        "DHE-RSA-AES128-GCM-SHA256",
    ] {
        assert!(try_with(&format!("-tls1_2 -cipher {bad}@SECLEVEL=0")).await.is_err(), "{bad}");
    }
    for old in ["-tls1_1", "-tls1"] {
        assert!(try_with(&format!("{old} -cipher ALL@SECLEVEL=0")).await.is_err(), "{old}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_suites_of_bcp_195_are_spoken_in_tls_1_2() {
    let server = TestServer::start(Options::default()).await;
    let try_with = |options: &str| {
        server.run(format!("openssl s_client -connect 127.0.0.1:{} {options} < /dev/null 2>&1", server.port))
    };
    // RFC 9325 §4.2; FAPI 1.0 Advanced §8.5 and FAPI 2.0 §5.2.2 permit no other.
    assert!(try_with("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305").await.is_err());
    assert!(try_with("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256").await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_without_its_key_is_refused() {
    let server = TestServer::start(Options::default()).await;
    for version in [&TLS13, &TLS12] {
        for (certificate, own, another) in [
            ("chain", "leaf", "int"),
            ("v1", "v1", "leaf"),
            ("rsa", "rsa", "v1rsa"),
            ("v1rsa", "v1rsa", "rsa"),
        ] {
            let honest = Client { certificate: Some((certificate, own)), ..Client::new(version) };
            let seen = ask(&server, &honest.config(&server)).await.unwrap();
            assert_eq!(seen["certificate"]["trusted"], true, "{certificate}");
            let thief = Client { certificate: Some((certificate, another)), ..Client::new(version) };
            let error = ask(&server, &thief.config(&server)).await.unwrap_err();
            assert!(
                error.to_string().contains("DecryptError") || error.to_string().contains("BadCertificate"),
                "{certificate}: {error}"
            );
        }
    }
    assert_eq!(server.handshakes("failed"), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_another_kind_or_too_weak_is_refused() {
    let server = TestServer::start(Options::default()).await;
    for version in [&TLS13, &TLS12] {
        for (certificate, key) in [("chain", "rsa"), ("rsa", "leaf"), ("chain", "ed")] {
            let thief = Client { certificate: Some((certificate, key)), ..Client::new(version) };
            assert!(ask(&server, &thief.config(&server)).await.is_err(), "{certificate} {key}");
        }
    }
    // curl's own checks must not stop it first: security level 0.
    let weak = server.who("--ciphers DEFAULT@SECLEVEL=0 --cert weak.pem --key weak.key").await;
    assert!(weak.is_err(), "{weak:?}");
    assert!(server.who("").await.is_ok(), "the server goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_for_a_certificate_ends_the_handshake_only() {
    let server = TestServer::start(Options::default()).await;
    for version in [&TLS13, &TLS12] {
        let client = Client { garbage: true, certificate: Some(("leaf", "leaf")), ..Client::new(version) };
        assert!(ask(&server, &client.config(&server)).await.is_err());
    }
    assert!(server.who("").await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_server_certificate_counts_from_the_next_handshake_on() {
    let server = TestServer::start(Options::default()).await;
    let shown = || {
        server.run(format!(
            "openssl s_client -connect 127.0.0.1:{} < /dev/null 2>/dev/null | openssl x509 -noout -subject",
            server.port
        ))
    };
    assert_eq!(shown().await.unwrap().trim(), "subject=CN = server");
    for (from, to) in [("server2.pem", "server.pem"), ("server2.key", "server.key")] {
        std::fs::copy(server.path().join(from), server.path().join(to)).unwrap();
    }
    assert!(server.identity.as_ref().unwrap().reload().unwrap());
    assert_eq!(shown().await.unwrap().trim(), "subject=CN = server2");
}
