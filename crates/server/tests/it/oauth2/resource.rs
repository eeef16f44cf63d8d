//! Resource indicators (RFC 8707)

use serde_json::{Value, json};
use symbolon_store::entity::Service;

use crate::harness::{
    Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, TestCode, decode, request_with,
};

const PAYMENTS: &str = "https://payments.example/api";
const USERINFO: &str = "/default/default/userinfo";
const ACCOUNTS: &str = "spiffe://localhost/default/default/accounts";

/// Two services, one of which has an address of its own, and a client for both.
async fn server() -> TestApp {
    let server = TestApp::with_people().await;
    server.add_scopes("payments", &["pay"]).await;
    server.add_scopes("accounts", &["read"]).await;
    let mut payments = server.store().find::<Service>("payments").await.unwrap().unwrap().value;
    payments.custom_audience = Some(PAYMENTS.to_owned());
    server.store().update(payments, None, NOW.millis()).await.unwrap();
    server
        .change_client("client", |client| {
            client.scopes.extend(["pay".to_owned(), "read".to_owned()]);
            client.grant_types.push("client_credentials".to_owned());
        })
        .await;
    server
}

async fn own_token(server: &TestApp, resources: &[&str]) -> Answer {
    let mut form = vec![("grant_type", "client_credentials"), ("scope", "pay read")];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    server.post(TOKEN).basic("client", SECRET).form(&form).await
}

async fn redeem(server: &TestApp, code: &str, resources: &[&str]) -> Answer {
    let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    server.post(TOKEN).basic("client", SECRET).form(&form).await
}

fn audience(body: &Value) -> Value {
    decode(body["access_token"].as_str().unwrap()).1["aud"].clone()
}

#[tokio::test]
async fn a_token_is_for_the_resources_asked_for() {
    let server = server().await;
    let body = own_token(&server, &[PAYMENTS]).await.ok();
    assert_eq!((audience(&body), &body["scope"]), (json!([PAYMENTS]), &json!("pay")));
    let body = own_token(&server, &[ACCOUNTS, PAYMENTS, ACCOUNTS]).await.ok();
    assert_eq!((audience(&body), &body["scope"]), (json!([ACCOUNTS, PAYMENTS]), &json!("pay read")));
    let body = own_token(&server, &[]).await.ok();
    assert_eq!(audience(&body), json!(["client", PAYMENTS, ACCOUNTS]));
}

#[tokio::test]
async fn only_what_is_registered_is_a_target() {
    let server = server().await;
    insta::assert_snapshot!(own_token(&server, &["https://evil.example/"]).await.refused(), @r"
    400 invalid_target: A resource is not known to this authorization server.
    reason: resource_unknown
    expected: the audience of a service of the workspace, or of the client
    got: https://evil.example/
    client: client
    ");
    for malformed in ["payments", "/api", "https://payments.example/api#part", "#"] {
        assert_eq!(
            own_token(&server, &[malformed]).await.reason(),
            "400 invalid_target resource_malformed",
            "{malformed}"
        );
    }
    // Letter by letter: no part of an address, and nothing below it.
    for near in
        ["https://payments.example", "https://payments.example/api/", "https://payments.example/api/x"]
    {
        assert_eq!(
            own_token(&server, &[PAYMENTS, near]).await.reason(),
            "400 invalid_target resource_unknown",
            "{near}"
        );
    }
    // A service of another workspace is none of this one.
    let other = "spiffe://localhost/default/admin/accounts";
    assert_eq!(own_token(&server, &[other]).await.reason(), "400 invalid_target resource_unknown");
}

#[tokio::test]
async fn an_audience_of_the_client_is_a_target_too() {
    let server = server().await;
    server.change_client("client", |client| client.audience = vec!["https://mcp.example".to_owned()]).await;
    let body = own_token(&server, &["https://mcp.example"]).await.ok();
    assert_eq!(audience(&body), json!(["https://mcp.example"]));
    assert_eq!(body["scope"], "");
}

#[tokio::test]
async fn an_authorization_request_says_where_its_tokens_are_used() {
    let server = server().await;
    let browser = Browser::new(&server);
    let asked = request_with("openid pay read", &[("resource", PAYMENTS)]);
    let code = browser.sign_in(&asked, "user").await.code();
    let answer = redeem(&server, &code, &[ACCOUNTS]).await;
    insta::assert_snapshot!(answer.reason(), @"400 invalid_target resource_not_granted");
    let body = redeem(&server, &code, &[]).await.ok();
    assert_eq!((audience(&body), &body["scope"]), (json!([PAYMENTS]), &json!("openid pay")));
    assert!(body["id_token"].is_string());
}

#[tokio::test]
async fn an_unknown_target_goes_back_to_the_client() {
    let server = server().await;
    let browser = Browser::new(&server);
    let answer = browser.get(&request_with("openid", &[("resource", "https://evil.example/")])).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header(http::header::LOCATION).contains("error=invalid_target"));
}

