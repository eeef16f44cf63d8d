//! Clients whose very certificate, or whose key, is registered (RFC 8705 §2.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use symbolon_jose::Jwk;

use crate::harness::{Answer, Remote, TOKEN, TestApp, TestAuthority, TestCertificate};

fn key(certificate: &TestCertificate) -> Value {
    serde_json::to_value(Jwk::from_spki_der(certificate.leaf().spki_der()).unwrap()).unwrap()
}

fn key_with_certificate(certificate: &TestCertificate) -> Value {
    let mut jwk = key(certificate);
    jwk["x5c"] = json!([STANDARD.encode(certificate.leaf().der())]);
    jwk
}

async fn app(keys: &[Value]) -> TestApp {
    let app = TestApp::new().await;
    app.add_client(json!({
        "client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "grant_types": ["client_credentials"], "jwks": {"keys": keys},
    }))
    .await;
    app
}

async fn with(app: &TestApp, certificate: &TestCertificate) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_id", "own")];
    app.post(TOKEN).form(&form).certificate(certificate).await
}

#[tokio::test]
async fn the_registered_certificate_is_enough() {
    let (own, other) = (TestCertificate::self_signed("CN=own"), TestCertificate::self_signed("CN=own"));
    let app =
        app(&[key_with_certificate(&TestCertificate::self_signed("CN=x")), key_with_certificate(&own)]).await;
    with(&app, &own).await.ok();
    let refused = with(&app, &other).await.refused().replace(&other.thumbprint(), "…");
    insta::assert_snapshot!(refused, @r"
    401 invalid_client: The client certificate is not one of those that the client is registered with.
    reason: certificate_not_registered
    detail: neither jwks nor jwks_uri of the client has this certificate or its key
    expected: a key with this certificate in x5c, or this public key
    got: CN=own (x5t#S256 …)
    client: own
    ");
}

#[tokio::test]
async fn a_registered_key_stands_for_its_certificates() {
    let own = TestCertificate::self_signed("CN=own");
    let app = app(&[key(&own)]).await;
    with(&app, &own).await.ok();
    insta::assert_snapshot!(with(&app, &TestCertificate::self_signed("CN=own")).await.reason(), @"401 invalid_client certificate_not_registered");
}

#[tokio::test]
async fn a_trusted_chain_does_not_count() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&[key_with_certificate(&TestCertificate::self_signed("CN=own"))]).await;
    app.change_workspace(|server| server.root_cas = Some(authority.pem())).await;
    insta::assert_snapshot!(with(&app, &authority.client("CN=own")).await.reason(), @"401 invalid_client certificate_not_registered");
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let own = TestCertificate::self_signed("CN=own");
    let app = app(&[key_with_certificate(&own)]).await;
    app.advance(366 * 24 * 60 * 60);
    insta::assert_snapshot!(with(&app, &own).await.refused(), @r"
    401 invalid_client: The client certificate has expired or is not valid yet.
    reason: certificate_expired
    expected: 1831622400 between notBefore and notAfter
    got: 1799913600 to 1831536000
    client: own
    ");
}

#[tokio::test]
async fn no_certificate_and_no_registered_key_are_refused() {
    let app = app(&[]).await;
    let form = [("grant_type", "client_credentials"), ("client_id", "own")];
    insta::assert_snapshot!(app.post(TOKEN).form(&form).await.reason(), @"401 invalid_client certificate_missing");
    insta::assert_snapshot!(with(&app, &TestCertificate::self_signed("CN=own")).await.reason(), @"401 invalid_client certificate_not_registered");
}

#[tokio::test]
async fn a_key_set_that_cannot_be_fetched_is_no_verdict() {
    let app = app(&[]).await;
    app.change_client("own", |client| client.jwks_uri = Some("https://127.0.0.1:1/jwks".into())).await;
    insta::assert_snapshot!(with(&app, &TestCertificate::self_signed("CN=own")).await.refused(), @r"
    503 temporarily_unavailable: The jwks_uri of the client could not be read.
    reason: jwks_uri_unreadable
    detail: 127.0.0.1 is an address of a private network: such fetches are allowed by client.allow_private_addresses
    got: https://127.0.0.1:1/jwks
    client: own
    ");
}

#[tokio::test]
async fn a_client_rotates_its_key_behind_its_jwks_uri() {
    let (old, new) = (TestCertificate::self_signed("CN=old"), TestCertificate::self_signed("CN=new"));
    let set = |certificate| json!({"keys": [key_with_certificate(certificate)]}).to_string();
    let remote = Remote::start(&set(&old)).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "grant_types": ["client_credentials"], "jwks_uri": remote.url,
    }))
    .await;
    for _ in 0..3 {
        with(&app, &old).await.ok();
    }
    assert_eq!(remote.asked(), 1, "what was read is remembered");
    // A certificate that is not there has it read again, but not at once: anybody can show one.
    for _ in 0..3 {
        assert_eq!(with(&app, &new).await.reason(), "401 invalid_client certificate_not_registered");
    }
    assert_eq!(remote.asked(), 1);
    app.advance(10);
    remote.publish(&set(&new));
    with(&app, &new).await.ok();
    assert_eq!(with(&app, &old).await.reason(), "401 invalid_client certificate_not_registered");
    assert_eq!(remote.asked(), 2);
    // While the set cannot be read, what was read before counts for a while.
    remote.publish("not a key set");
    app.advance(3000);
    with(&app, &new).await.ok();
    app.advance(3000);
    insta::assert_snapshot!(with(&app, &new).await.reason(), @"503 temporarily_unavailable jwks_uri_unreadable");
}
