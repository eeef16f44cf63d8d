//! Certificate-bound access tokens (RFC 8705 §3).

use serde_json::json;

use crate::harness::{Answer, SECRET, TOKEN, TestApp, TestCertificate, TestCode, decode};

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.add_client(json!({
        "client_id": "client", "client_secret": SECRET, "grant_types": ["client_credentials", "authorization_code"],
        "redirect_uris": ["https://example.com/callback"], "scopes": ["openid"],
        "tls_client_certificate_bound_access_tokens": true,
    }))
    .await;
    app
}

async fn redeem(app: &TestApp, certificate: Option<&TestCertificate>) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", "https://example.com/callback"),
    ];
    let request = app.post(TOKEN).basic("client", SECRET).form(&form);
    match certificate {
        Some(certificate) => request.certificate(certificate).await,
        None => request.await,
    }
}

#[tokio::test]
async fn a_token_is_bound_to_the_certificate_of_the_connection() {
    let app = app().await;
    let certificate = TestCertificate::self_signed("CN=any");
    let request = app.post(TOKEN).basic("client", SECRET).form(&[("grant_type", "client_credentials")]);
    let body = request.certificate(&certificate).await.ok();
    let (_, claims) = decode(body["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"], json!({"x5t#S256": certificate.thumbprint()}));
    assert_eq!(body["token_type"], "bearer");
}

#[tokio::test]
async fn without_a_certificate_there_is_no_token_and_the_code_stays_good() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    insta::assert_snapshot!(redeem(&app, None).await.refused(), @r"
    400 invalid_request: The access tokens of this client are bound to its certificate: connect with a client certificate.
    reason: certificate_missing_for_binding
    detail: tls_client_certificate_bound_access_tokens is on, and the connection has no certificate
    expected: a client certificate
    got: none
    client: client
    ");
    redeem(&app, Some(&TestCertificate::self_signed("CN=any"))).await.ok();
}

#[tokio::test]
async fn a_certificate_nobody_asked_for_binds_nothing() {
    let app = app().await;
    app.change_client("client", |client| client.tls_client_certificate_bound_access_tokens = false).await;
    let request = app.post(TOKEN).basic("client", SECRET).form(&[("grant_type", "client_credentials")]);
    let body = request.certificate(&TestCertificate::self_signed("CN=any")).await.ok();
    assert_eq!(decode(body["access_token"].as_str().unwrap()).1.get("cnf"), None);
}
