//! What the tokens of a request are for (RFC 8707).

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_server::oauth2::backchannel_authentication::notify;
use symbolon_store::entity::Service;
use symbolon_store::entity::server::AdvancedConfiguration;

use super::told::{TOLD, message, register};
use super::{ENDPOINT, GRANT, app_with, approve, ask, id_of};
use crate::harness::{NOW, Remote, SECRET, Signer, TOKEN, TestApp, decode};

const TOOLS: &str = "https://tools.example/mcp";
const OTHERS: &str = "spiffe://localhost/default/default/payments";

/// `bank` may have scopes of two services, of which one has an address.
async fn server(settings: &[(&str, &str)]) -> TestApp {
    let app = app_with(settings).await;
    app.add_scopes("tools", &["tools:call"]).await;
    app.add_scopes("payments", &["pay"]).await;
    let mut tools = app.store().find::<Service>("tools").await.unwrap().unwrap().value;
    tools.custom_audience = Some(TOOLS.to_owned());
    app.store().update(tools, None, NOW.millis()).await.unwrap();
    app.change_client("bank", |client| client.scopes.extend(["tools:call".to_owned(), "pay".to_owned()]))
        .await;
    app
}

async fn require_resources(app: &TestApp) {
    let advanced = AdvancedConfiguration { require_resource_indicators: true, ..Default::default() };
    app.change_workspace(|server| server.advanced = Some(advanced)).await;
}

const SCOPE: (&str, &str) = ("scope", "openid offline_access tools:call pay");

#[track_caller]
fn target(tokens: &Value) -> (Value, Value) {
    (decode(tokens["access_token"].as_str().unwrap()).1["aud"].clone(), tokens["scope"].clone())
}

#[tokio::test]
async fn what_is_no_resource_here_is_refused() {
    let app = server(&[]).await;
    for (resource, expected) in [
        ("not a uri", "400 invalid_target resource_malformed"),
        ("https://tools.example/mcp#part", "400 invalid_target resource_malformed"),
        ("https://evil.example/", "400 invalid_target resource_unknown"),
        ("https://tools.example/mcp/", "400 invalid_target resource_unknown"),
    ] {
        assert_eq!(ask(&app, &[SCOPE, ("resource", resource)]).await.reason(), expected, "{resource}");
    }
    let form = [SCOPE, ("login_hint", "user"), ("resource", TOOLS), ("resource", "https://evil.example/")];
    let answer = app.post(ENDPOINT).basic("bank", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_unknown", "each of them");
}

#[tokio::test]
async fn tokens_are_for_what_was_asked_for_and_may_narrow_never_widen() {
    let app = server(&[]).await;
    let form = [SCOPE, ("login_hint", "user"), ("resource", TOOLS), ("resource", OTHERS)];
    let id = id_of(&app.post(ENDPOINT).basic("bank", SECRET).form(&form).await);
    approve(&app).await;
    let form = [("grant_type", GRANT), ("auth_req_id", &*id), ("resource", TOOLS)];
    let tokens = app.post(TOKEN).basic("bank", SECRET).form(&form).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("openid offline_access tools:call")));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let wider = ("resource", "https://localhost:8443/default/default/userinfo");
    let answer = app.post(TOKEN).basic("bank", SECRET).form(&[form[0], form[1], wider]).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_not_granted");
    let tokens = app.post(TOKEN).basic("bank", SECRET).form(&form).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS, OTHERS]), json!("openid offline_access tools:call pay")));
}

#[tokio::test]
async fn a_poll_without_a_resource_gets_a_token_for_the_granted_one() {
    let app = server(&[]).await;
    let id = id_of(&ask(&app, &[SCOPE, ("resource", TOOLS)]).await);
    approve(&app).await;
    let form = [("grant_type", GRANT), ("auth_req_id", &*id), ("resource", OTHERS)];
    let answer = app.post(TOKEN).basic("bank", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_not_granted");
    let tokens = app.post(TOKEN).basic("bank", SECRET).form(&form[..2]).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("openid offline_access tools:call")));
}

#[tokio::test]
async fn pushed_tokens_are_for_the_resource_alone() {
    let remote = Remote::start("").await;
    let app = server(&remote.settings()).await;
    register(&app, "push", &remote.url).await;
    app.change_workspace(|server| server.backchannel_token_delivery_modes_supported.push("push".to_owned()))
        .await;
    require_resources(&app).await;
    remote.answer("204 No Content");
    assert_eq!(ask(&app, &[TOLD, SCOPE]).await.reason(), "400 invalid_target resource_missing");
    ask(&app, &[TOLD, SCOPE, ("resource", TOOLS)]).await.ok();
    approve(&app).await;
    notify::run_once(&app.app).await;
    let tokens = message(&remote);
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("openid offline_access tools:call")));
}

/// A workspace that begins to require resources while a request waits: no token for everything leaves it.
#[tokio::test]
async fn nothing_is_pushed_without_a_resource_where_one_has_become_required() {
    let remote = Remote::start("").await;
    let app = server(&remote.settings()).await;
    register(&app, "push", &remote.url).await;
    app.change_workspace(|server| server.backchannel_token_delivery_modes_supported.push("push".to_owned()))
        .await;
    ask(&app, &[TOLD, SCOPE]).await.ok();
    require_resources(&app).await;
    approve(&app).await;
    notify::run_once(&app.app).await;
    assert_eq!(remote.asked(), 0);
    assert_eq!(app.rows_of("refresh_tokens").await, 0);
}

#[tokio::test]
async fn where_resources_are_required_a_request_names_one() {
    let app = server(&[]).await;
    require_resources(&app).await;
    assert_eq!(ask(&app, &[SCOPE]).await.reason(), "400 invalid_target resource_missing");
    ask(&app, &[SCOPE, ("resource", TOOLS)]).await.ok();
}

/// CIBA §7.1.1: all parameters are in the signed request; several resources are a list there.
#[tokio::test]
async fn a_signed_request_names_its_resources() {
    let app = server(&[]).await;
    let signer = Signer::new(Algorithm::ES256, "key");
    let jwks = Signer::jwks(&[&signer]);
    app.change_client("bank", |client| client.jwks = Some(jwks)).await;
    let request = |jti: &str, resource: Value| {
        let now = NOW.seconds();
        signer.sign_as(
            "JWT",
            &json!({
                "iss": "bank", "aud": "https://localhost:8443/default/default", "jti": jti, "iat": now, "nbf": now,
                "exp": now + 300, "scope": SCOPE.1, "login_hint": "user", "resource": resource,
            }),
        )
    };
    let send = |request: String, more: Option<(&'static str, &'static str)>| {
        let mut form = vec![("request".to_owned(), request)];
        form.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.post(ENDPOINT).basic("bank", SECRET).form(&form)
    };
    for wrong in [json!(1), json!([TOOLS, 1]), json!({"a": TOOLS})] {
        let answer = send(request("wrong", wrong), None).await;
        assert_eq!(answer.reason(), "400 invalid_request parameter_malformed");
    }
    let answer = send(request("unknown", json!([TOOLS, "https://evil.example/"])), None).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_unknown");
    let answer = send(request("beside", json!(TOOLS)), Some(("resource", OTHERS))).await;
    assert_eq!(answer.reason(), "400 invalid_request parameter_beside_request");
    let id = id_of(&send(request("good", json!([TOOLS])), None).await);
    approve(&app).await;
    let form = [("grant_type", GRANT), ("auth_req_id", &*id)];
    let tokens = app.post(TOKEN).basic("bank", SECRET).form(&form).await.ok();
    assert_eq!(target(&tokens).0, json!([TOOLS]));
}
