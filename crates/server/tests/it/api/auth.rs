//! Who may call.

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::json;

use super::Console;
use super::console::token;
use crate::harness::{SECRET, TestApp, TestAuthority};

const CLIENTS: &str = "/api/admin/default/servers/default/clients";

#[tokio::test]
async fn without_a_token_the_challenge_names_no_error() {
    let console = Console::new().await;
    let answer = console.app.get(CLIENTS).await;
    assert_eq!(
        answer.fault(),
        "401 unauthorized: The request needs an access token in the Authorization header."
    );
    assert_eq!(
        answer.header(WWW_AUTHENTICATE),
        "Bearer realm=\"admin\", resource_metadata=\"https://localhost:8443/.well-known/oauth-protected-resource/api/admin/default\""
    );
}

#[tokio::test]
async fn a_bad_token_is_no_token() {
    let console = Console::new().await;
    let (head, tail) = console.view.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", tail.replace(|c: char| c.is_ascii_lowercase(), "A"));
    for token in ["x", "a.b.c", &forged, head] {
        let answer = console.app.get(CLIENTS).bearer(token).await;
        assert_eq!(answer.status, 401, "{token}");
        assert!(answer.header(WWW_AUTHENTICATE).contains("error=\"invalid_token\""), "{token}");
    }
    let answer = console.app.get(CLIENTS).header(AUTHORIZATION, "Basic YTpi").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_token_in_the_query_counts_for_nothing() {
    let console = Console::new().await;
    let answer = console.app.get(&format!("{CLIENTS}?access_token={}", console.view)).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let console = Console::new().await;
    assert_eq!(console.app.get(CLIENTS).bearer(&console.view).await.status, 200);
    console.app.advance(3600);
    let answer = console.app.get(CLIENTS).bearer(&console.view).await;
    assert_eq!(answer.status, 401);
    assert!(answer.refusal.as_ref().unwrap().got.as_ref().unwrap().contains("access_token_expired"));
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let console = Console::new().await;
    let form = [("token", console.view.as_str())];
    let revoked = console
        .app
        .post("/default/admin/oauth2/revoke")
        .basic("console-admin-view_tenant", SECRET)
        .form(&form)
        .await;
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    assert_eq!(console.app.get(CLIENTS).bearer(&console.view).await.status, 401);
}

#[tokio::test]
async fn a_deleted_client_has_no_tokens_left() {
    let console = Console::new().await;
    assert_eq!(console.delete("/clients/console-admin-view_tenant").await.status, 204);
    assert_eq!(console.app.get(CLIENTS).bearer(&console.view).await.status, 401);
}

#[tokio::test]
async fn reading_is_not_writing() {
    let console = Console::new().await;
    let answer = console.app.post("/api/admin/default/clients").bearer(&console.view).json(&json!({})).await;
    assert_eq!(
        answer.fault(),
        "403 forbidden: The access token lacks the scope manage_tenant.\nscope: manage_tenant"
    );
    let challenge = answer.header(WWW_AUTHENTICATE);
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"manage_tenant\"")
    );
}

#[tokio::test]
async fn the_token_of_another_workspace_is_no_token() {
    let console = Console::new().await;
    let other = token(&console.app, "default", "default", "openid").await;
    let answer = console.app.get(CLIENTS).bearer(&other).await;
    assert_eq!(answer.fault(), "401 unauthorized: The access token must be issued by the workspace admin.");
}

#[tokio::test]
async fn the_token_of_another_tenant_finds_nothing() {
    let console = Console::new().await;
    console.app.add_tenant("acme").await;
    let other = token(&console.app, "acme", "admin", "manage_tenant").await;
    assert_eq!(console.app.get("/api/admin/acme/servers/default/clients").bearer(&other).await.status, 200);
    let answer = console.app.get(CLIENTS).bearer(&other).await;
    assert_eq!(answer.fault(), "404 not_found: There is no tenant default.");
    // A tenant that is not there looks the same.
    let answer = console.app.get("/api/admin/nowhere/servers/default/clients").bearer(&other).await;
    assert_eq!(answer.fault(), "404 not_found: There is no tenant nowhere.");
}

#[tokio::test]
async fn a_bound_token_needs_its_certificate() {
    let app = TestApp::new().await;
    let authority = TestAuthority::new("CN=Demo CA");
    let (own, other) = (authority.client("CN=admin"), authority.client("CN=other"));
    let client = json!({
        "client_id": "bound", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["view_tenant"], "tls_client_certificate_bound_access_tokens": true,
    });
    app.add_client_in("default", "admin", client).await;
    let form = [("grant_type", "client_credentials")];
    let answer =
        app.post("/default/admin/oauth2/token").basic("bound", SECRET).certificate(&own).form(&form).await;
    let token = answer.ok()["access_token"].as_str().unwrap().to_owned();

    assert_eq!(app.get(CLIENTS).bearer(&token).certificate(&own).await.status, 200);
    assert_eq!(app.get(CLIENTS).bearer(&token).certificate(&other).await.status, 401);
    assert_eq!(app.get(CLIENTS).bearer(&token).await.status, 401);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_refused_in_the_same_form() {
    let console = Console::new().await;
    assert_eq!(console.get("/nothing").await.fault(), "404 not_found: There is nothing at this path.");
    let answer = console.request("PATCH", "/clients/c").await;
    assert_eq!(answer.fault(), "405 method_not_allowed: This path does not answer PATCH.");
}
