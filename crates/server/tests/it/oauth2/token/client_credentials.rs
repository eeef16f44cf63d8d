//! The client's own access (RFC 6749 §4.4).

use http::header::{CACHE_CONTROL, PRAGMA};
use serde_json::json;
use symbolon_store::entity::GoDuration;
use symbolon_store::entity::client::TokenTtls;
use symbolon_store::entity::server::{AccessTokenStrategy, ScopeClaimFormat};

use crate::harness::{Answer, SECRET, TOKEN, TestApp, decode};

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.add_scopes("payments", &["pay", "refund"]).await;
    app.add_client(json!({
        "client_id": "machine", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["pay", "refund", "openid", "offline_access"],
    }))
    .await;
    app
}

async fn ask(app: &TestApp, scope: &str) -> Answer {
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    app.post(TOKEN).basic("machine", SECRET).form(&form).await
}

#[tokio::test]
async fn a_token_says_what_acp_says() {
    let app = app().await;
    let answer = app.post(TOKEN).basic("machine", SECRET).form(&[("grant_type", "client_credentials")]).await;
    let mut body = answer.ok();
    let (header, claims) = decode(body["access_token"].as_str().unwrap());
    insta::assert_json_snapshot!(claims, @r#"
    {
      "aid": "default",
      "amr": [],
      "aud": [
        "machine",
        "spiffe://localhost/default/default/payments"
      ],
      "exp": 1800003600,
      "iat": 1800000000,
      "idp": "",
      "iss": "https://localhost:8443/default/default",
      "jti": "e65a8503-2069-4dbf-840d-55ad0ae3d732",
      "nbf": 1800000000,
      "scp": [
        "pay",
        "refund"
      ],
      "st": "public",
      "sub": "machine",
      "tid": "default"
    }
    "#);
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["typ"], "JWT");
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    assert_eq!(header["kid"], jwks["keys"][0]["kid"]);
    body["access_token"] = json!("…");
    insta::assert_json_snapshot!(body, @r#"
    {
      "access_token": "…",
      "expires_in": 3600,
      "scope": "pay refund",
      "token_type": "bearer"
    }
    "#);
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    assert_eq!(answer.header(PRAGMA), "no-cache");
}

#[tokio::test]
async fn the_scope_is_what_was_asked_for() {
    let app = app().await;
    let body = ask(&app, "refund").await.ok();
    assert_eq!(body["scope"], "refund");
    let (_, claims) = decode(body["access_token"].as_str().unwrap());
    assert_eq!(claims["scp"], json!(["refund"]));
}

#[tokio::test]
async fn scopes_about_a_person_are_left_out() {
    let app = app().await;
    let body = ask(&app, "openid pay offline_access").await.ok();
    assert_eq!(body["scope"], "pay");
    assert_eq!((body.get("id_token"), body.get("refresh_token")), (None, None));
}

#[tokio::test]
async fn a_scope_that_is_unknown_or_not_the_clients_is_refused() {
    let app = app().await;
    insta::assert_snapshot!(ask(&app, "pay nonsense").await.refused(), @r"
    400 invalid_scope: A scope is not known to this authorization server.
    reason: scope_unknown
    got: nonsense
    client: machine
    ");
    insta::assert_snapshot!(ask(&app, "email").await.refused(), @r"
    400 invalid_scope: The client may not ask for one of the scopes.
    reason: scope_not_registered
    expected: pay refund openid offline_access
    got: email
    client: machine
    ");
    insta::assert_snapshot!(ask(&app, "pay\\").await.refused(), @r#"
    400 invalid_scope: A scope holds characters that are not allowed.
    reason: scope_malformed
    detail: "pay\\" is no scope: RFC 6749 section 3.3 allows printable ASCII without space, quote and backslash
    client: machine
    "#);
}

#[tokio::test]
async fn a_public_client_has_no_access_of_its_own() {
    let app = app().await;
    app.add_client(json!({
        "client_id": "public", "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"],
    }))
    .await;
    let form = [("grant_type", "client_credentials"), ("client_id", "public")];
    insta::assert_snapshot!(app.post(TOKEN).form(&form).await.refused(), @r"
    400 unauthorized_client: A public client cannot use the client_credentials grant.
    reason: client_credentials_of_public_client
    client: public
    ");
}

#[tokio::test]
async fn workspace_and_client_say_how_long_tokens_live() {
    let app = app().await;
    app.change_workspace(|server| server.access_token_ttl = GoDuration::from_minutes(5)).await;
    assert_eq!(ask(&app, "pay").await.ok()["expires_in"], 300);
    let own = TokenTtls { access_token_ttl: GoDuration::from_secs(7), ..TokenTtls::default() };
    app.change_client("machine", |client| client.token_ttls = Some(own)).await;
    assert_eq!(ask(&app, "pay").await.ok()["expires_in"], 300, "not without use_custom_token_ttls");
    app.change_client("machine", |client| client.use_custom_token_ttls = true).await;
    assert_eq!(ask(&app, "pay").await.ok()["expires_in"], 7);
}

#[tokio::test]
async fn scopes_may_stand_in_the_token_as_text() {
    let app = app().await;
    let both = vec![ScopeClaimFormat::ScopeString, ScopeClaimFormat::ScpArray];
    app.change_workspace(|server| server.scope_claim_formats = both).await;
    let (_, claims) = decode(ask(&app, "").await.ok()["access_token"].as_str().unwrap());
    assert_eq!((&claims["scope"], &claims["scp"]), (&json!("pay refund"), &json!(["pay", "refund"])));
    app.change_workspace(|server| server.scope_claim_formats = vec![ScopeClaimFormat::ScopeString]).await;
    let (_, claims) = decode(ask(&app, "").await.ok()["access_token"].as_str().unwrap());
    assert_eq!((&claims["scope"], claims.get("scp")), (&json!("pay refund"), None));
}

#[tokio::test]
async fn the_audience_is_the_clients_own_where_it_has_one() {
    let app = app().await;
    let audience = vec!["client_id".to_owned(), "https://api.example.com".to_owned()];
    app.change_client("machine", |client| client.audience = audience).await;
    let (_, claims) = decode(ask(&app, "pay").await.ok()["access_token"].as_str().unwrap());
    let expected = ["machine", "https://api.example.com", "spiffe://localhost/default/default/payments"];
    assert_eq!(claims["aud"], json!(expected));
}

#[tokio::test]
async fn an_opaque_token_says_nothing() {
    let app = app().await;
    app.change_workspace(|server| server.access_token_strategy = AccessTokenStrategy::Opaque).await;
    let body = ask(&app, "pay").await.ok();
    let token = body["access_token"].as_str().unwrap();
    assert_eq!((token.len(), token.contains('.')), (43, false));
    let stored = app.store().find_access_token::<serde_json::Value>(token, 0).await.unwrap().unwrap();
    assert_eq!((stored.client_id.as_str(), &stored.doc["scp"]), ("machine", &json!(["pay"])));
}

#[tokio::test]
async fn a_scope_taken_from_the_workspace_is_in_no_new_token() {
    let app = app().await;
    app.store().delete::<symbolon_store::entity::Scope>("refund", None).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_eq!(ask(&app, "").await.ok()["scope"], "pay");
}
