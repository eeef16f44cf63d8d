//! Initial access tokens, and certificates.

use serde_json::{Value, json};
use symbolon_store::entity::Client;
use symbolon_store::entity::server::{AdvancedConfiguration, InitialAccessTokenSettings};

use super::{REGISTER, configure, open, register, registered, text, with};
use crate::harness::{SECRET, TOKEN, TestApp, TestCertificate};

/// A server that asks for an initial access token, and one with these scopes.
async fn protected(scope: &str) -> (TestApp, String) {
    let app = open().await;
    configure(&app, |settings| {
        settings.initial_access_token = Some(InitialAccessTokenSettings { required: true });
    })
    .await;
    app.add_client(json!({
        "client_id": "registrar", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["dcr_register", "introspect_tokens"],
    }))
    .await;
    let token = initial_token(&app, scope).await;
    (app, token)
}

async fn initial_token(app: &TestApp, scope: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    text(&app.post(TOKEN).basic("registrar", SECRET).form(&form).await.ok(), "access_token").to_owned()
}

#[tokio::test]
async fn an_initial_access_token_registers_one_client() {
    let (app, token) = protected("dcr_register").await;
    let body = || with(json!({})).to_string();
    assert_eq!(register(&app, with(json!({}))).await.reason(), "401 invalid_token access_token_missing");
    // What is refused does not spend it.
    let refused = app.post(REGISTER).bearer(&token).body("application/json", "{}").await;
    assert_eq!(refused.status, 400);
    let first = app.post(REGISTER).bearer(&token).body("application/json", body()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let second = app.post(REGISTER).bearer(&token).body("application/json", body()).await;
    assert_eq!(second.reason(), "401 invalid_token access_token_revoked");
    let form = [("token", token.as_str())];
    let introspected =
        app.post("/default/default/oauth2/introspect").basic("registrar", SECRET).form(&form).await;
    assert_eq!(introspected.ok(), json!({"active": false}));
}

#[tokio::test]
async fn of_many_at_once_one_registers() {
    let (app, token) = protected("dcr_register").await;
    let tries = (0..20).map(|_| async {
        app.post(REGISTER).bearer(&token).body("application/json", with(json!({})).to_string()).await
    });
    let answers = futures_util::future::join_all(tries).await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 401)));
    assert_eq!(app.rows_of("registrations").await, 1);
}

#[tokio::test]
async fn other_tokens_do_not_register() {
    let (app, other_scope) = protected("introspect_tokens").await;
    let good = initial_token(&app, "dcr_register").await;
    let send = async |token: &str| {
        app.post(REGISTER).bearer(token).body("application/json", with(json!({})).to_string()).await.reason()
    };
    assert_eq!(send(&other_scope).await, "403 insufficient_scope scope_missing");
    assert_eq!(send("garbage").await, "401 invalid_token access_token_unknown");
    app.advance(3600);
    assert_eq!(send(&good).await, "401 invalid_token access_token_expired");
    // One that is brought although none is needed counts as well.
    configure(&app, |settings| settings.initial_access_token = None).await;
    assert_eq!(send("garbage").await, "401 invalid_token access_token_unknown");
}

#[tokio::test]
async fn a_token_of_another_workspace_does_not_register() {
    let (app, token) = protected("dcr_register").await;
    app.add_tenant("acme").await;
    let tenant = app.app.store.tenant("acme");
    let mut server = tenant.find::<symbolon_store::entity::Server>("default").await.unwrap().unwrap().value;
    server.dynamic_client_registration.get_or_insert_default().enabled = true;
    tenant.update(server, None, 0).await.unwrap();
    app.app.snapshots.invalidate("acme", "default");
    let request = app.post("/acme/default/oauth2/register").bearer(&token);
    let answer = request.body("application/json", with(json!({})).to_string()).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
}

