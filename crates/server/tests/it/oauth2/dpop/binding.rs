//! What a proof binds at the token endpoint (RFC 9449 §5, §10).

use serde_json::json;
use symbolon_jose::Algorithm;

use super::{CALLBACK, add_code, key, own_token, persons_tokens, redeem, server, text};
use crate::harness::{
    Answer, Browser, DpopKey, Proof, SECRET, TOKEN, TestApp, TestCertificate, decode, request_with,
};

async fn refresh(server: &TestApp, token: &str, proof: Option<&Proof<'_>>) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "app")];
    let request = server.post(TOKEN).form(&form);
    match proof {
        Some(proof) => request.proof(proof).await,
        None => request.await,
    }
}

#[tokio::test]
async fn a_proof_binds_the_access_token_to_its_key() {
    let server = server().await;
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let key = DpopKey::new(algorithm);
        let body = own_token(&server, &key.proof("POST", TOKEN)).await.ok();
        assert_eq!(body["token_type"], "DPoP");
        assert_eq!(decode(text(&body["access_token"])).1["cnf"], json!({"jkt": key.jkt()}));
    }
}

#[tokio::test]
async fn a_client_with_bound_tokens_gets_none_without_a_proof() {
    let server = server().await;
    server.change_client("client", |client| client.dpop_bound_access_tokens = true).await;
    let form = [("grant_type", "client_credentials")];
    insta::assert_snapshot!(server.post(TOKEN).basic("client", SECRET).form(&form).await.refused(), @r"
    400 invalid_dpop_proof: The access tokens of this client are bound to a key: send a DPoP proof.
    reason: dpop_proof_missing
    detail: dpop_bound_access_tokens is on, and the request has no DPoP header
    expected: a DPoP header
    got: none
    client: client
    ");
    own_token(&server, &key().proof("POST", TOKEN)).await.ok();
}

#[tokio::test]
async fn a_token_may_be_bound_to_a_certificate_and_a_key() {
    let server = server().await;
    server.change_client("client", |client| client.tls_client_certificate_bound_access_tokens = true).await;
    let (key, certificate) = (key(), TestCertificate::self_signed("CN=client"));
    let form = [("grant_type", "client_credentials")];
    let request = server.post(TOKEN).basic("client", SECRET).form(&form).certificate(&certificate);
    let body = request.proof(&key.proof("POST", TOKEN)).await.ok();
    let token = text(&body["access_token"]);
    assert_eq!(decode(&token).1["cnf"], json!({"x5t#S256": certificate.thumbprint(), "jkt": key.jkt()}));
}

#[tokio::test]
async fn refresh_tokens_of_a_public_client_go_with_the_key() {
    let server = server().await;
    let (own, other) = (key(), key());
    let first = text(&persons_tokens(&server, &own).await["refresh_token"]);
    let answer = refresh(&server, &first, Some(&other.proof("POST", TOKEN))).await;
    assert_eq!(answer.reason(), "400 invalid_grant refresh_token_key_mismatch");
    assert_eq!(refresh(&server, &first, None).await.reason(), "400 invalid_grant refresh_token_key_mismatch");
    // A wrong guess has spent nothing.
    let body = refresh(&server, &first, Some(&own.proof("POST", TOKEN))).await.ok();
    assert_eq!(
        (&body["token_type"], &decode(text(&body["access_token"])).1["cnf"]),
        (&json!("DPoP"), &json!({"jkt": own.jkt()}))
    );
    // The successor is bound as well.
    let second = text(&body["refresh_token"]);
    let answer = refresh(&server, &second, Some(&other.proof("POST", TOKEN))).await;
    assert_eq!(answer.reason(), "400 invalid_grant refresh_token_key_mismatch");
}

#[tokio::test]
async fn a_client_with_a_secret_may_change_its_key() {
    let server = server().await;
    let code = crate::harness::TestCode { scope: "openid offline_access", ..Default::default() };
    server.add_code(code).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    let first =
        server.post(TOKEN).basic("client", SECRET).form(&form).proof(&key().proof("POST", TOKEN)).await;
    let (token, new) = (text(&first.ok()["refresh_token"]), key());
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let body =
        server.post(TOKEN).basic("client", SECRET).form(&form).proof(&new.proof("POST", TOKEN)).await.ok();
    assert_eq!(decode(text(&body["access_token"])).1["cnf"], json!({"jkt": new.jkt()}));
}

#[tokio::test]
async fn a_code_that_was_asked_for_with_a_key_needs_that_key() {
    let server = server().await;
    let (own, other) = (key(), key());
    add_code(&server, Some(own.jkt())).await;
    assert_eq!(redeem(&server, None).await.reason(), "400 invalid_grant code_key_mismatch");
    let answer = redeem(&server, Some(&other.proof("POST", TOKEN))).await;
    assert_eq!(answer.reason(), "400 invalid_grant code_key_mismatch");
    redeem(&server, Some(&own.proof("POST", TOKEN))).await.ok();
}

#[tokio::test]
async fn dpop_jkt_of_an_authorization_request_binds_the_code() {
    let server = TestApp::with_people().await;
    let (own, other) = (key(), key());
    let browser = Browser::new(&server);
    let code = browser.sign_in(&request_with("openid", &[("dpop_jkt", &own.jkt())]), "user").await.code();
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let redeem = |key: &DpopKey| {
        let request = server.post(TOKEN).basic("client", SECRET).form(&form);
        request.proof(&key.proof("POST", TOKEN))
    };
    assert_eq!(redeem(&other).await.reason(), "400 invalid_grant code_key_mismatch");
    redeem(&own).await.ok();
}

#[tokio::test]
async fn a_dpop_jkt_that_is_no_thumbprint_is_refused() {
    let server = TestApp::with_people().await;
    let browser = Browser::new(&server);
    for bad in
        ["x", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=", "0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I"]
    {
        let answer = browser.get(&request_with("openid", &[("dpop_jkt", bad)])).await;
        let refusal = answer.refusal.unwrap();
        assert_eq!((&*refusal.error, &*refusal.reason), ("invalid_request", "dpop_jkt_malformed"));
    }
}
