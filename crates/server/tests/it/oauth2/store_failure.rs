//! What clients are told while the store cannot do its work: never a definite answer that it did not give.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::{Request, SECRET, TOKEN, TestApp, TestCode};

const CALLBACK: &str = "https://example.com/callback";

/// A server, and its database in the hands of another program.
async fn app(folder: &tempfile::TempDir) -> (TestApp, Connection) {
    let app = TestApp::in_folder(folder.path()).await;
    app.add_client(json!({
        "client_id": "client", "client_secret": SECRET, "scopes": ["openid", "offline_access"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "redirect_uris": [CALLBACK],
    }))
    .await;
    app.add_code(TestCode { scope: "openid offline_access", ..TestCode::default() }).await;
    (app, Connection::open(folder.path().join("symbolon.db")).unwrap())
}

fn redeem(app: &TestApp) -> Request<'_> {
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("client", SECRET).form(&form)
}

fn refresh<'a>(app: &'a TestApp, tokens: &Value) -> Request<'a> {
    let token = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    app.post(TOKEN).basic("client", SECRET).form(&form)
}

fn about<'a>(app: &'a TestApp, endpoint: &str, token: &Value) -> Request<'a> {
    let path = format!("/default/default/oauth2/{endpoint}");
    app.post(&path).basic("client", SECRET).form(&[("token", token.as_str().unwrap())])
}

#[tokio::test]
async fn a_locked_database_spends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (app, other) = app(&folder).await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    insta::assert_snapshot!(redeem(&app).await.refused(), @r"
    503 temporarily_unavailable: The service cannot answer at the moment. Try again.
    reason: store_unavailable
    detail: the store is away: database is locked
    client: client
    ");
    other.execute_batch("ROLLBACK").unwrap();
    let tokens = redeem(&app).await.ok();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    insta::assert_snapshot!(refresh(&app, &tokens).await.reason(), @"503 temporarily_unavailable store_unavailable");
    other.execute_batch("ROLLBACK").unwrap();
    refresh(&app, &tokens).await.ok();
}

#[tokio::test]
async fn a_revocation_that_was_not_kept_is_not_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let (app, other) = app(&folder).await;
    let tokens = redeem(&app).await.ok();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    insta::assert_snapshot!(about(&app, "revoke", &tokens["access_token"]).await.reason(), @"503 temporarily_unavailable store_unavailable");
    insta::assert_snapshot!(about(&app, "revoke", &tokens["refresh_token"]).await.reason(), @"503 temporarily_unavailable store_unavailable");
    // A second use of the code is refused without an answer about it, as its grant could not be ended.
    insta::assert_snapshot!(redeem(&app).await.reason(), @"503 temporarily_unavailable store_unavailable");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(about(&app, "introspect", &tokens["access_token"]).await.ok()["active"], true);
    assert_eq!(about(&app, "revoke", &tokens["refresh_token"]).await.status, 200);
    assert_eq!(about(&app, "introspect", &tokens["access_token"]).await.ok()["active"], false);
}

#[tokio::test]
async fn a_token_that_cannot_be_looked_up_is_not_called_inactive() {
    let folder = tempfile::tempdir().unwrap();
    let (app, other) = app(&folder).await;
    let tokens = redeem(&app).await.ok();
    for table in ["revoked_tokens", "refresh_tokens"] {
        other.execute_batch(&format!("ALTER TABLE {table} RENAME TO away")).unwrap();
        let token = if table == "revoked_tokens" { "access_token" } else { "refresh_token" };
        let answer = about(&app, "introspect", &tokens[token]).await;
        assert_eq!((answer.status, answer.json().get("active")), (500, None), "{table}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.reason(), @"500 server_error store_error");
        }
        let bearer = tokens["access_token"].as_str().unwrap();
        let told = app.get("/default/default/userinfo").bearer(bearer).await.status;
        assert_eq!(told, if table == "revoked_tokens" { 500 } else { 200 });
        other.execute_batch(&format!("ALTER TABLE away RENAME TO {table}")).unwrap();
    }
    assert_eq!(about(&app, "introspect", &tokens["access_token"]).await.ok()["active"], true);
}

#[tokio::test]
async fn what_needs_no_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (app, other) = app(&folder).await;
    let form = [("grant_type", "client_credentials")];
    let request = || app.post(TOKEN).basic("client", SECRET).form(&form);
    request().await.ok();
    other.execute_batch("PRAGMA legacy_alter_table = on").unwrap();
    for table in ["clients", "workspaces", "scopes", "signing_keys"] {
        other.execute_batch(&format!("ALTER TABLE {table} RENAME TO away_{table}")).unwrap();
    }
    request().await.ok();
    app.get("/default/default/.well-known/jwks.json").await.ok();
    app.get("/default/default/.well-known/openid-configuration").await.ok();
    // What is not in memory cannot be told.
    let unknown = app.post(TOKEN).basic("unknown", SECRET).form(&form).await;
    insta::assert_snapshot!(unknown.reason(), @"500 server_error store_error");
}
