//! `POST /{tid}/{aid}/oauth2/introspect` (RFC 7662)

use serde_json::{Value, json};
use symbolon_store::entity::client::{ClientStatus, SubjectType};
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, Request, SECRET, TOKEN, TestApp, TestCertificate, TestCode};

const INTROSPECT: &str = "/default/default/oauth2/introspect";
const CALLBACK: &str = "https://example.com/callback";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    for (id, method, scopes) in [
        ("client", "client_secret_basic", &["openid", "email", "offline_access"][..]),
        ("stranger", "client_secret_basic", &["openid"]),
        ("gateway", "client_secret_basic", &["introspect_tokens"]),
        ("public", "none", &["openid", "introspect_tokens"]),
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

/// The tokens of user `user`, issued to `client`.
async fn tokens(app: &TestApp) -> Value {
    app.add_code(TestCode { scope: "openid email offline_access", ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await.ok()
}

async fn machine_token(app: &TestApp, client_id: &str) -> String {
    let request = app.post(TOKEN).basic(client_id, SECRET).form(&[("grant_type", "client_credentials")]);
    request.await.ok()["access_token"].as_str().unwrap().to_owned()
}

fn about<'a>(app: &'a TestApp, token: &str) -> Request<'a> {
    app.post(INTROSPECT).form(&[("token", token)])
}

async fn introspect(app: &TestApp, caller: &str, token: &Value) -> Answer {
    about(app, token.as_str().unwrap()).basic(caller, SECRET).await
}

fn inactive() -> Value {
    json!({"active": false})
}

#[tokio::test]
async fn a_live_token_is_told_about() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let answer = introspect(&app, "client", &tokens["access_token"]).await;
    insta::assert_json_snapshot!(answer.ok(), @r#"
    {
      "active": true,
      "amr": [
        "pwd"
      ],
      "aud": [
        "client",
        "spiffe://localhost/default/default/default-openid"
      ],
      "auth_time": 1799999940,
      "client_id": "client",
      "exp": 1800003600,
      "iat": 1800000000,
      "idp": "sandbox",
      "idp_sub": "user",
      "iss": "https://localhost:8443/default/default",
      "jti": "e65a8503-2069-4dbf-840d-55ad0ae3d732",
      "nbf": 1800000000,
      "scope": "openid email offline_access",
      "server_id": "default",
      "sub": "subject-of-user",
      "tenant_id": "default",
      "token_type": "bearer",
      "username": "user"
    }
    "#);
    assert_eq!(answer.header(http::header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn an_opaque_token_is_told_about_the_same() {
    let app = app().await;
    let signed = introspect(&app, "client", &tokens(&app).await["access_token"]).await.ok();
    app.change_workspace(|server| server.access_token_strategy = AccessTokenStrategy::Opaque).await;
    app.add_code(TestCode { code: "second", scope: "openid email offline_access", ..TestCode::default() })
        .await;
    let form = [("grant_type", "authorization_code"), ("code", "second"), ("redirect_uri", CALLBACK)];
    let opaque = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let mut opaque = introspect(&app, "client", &opaque["access_token"]).await.ok();
    assert_ne!(opaque["jti"], signed["jti"]);
    opaque["jti"] = signed["jti"].clone();
    assert_eq!(opaque, signed);
}

/// OIDC Core §17.3: what two clients of different sectors are told must not join what they know.
#[tokio::test]
async fn a_pairwise_client_is_not_told_the_name_of_the_person() {
    let app = app().await;
    let tokens = tokens(&app).await;
    app.change_client("client", |client| client.subject_type = SubjectType::Pairwise).await;
    for token in [&tokens["access_token"], &tokens["refresh_token"]] {
        let body = introspect(&app, "client", token).await.ok();
        assert_eq!((body.get("username"), body.get("idp_sub"), &body["active"]), (None, None, &json!(true)));
    }
}

#[tokio::test]
async fn a_clients_own_token_names_no_person() {
    let app = app().await;
    let token = machine_token(&app, "stranger").await;
    let body = about(&app, &token).basic("stranger", SECRET).await.ok();
    assert_eq!((&body["sub"], &body["client_id"]), (&json!("stranger"), &json!("stranger")));
    assert_eq!((body.get("username"), body.get("idp")), (None, None));
}

#[tokio::test]
async fn who_may_not_know_learns_nothing() {
    let app = app().await;
    let tokens = tokens(&app).await;
    assert_eq!(introspect(&app, "stranger", &tokens["access_token"]).await.ok(), inactive());
    assert_eq!(introspect(&app, "gateway", &tokens["access_token"]).await.ok()["active"], true);
    // A refresh token is for its client and this server alone.
    assert_eq!(introspect(&app, "gateway", &tokens["refresh_token"]).await.ok(), inactive());
    insta::assert_json_snapshot!(introspect(&app, "client", &tokens["refresh_token"]).await.ok(), @r#"
    {
      "active": true,
      "client_id": "client",
      "exp": 1802592000,
      "idp": "sandbox",
      "iss": "https://localhost:8443/default/default",
      "scope": "openid email offline_access",
      "server_id": "default",
      "sub": "subject-of-user",
      "tenant_id": "default",
      "username": "user"
    }
    "#);
}

#[tokio::test]
async fn a_resource_server_may_know_about_tokens_meant_for_it() {
    let app = app().await;
    let audience = vec!["client_id".to_owned(), "stranger".to_owned()];
    app.change_client("client", |client| client.audience = audience).await;
    let tokens = tokens(&app).await;
    assert_eq!(introspect(&app, "stranger", &tokens["access_token"]).await.ok()["active"], true);
}

#[tokio::test]
async fn a_token_with_the_scope_may_ask_about_any() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let token = tokens["access_token"].as_str().unwrap();
    let bearer = machine_token(&app, "gateway").await;
    assert_eq!(about(&app, token).bearer(&bearer).await.ok()["active"], true);
    let without = machine_token(&app, "stranger").await;
    insta::assert_snapshot!(about(&app, token).bearer(&without).await.refused(), @r#"
    403 insufficient_scope: The access token lacks the scope introspect_tokens.
    challenge: Bearer realm="oauth2", error="insufficient_scope", error_description="The access token lacks the scope introspect_tokens."
    reason: scope_missing
    expected: introspect_tokens
    client: stranger
    "#);
    insta::assert_snapshot!(about(&app, token).bearer("nonsense").await.refused(), @r#"
    401 invalid_token: The token is expired, revoked, malformed, or bound to another key.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The token is expired, revoked, malformed, or bound to another key."
    reason: access_token_unknown
    "#);
}

#[tokio::test]
async fn who_does_not_say_who_they_are_is_refused() {
    let app = app().await;
    insta::assert_snapshot!(about(&app, "x").await.reason(), @"401 invalid_client client_id_missing");
    insta::assert_snapshot!(about(&app, "x").basic("client", "wrong").await.reason(), @"401 invalid_client client_secret_wrong");
    let public = app.post(INTROSPECT).form(&[("token", "x"), ("client_id", "public")]).await;
    insta::assert_snapshot!(public.refused(), @r"
    401 invalid_client: A public client cannot introspect tokens.
    reason: introspection_by_public_client
    client: public
    ");
    let empty = app.post(INTROSPECT).basic("client", SECRET).form(&[]).await;
    insta::assert_snapshot!(empty.refused(), @r"
    400 invalid_request: The parameter token is missing.
    reason: missing_parameter
    expected: token
    client: client
    ");
}

#[tokio::test]
async fn what_is_no_live_token_is_not_active() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let access = tokens["access_token"].as_str().unwrap();
    let (body, signature) = access.rsplit_once('.').unwrap();
    let tampered = format!("{body}.{}", signature.chars().rev().collect::<String>());
    for token in ["nonsense", "a.b.c", "..", &tampered, tokens["id_token"].as_str().unwrap()] {
        assert_eq!(about(&app, token).basic("gateway", SECRET).await.ok(), inactive(), "{token}");
    }
    app.advance(3599);
    assert_eq!(introspect(&app, "client", &tokens["access_token"]).await.ok()["active"], true);
    app.advance(1);
    assert_eq!(introspect(&app, "client", &tokens["access_token"]).await.ok(), inactive());
}

#[tokio::test]
async fn a_token_of_another_workspace_is_not_active() {
    let app = app().await;
    let form = [("grant_type", "client_credentials")];
    let client =
        json!({"client_id": "elsewhere", "client_secret": SECRET, "grant_types": ["client_credentials"]});
    app.add_client_in("default", "developer", client).await;
    let answer = app.post("/default/developer/oauth2/token").basic("elsewhere", SECRET).form(&form).await;
    let token = answer.ok()["access_token"].take();
    assert_eq!(introspect(&app, "gateway", &token).await.ok(), inactive());
}

#[tokio::test]
async fn tokens_end_with_their_client() {
    let app = app().await;
    let tokens = tokens(&app).await;
    app.change_client("client", |client| client.client_status = ClientStatus::Inactive).await;
    assert_eq!(introspect(&app, "gateway", &tokens["access_token"]).await.ok(), inactive());
    app.change_client("client", |client| client.client_status = ClientStatus::Active).await;
    assert_eq!(introspect(&app, "gateway", &tokens["access_token"]).await.ok()["active"], true);
    app.store().delete::<symbolon_store::entity::Client>("client", None).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_eq!(introspect(&app, "gateway", &tokens["access_token"]).await.ok(), inactive());
}

#[tokio::test]
async fn the_client_of_a_bound_token_must_hold_its_certificate() {
    let app = app().await;
    app.change_client("client", |client| client.tls_client_certificate_bound_access_tokens = true).await;
    let (own, other) = (TestCertificate::self_signed("CN=own"), TestCertificate::self_signed("CN=other"));
    let form = [("grant_type", "client_credentials")];
    let body = app.post(TOKEN).basic("client", SECRET).form(&form).certificate(&own).await.ok();
    let token = body["access_token"].as_str().unwrap();
    let as_client = || about(&app, token).basic("client", SECRET);
    assert_eq!(as_client().await.ok(), inactive());
    assert_eq!(as_client().certificate(&other).await.ok(), inactive());
    assert_eq!(as_client().certificate(&own).await.ok()["cnf"], json!({"x5t#S256": own.thumbprint()}));
    // A resource server has its own connection, and compares the thumbprint itself.
    let gateway = about(&app, token).basic("gateway", SECRET).await.ok();
    assert_eq!(gateway["cnf"], json!({"x5t#S256": own.thumbprint()}));
}

#[tokio::test]
async fn a_bound_token_asks_only_with_its_certificate() {
    let app = app().await;
    app.change_client("gateway", |client| client.tls_client_certificate_bound_access_tokens = true).await;
    let own = TestCertificate::self_signed("CN=own");
    let form = [("grant_type", "client_credentials")];
    let body = app.post(TOKEN).basic("gateway", SECRET).form(&form).certificate(&own).await.ok();
    let bearer = body["access_token"].as_str().unwrap();
    let refused = about(&app, "x").bearer(bearer).await.refused().replace(&own.thumbprint(), "…");
    insta::assert_snapshot!(refused, @r#"
    401 invalid_token: The access token is bound to a client certificate, which this connection did not present.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The access token is bound to a client certificate, which this connection did not present."
    reason: access_token_certificate_mismatch
    expected: the certificate with x5t#S256 …
    got: no certificate
    "#);
    assert_eq!(about(&app, "x").bearer(bearer).certificate(&own).await.ok(), inactive());
}
