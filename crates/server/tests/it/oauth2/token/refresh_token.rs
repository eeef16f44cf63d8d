//! Access again, without the person (RFC 6749 §6, RFC 9700 §4.14).

use serde_json::{Value, json};
use symbolon_store::entity::server::AdvancedConfiguration;

use crate::harness::{Answer, SECRET, TOKEN, TestApp, TestCertificate, TestCode, decode};

const CALLBACK: &str = "https://example.com/callback";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    for (id, method) in
        [("client", "client_secret_basic"), ("other", "client_secret_basic"), ("public", "none")]
    {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": [CALLBACK],
            "scopes": ["openid", "email", "offline_access"],
        }))
        .await;
    }
    app
}

/// The first refresh token of a client with a secret.
async fn first(app: &TestApp) -> String {
    app.add_code(TestCode { scope: "openid email offline_access", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    text(&app.post(TOKEN).basic("client", SECRET).form(&form).await.ok()["refresh_token"])
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    refresh_with(app, token, &[]).await
}

async fn refresh_with(app: &TestApp, token: &str, parameters: &[(&str, &str)]) -> Answer {
    let form = [&[("grant_type", "refresh_token"), ("refresh_token", token)], parameters].concat();
    app.post(TOKEN).basic("client", SECRET).form(&form).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn disable_cycling(app: &TestApp) {
    let advanced = AdvancedConfiguration { disable_refresh_token_cycling: true, ..Default::default() };
    app.change_workspace(|server| server.advanced = Some(advanced)).await;
}

#[tokio::test]
async fn each_use_gives_a_new_token() {
    let app = app().await;
    let first = first(&app).await;
    app.advance(3600);
    let body = refresh(&app, &first).await.ok();
    assert_ne!(text(&body["refresh_token"]), first);
    assert_eq!(body["scope"], "openid email offline_access");
    let (_, id_token) = decode(body["id_token"].as_str().unwrap());
    // OIDC Core §12.2: the time of the login, and no nonce.
    assert_eq!((&id_token["auth_time"], id_token.get("nonce")), (&json!(1_799_999_940), None));
    let (_, access) = decode(body["access_token"].as_str().unwrap());
    assert_eq!((&access["gid"], &access["exp"]), (&json!("grant-the-code"), &json!(1_800_007_200)));
    refresh(&app, &text(&body["refresh_token"])).await.ok();
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let app = app().await;
    let first = first(&app).await;
    let second = text(&refresh(&app, &first).await.ok()["refresh_token"]);
    app.advance(10);
    assert_eq!(text(&refresh(&app, &first).await.ok()["refresh_token"]), second);
    refresh(&app, &second).await.ok();
}

#[tokio::test]
async fn a_replaced_token_ends_the_grant() {
    let app = app().await;
    let first = first(&app).await;
    let body = refresh(&app, &first).await.ok();
    app.advance(11);
    insta::assert_snapshot!(refresh(&app, &first).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: refresh_token_reused
    detail: the token was replaced before; the grant and all tokens issued from it were revoked
    client: client
    ");
    insta::assert_snapshot!(refresh(&app, &text(&body["refresh_token"])).await.reason(), @"400 invalid_grant refresh_token_revoked");
    let form = [("token", body["access_token"].as_str().unwrap())];
    let answer = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await;
    assert_eq!(answer.ok(), json!({"active": false}));
}

#[tokio::test]
async fn a_replaced_token_ends_the_grant_at_once_when_its_successor_was_used() {
    let app = app().await;
    let first = first(&app).await;
    let second = text(&refresh(&app, &first).await.ok()["refresh_token"]);
    refresh(&app, &second).await.ok();
    insta::assert_snapshot!(refresh(&app, &first).await.reason(), @"400 invalid_grant refresh_token_reused");
}

#[tokio::test]
async fn many_uses_at_once_get_the_same_token() {
    let app = std::rc::Rc::new(app().await);
    let first = first(&app).await;
    let local = tokio::task::LocalSet::new();
    let mut requests = tokio::task::JoinSet::new();
    let tokens = local.run_until(async {
        for _ in 0..20 {
            let (app, first) = (std::rc::Rc::clone(&app), first.clone());
            requests.spawn_local(async move { text(&refresh(&app, &first).await.ok()["refresh_token"]) });
        }
        requests.join_all().await
    });
    let tokens = tokens.await;
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn a_token_of_another_client_is_refused_and_stays_good() {
    let app = app().await;
    let first = first(&app).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", first.as_str())];
    insta::assert_snapshot!(app.post(TOKEN).basic("other", SECRET).form(&form).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: refresh_token_of_another_client
    expected: client
    got: other
    client: other
    ");
    refresh(&app, &first).await.ok();
}

#[tokio::test]
async fn less_may_be_asked_for_but_not_more() {
    let app = app().await;
    let first = first(&app).await;
    insta::assert_snapshot!(refresh_with(&app, &first, &[("scope", "openid phone")]).await.refused(), @r"
    400 invalid_scope: A scope was not granted before.
    reason: scope_not_granted
    expected: openid email offline_access
    got: phone
    client: client
    ");
    let body = refresh_with(&app, &first, &[("scope", "email")]).await.ok();
    assert_eq!((&body["scope"], body.get("id_token")), (&json!("email"), None));
    // RFC 6749 §6: the new refresh token is for all that was granted.
    let body = refresh(&app, &text(&body["refresh_token"])).await.ok();
    assert_eq!(body["scope"], "openid email offline_access");
}

#[tokio::test]
async fn a_scope_taken_from_the_client_comes_back_no_more() {
    let app = app().await;
    let first = first(&app).await;
    let fewer = vec!["openid".to_owned(), "offline_access".to_owned()];
    app.change_client("client", |client| client.scopes = fewer).await;
    let body = refresh(&app, &first).await.ok();
    assert_eq!(body["scope"], "openid offline_access");
    app.change_client("client", |client| client.scopes = vec!["openid".to_owned()]).await;
    insta::assert_snapshot!(refresh(&app, &text(&body["refresh_token"])).await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: refresh_not_allowed_any_more
    detail: offline_access was taken from the client since the token was issued
    client: client
    ");
}

#[tokio::test]
async fn a_token_expires_and_a_token_that_is_none_is_refused() {
    let app = app().await;
    let first = first(&app).await;
    insta::assert_snapshot!(refresh(&app, "nonsense").await.refused(), @r"
    400 invalid_grant: The grant is invalid, expired, revoked, or was issued to another client.
    reason: refresh_token_unknown
    client: client
    ");
    app.advance(720 * 3600);
    insta::assert_snapshot!(refresh(&app, &first).await.reason(), @"400 invalid_grant refresh_token_expired");
}

#[tokio::test]
async fn a_public_clients_token_is_bound_to_its_certificate() {
    let app = app().await;
    let bound = |client: &mut symbolon_store::entity::Client| {
        client.tls_client_certificate_bound_access_tokens = true;
    };
    app.change_client("public", bound).await;
    let code = TestCode { client_id: "public", scope: "openid offline_access", ..TestCode::default() };
    app.add_code(code).await;
    let (own, other) = (TestCertificate::self_signed("CN=own"), TestCertificate::self_signed("CN=other"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", CALLBACK),
        ("client_id", "public"),
    ];
    let token = text(&app.post(TOKEN).form(&form).certificate(&own).await.ok()["refresh_token"]);
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("client_id", "public")];
    let request = || app.post(TOKEN).form(&form);
    insta::assert_snapshot!(request().await.reason(), @"400 invalid_request certificate_missing_for_binding");
    insta::assert_snapshot!(request().certificate(&other).await.reason(), @"400 invalid_grant refresh_token_certificate_mismatch");
    let body = request().certificate(&own).await.ok();
    let cnf = decode(body["access_token"].as_str().unwrap()).1["cnf"].take();
    assert_eq!(cnf, json!({"x5t#S256": own.thumbprint()}));
}

#[tokio::test]
async fn a_client_that_proves_itself_may_keep_its_token() {
    let app = app().await;
    disable_cycling(&app).await;
    let first = first(&app).await;
    for _ in 0..2 {
        assert_eq!(text(&refresh(&app, &first).await.ok()["refresh_token"]), first);
        app.advance(60);
    }
}

#[tokio::test]
async fn a_public_clients_token_is_replaced_even_then() {
    let app = app().await;
    disable_cycling(&app).await;
    let code = TestCode { client_id: "public", scope: "openid offline_access", ..TestCode::default() };
    app.add_code(code).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", CALLBACK),
        ("client_id", "public"),
    ];
    let first = text(&app.post(TOKEN).form(&form).await.ok()["refresh_token"]);
    let form = [("grant_type", "refresh_token"), ("refresh_token", first.as_str()), ("client_id", "public")];
    assert_ne!(text(&app.post(TOKEN).form(&form).await.ok()["refresh_token"]), first);
}

#[tokio::test]
async fn a_token_replaced_before_cycling_was_disabled_is_still_a_copy() {
    let app = app().await;
    let first = first(&app).await;
    refresh(&app, &first).await.ok();
    disable_cycling(&app).await;
    app.advance(11);
    insta::assert_snapshot!(refresh(&app, &first).await.reason(), @"400 invalid_grant refresh_token_reused");
}