#[tokio::test]
async fn a_refresh_may_narrow_and_never_widen() {
    let server = server().await;
    server
        .add_code(TestCode {
            scope: "openid pay read offline_access",
            resources: vec![PAYMENTS],
            ..TestCode::default()
        })
        .await;
    let first = redeem(&server, "the-code", &[PAYMENTS]).await.ok();
    let refresh = async |token: &Value, resource: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str().unwrap()),
            ("resource", resource),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let answer = refresh(&first["refresh_token"], ACCOUNTS).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_not_granted");
    let second = refresh(&first["refresh_token"], PAYMENTS).await.ok();
    assert_eq!(audience(&second), json!([PAYMENTS]));
}

#[tokio::test]
async fn without_resources_at_first_each_token_may_have_its_own() {
    let server = server().await;
    server.add_code(TestCode { scope: "pay read offline_access", ..TestCode::default() }).await;
    let first = redeem(&server, "the-code", &[PAYMENTS]).await.ok();
    assert_eq!(audience(&first), json!([PAYMENTS]));
    let token = first["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("resource", ACCOUNTS)];
    let second = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!((audience(&second), &second["scope"]), (json!([ACCOUNTS]), &json!("read offline_access")));
}

/// Whoever serves a resource holds tokens for it: those tell nothing about the person at userinfo (RFC 9068 §4).
#[tokio::test]
async fn a_token_for_another_resource_is_of_no_use_at_userinfo() {
    let server = server().await;
    let browser = Browser::new(&server);
    let asked = request_with("openid email pay offline_access", &[]);
    let code = browser.sign_in(&asked, "user").await.code();
    let narrow = redeem(&server, &code, &[PAYMENTS]).await.ok();
    let about = async |token: &Value| server.get(USERINFO).bearer(token.as_str().unwrap()).await;
    let answer = about(&narrow["access_token"]).await;
    assert_eq!(answer.reason(), "401 invalid_token access_token_for_another_resource");
    assert_eq!(answer.record().got.as_deref(), Some(PAYMENTS));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", narrow["refresh_token"].as_str().unwrap()),
        ("resource", "https://localhost:8443/default/default/userinfo"),
    ];
    let own = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(about(&own["access_token"]).await.ok()["email"], "user@example.com");

    // Without a resource a token is for everything, under whatever name of this server it was asked for.
    let code = browser.sign_in(&asked, "user").await.code();
    let whole = redeem(&server, &code, &[]).await.ok();
    assert_eq!(about(&whole["access_token"]).await.ok()["email"], "user@example.com");
}

/// RFC 3986 §6.2.2.1, §6.2.3: what the scheme has equivalent is one resource, and `aud` says it as it is registered.
#[tokio::test]
async fn one_address_is_one_resource_however_it_is_spelled() {
    let server = server().await;
    let mut payments = server.store().find::<Service>("payments").await.unwrap().unwrap().value;
    payments.custom_audience = Some("https://mcp.example".to_owned());
    server.store().update(payments, None, NOW.millis()).await.unwrap();
    server.change_client("client", |client| client.audience = vec!["urn:example:Agent".to_owned()]).await;
    for spelled in
        ["https://mcp.example", "https://mcp.example/", "https://MCP.example", "HTTPS://mcp.example:443/"]
    {
        let body = own_token(&server, &[spelled, "https://mcp.example"]).await.ok();
        assert_eq!(
            (audience(&body), &body["scope"]),
            (json!(["https://mcp.example"]), &json!("pay")),
            "{spelled}"
        );
    }
    for other in [
        "http://mcp.example",
        "https://mcp.example:8443",
        "https://mcp.example//",
        "https://mcp.example/?",
        "https://mcp.example/mcp",
        "https://user@mcp.example",
        "https://mcp.example.",
        "urn:example:agent",
        "spiffe://LOCALHOST/default/default/accounts",
    ] {
        assert_eq!(
            own_token(&server, &[other]).await.reason(),
            "400 invalid_target resource_unknown",
            "{other}"
        );
    }
}

/// What was granted under one spelling is asked for under another, at the code and at the refresh.
#[tokio::test]
async fn a_grant_knows_its_resource_under_each_spelling() {
    let server = server().await;
    let mut payments = server.store().find::<Service>("payments").await.unwrap().unwrap().value;
    payments.custom_audience = Some("https://mcp.example".to_owned());
    server.store().update(payments, None, NOW.millis()).await.unwrap();
    let browser = Browser::new(&server);
    server.change_client("client", |client| client.scopes.push("offline_access".to_owned())).await;
    let asked = request_with("openid pay read offline_access", &[("resource", "https://MCP.example/")]);
    let code = browser.sign_in(&asked, "user").await.code();
    let first = redeem(&server, &code, &["https://mcp.example:443"]).await.ok();
    assert_eq!(audience(&first), json!(["https://mcp.example"]));
    let token = first["refresh_token"].as_str().unwrap();
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", token), ("resource", "https://mcp.example/")];
    let second = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(audience(&second), json!(["https://mcp.example"]));
}