#[tokio::test]
async fn a_client_with_an_approval_may_have_grants_without_people() {
    let (app, token) = protected("dcr_register").await;
    app.add_scopes("calendar", &["read"]).await;
    let body = json!({"grant_types": ["client_credentials"], "scope": "read"}).to_string();
    let answer = app.post(REGISTER).bearer(&token).body("application/json", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let client = answer.json();
    assert_eq!(client["response_types"], json!([]));
    let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
    let form = [("grant_type", "client_credentials")];
    assert_eq!(app.post(TOKEN).basic(id, secret).form(&form).await.ok()["scope"], "read");
    // It was vouched for: it stays without being used.
    app.app.store.sweep(app.app.clock.now().plus_seconds(90 * 86_400).millis(), 100).await.unwrap();
    assert!(app.store().find::<Client>(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_registration_is_bound_to_its_certificate_where_the_workspace_asks_for_it() {
    let app = open().await;
    configure(&app, |settings| settings.cert_bound_registration_token = true).await;
    assert_eq!(register(&app, with(json!({}))).await.reason(), "400 invalid_request certificate_missing");
    let (own, other) = (TestCertificate::self_signed("CN=own"), TestCertificate::self_signed("CN=other"));
    let request = app.post(REGISTER).certificate(&own).body("application/json", with(json!({})).to_string());
    let client = request.await.json();
    let token = text(&client, "registration_access_token");
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let mismatch = "401 invalid_token registration_certificate_mismatch";
    assert_eq!(app.get(&path).bearer(token).await.reason(), mismatch);
    assert_eq!(app.get(&path).bearer(token).certificate(&other).await.reason(), mismatch);
    assert_eq!(app.get(&path).bearer(token).certificate(&own).await.status, 200);
}

#[tokio::test]
async fn clients_with_certificates_get_bound_tokens_unless_the_workspace_says_otherwise() {
    let app = open().await;
    let more = json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "client.example.org"});
    let bound = "tls_client_certificate_bound_access_tokens";
    assert_eq!(registered(&app, more.clone()).await[bound], true);
    app.change_workspace(|server| {
        server.advanced = Some(AdvancedConfiguration {
            disable_dcr_client_certificate_bound_access_tokens: true,
            ..Default::default()
        });
    })
    .await;
    assert_eq!(registered(&app, more).await[bound], false);
}

/// The endpoint tells who has an account, and has people asked who began nothing: a stranger must not have it.
#[tokio::test]
async fn nobody_registers_for_backchannel_requests_without_an_approval() {
    const CIBA: &str = "urn:openid:params:grant-type:ciba";
    let app = open().await;
    app.change_workspace(|server| server.grant_types.push(CIBA.to_owned())).await;
    let answer = register(&app, with(json!({"grant_types": ["authorization_code", CIBA]}))).await;
    assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused");
    // Nor does who has registered for something else get it later.
    let client = registered(&app, json!({})).await;
    let mut changed = client.clone();
    changed["grant_types"] = json!(["authorization_code", CIBA]);
    changed
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !name.starts_with("registration_") && name != "dynamically_registered");
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let token = text(&client, "registration_access_token");
    let answer = app.request("PUT", &path).bearer(token).body("application/json", changed.to_string()).await;
    assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused");
    // With an approval they do.
    let (app, token) = protected("dcr_register").await;
    app.change_workspace(|server| server.grant_types.push(CIBA.to_owned())).await;
    let body = json!({"grant_types": [CIBA], "scope": "openid"}).to_string();
    let answer = app.post(REGISTER).bearer(&token).body("application/json", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// RFC 8693 §5: which tokens of others are meant for a client, an administrator says.
#[tokio::test]
async fn nobody_registers_for_tokens_of_others() {
    const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    let (app, token) = protected("dcr_register").await;
    app.change_workspace(|server| server.grant_types.push(EXCHANGE.to_owned())).await;
    let own = json!({"subject_audiences": ["client"], "actor_claims": ["amr"]});
    let body = json!({"grant_types": [EXCHANGE], "scope": "openid", "token_exchange": own}).to_string();
    let answer = app.post(REGISTER).bearer(&token).body("application/json", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let client = answer.json();
    assert_eq!(client["token_exchange"]["subject_audiences"], Value::Null);
    let id = text(&client, "client_id");
    let stored = || async { app.store().find::<Client>(id).await.unwrap().unwrap() };
    assert!(stored().await.token_exchange.as_ref().unwrap().subject_audiences.is_empty());
    // What an administrator has said of it stays, whatever the client says.
    let before = stored().await;
    let mut changed = before.value.clone();
    let exchange = changed.token_exchange.get_or_insert_default();
    exchange.subject_audiences = vec!["service".to_owned()];
    exchange.actor_token_required = true;
    app.store().update(changed, Some(before.version), crate::harness::NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let body = json!({
        "client_id": id, "grant_types": [EXCHANGE], "scope": "openid",
        "token_exchange": {"subject_audiences": ["client"], "actor_token_required": false},
    });
    let token = text(&client, "registration_access_token");
    let path = format!("{REGISTER}/{id}");
    let answer = app.request("PUT", &path).bearer(token).body("application/json", body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let exchange = stored().await.value.token_exchange.unwrap();
    assert_eq!(
        (exchange.subject_audiences, exchange.actor_token_required),
        (vec!["service".to_owned()], true)
    );
}

#[tokio::test]
async fn a_header_that_is_none_is_refused_and_breaks_nothing() {
    let (app, _) = protected("dcr_register").await;
    for header in
        ["", "Bearer", "Bearer ", "Bearer  ", "bearer\t", "Bearer a b", "Basic", "Basic !", "DPoP", "=", ","]
    {
        for (method, path) in [("POST", REGISTER.to_owned()), ("GET", format!("{REGISTER}/x"))] {
            let request = app.request(method, &path).header(http::header::AUTHORIZATION, header);
            let answer = request.body("application/json", with(json!({})).to_string()).await;
            assert!(matches!(answer.status, 400 | 401), "{method} {header:?}: {}", answer.status);
        }
    }
    assert_eq!(app.rows_of("registrations").await, 0);
}
