//! `POST /{tid}/{aid}/oauth2/revoke` (RFC 7009)

use serde_json::{Value, json};
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, SECRET, TOKEN, TestApp, TestCode};

const REVOKE: &str = "/default/default/oauth2/revoke";
const CALLBACK: &str = "https://example.com/callback";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    for (id, method, scopes) in [
        ("client", "client_secret_basic", &["openid", "offline_access"][..]),
        ("stranger", "client_secret_basic", &["openid"]),
        ("operator", "client_secret_basic", &["revoke_tokens"]),
        ("public", "none", &["openid", "offline_access", "revoke_tokens"]),
    ] {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method, "scopes": scopes,
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "redirect_uris": [CALLBACK],
        }))
        .await;
    }
    app
}

async fn tokens(app: &TestApp) -> Value {
    app.add_code(TestCode { scope: "openid offline_access", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await.ok()
}

async fn revoke(app: &TestApp, caller: &str, token: &Value) -> Answer {
    let form = [("token", token.as_str().unwrap()), ("token_type_hint", "something_else")];
    app.post(REVOKE).basic(caller, SECRET).form(&form).await
}

async fn is_active(app: &TestApp, token: &Value) -> bool {
    let form = [("token", token.as_str().unwrap())];
    let answer = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await;
    answer.ok()["active"] == true
}

#[tokio::test]
async fn an_access_token_ends_alone() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let answer = revoke(&app, "client", &tokens["access_token"]).await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert!(!is_active(&app, &tokens["access_token"]).await);
    assert!(is_active(&app, &tokens["refresh_token"]).await);
    let userinfo =
        app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap()).await;
    insta::assert_snapshot!(userinfo.reason(), @"401 invalid_token access_token_revoked");
}

#[tokio::test]
async fn an_opaque_access_token_ends_alone_too() {
    let app = app().await;
    app.change_workspace(|server| server.access_token_strategy = AccessTokenStrategy::Opaque).await;
    let tokens = tokens(&app).await;
    assert!(is_active(&app, &tokens["access_token"]).await);
    assert_eq!(revoke(&app, "client", &tokens["access_token"]).await.status, 200);
    assert!(!is_active(&app, &tokens["access_token"]).await);
    assert!(is_active(&app, &tokens["refresh_token"]).await);
}

#[tokio::test]
async fn a_refresh_token_ends_everything_of_its_grant() {
    let app = app().await;
    let tokens = tokens(&app).await;
    assert_eq!(revoke(&app, "client", &tokens["refresh_token"]).await.status, 200);
    assert!(!is_active(&app, &tokens["access_token"]).await);
    assert!(!is_active(&app, &tokens["refresh_token"]).await);
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    insta::assert_snapshot!(app.post(TOKEN).basic("client", SECRET).form(&form).await.reason(), @"400 invalid_grant refresh_token_revoked");
}

#[tokio::test]
async fn what_is_no_token_is_revoked_already() {
    let app = app().await;
    let tokens = tokens(&app).await;
    for token in [json!("nonsense"), json!("a.b.c"), tokens["id_token"].clone()] {
        assert_eq!(revoke(&app, "client", &token).await.status, 200, "{token}");
    }
    revoke(&app, "client", &tokens["refresh_token"]).await;
    for token in ["access_token", "refresh_token"] {
        assert_eq!(revoke(&app, "client", &tokens[token]).await.status, 200, "{token}");
    }
}

#[tokio::test]
async fn a_token_of_another_client_stays() {
    let app = app().await;
    let tokens = tokens(&app).await;
    insta::assert_snapshot!(revoke(&app, "stranger", &tokens["access_token"]).await.refused(), @r"
    400 unauthorized_client: The token was issued to another client.
    reason: token_of_another_client
    expected: client
    got: stranger
    client: stranger
    ");
    insta::assert_snapshot!(revoke(&app, "stranger", &tokens["refresh_token"]).await.reason(), @"400 unauthorized_client token_of_another_client");
    let public = [("client_id", "public"), ("token", tokens["refresh_token"].as_str().unwrap())];
    insta::assert_snapshot!(app.post(REVOKE).form(&public).await.reason(), @"400 unauthorized_client token_of_another_client");
    assert!(is_active(&app, &tokens["access_token"]).await);
    assert!(is_active(&app, &tokens["refresh_token"]).await);
}

#[tokio::test]
async fn who_has_the_scope_may_end_any() {
    let app = app().await;
    let tokens = tokens(&app).await;
    assert_eq!(revoke(&app, "operator", &tokens["access_token"]).await.status, 200);
    assert!(!is_active(&app, &tokens["access_token"]).await);
    let form = [("grant_type", "client_credentials")];
    let bearer = app.post(TOKEN).basic("operator", SECRET).form(&form).await.ok();
    let form = [("token", tokens["refresh_token"].as_str().unwrap())];
    let request = app.post(REVOKE).form(&form).bearer(bearer["access_token"].as_str().unwrap());
    assert_eq!(request.await.status, 200);
    assert!(!is_active(&app, &tokens["refresh_token"]).await);
}

#[tokio::test]
async fn a_public_client_ends_its_own() {
    let app = app().await;
    let code = TestCode { client_id: "public", scope: "openid offline_access", ..TestCode::default() };
    app.add_code(code).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", CALLBACK),
        ("client_id", "public"),
    ];
    let token = app.post(TOKEN).form(&form).await.ok()["refresh_token"].take();
    let form = [("client_id", "public"), ("token", token.as_str().unwrap())];
    assert_eq!(app.post(REVOKE).form(&form).await.status, 200);
    let form = [("grant_type", "refresh_token"), ("client_id", "public"), ("refresh_token", form[1].1)];
    insta::assert_snapshot!(app.post(TOKEN).form(&form).await.reason(), @"400 invalid_grant refresh_token_revoked");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let app = app().await;
    insta::assert_snapshot!(app.post(REVOKE).form(&[("token", "x")]).await.reason(), @"401 invalid_client client_id_missing");
    insta::assert_snapshot!(app.post(REVOKE).basic("client", SECRET).form(&[]).await.reason(), @"400 invalid_request missing_parameter");
}
