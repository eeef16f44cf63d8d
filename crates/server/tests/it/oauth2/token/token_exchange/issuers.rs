//! Tokens of others: of another workspace, and of a trusted issuer.

use serde_json::json;

use super::{access, app, exchange, is_active};
use crate::harness::{NOW, SECRET, TestIssuer, decode};

#[tokio::test]
async fn tokens_of_another_workspace_count_where_it_is_trusted_and_of_another_tenant_never() {
    let app = app().await;
    app.add_tenant("elsewhere").await;
    let foreign = json!({
        "client_id": "machine", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["email"], "audience": ["backend"],
    });
    let form = [("grant_type", "client_credentials"), ("scope", "email")];
    let mut tokens = Vec::new();
    for (tenant, workspace) in
        [("default", "developer"), ("elsewhere", "default"), ("elsewhere", "developer")]
    {
        let mut client = foreign.clone();
        client["client_id"] = json!(format!("machine-{tenant}-{workspace}"));
        app.add_client_in(tenant, workspace, client).await;
        let path = format!("/{tenant}/{workspace}/oauth2/token");
        let id = format!("machine-{tenant}-{workspace}");
        tokens.push(access(&app.post(&path).basic(&id, SECRET).form(&form).await.ok()).to_owned());
    }
    for token in &tokens {
        let answer = exchange(&app, "backend", token, &[]).await;
        assert_eq!(answer.reason(), "400 invalid_request token_issuer_not_trusted");
    }
    app.change_workspace(|server| server.trusted_workspaces = vec!["developer".to_owned()]).await;
    let body = exchange(&app, "backend", &tokens[0], &[]).await.ok();
    let (_, new) = decode(access(&body));
    assert_eq!((&new["sub"], &new["client_id"]), (&json!("machine-default-developer"), &json!("backend")));
    assert!(is_active(&app, "backend", access(&body)).await);
    for token in &tokens[1..] {
        let answer = exchange(&app, "backend", token, &[]).await;
        assert_eq!(answer.reason(), "400 invalid_request token_issuer_not_trusted");
    }
}

#[tokio::test]
async fn a_jwt_of_a_trusted_issuer_is_exchanged() {
    let app = app().await;
    let issuer = TestIssuer::new("https://idp.example.com");
    let token = issuer.sign_as("at+jwt", json!({"scope": "mail.send openid", "act": {"sub": "gateway"}}));
    insta::assert_snapshot!(exchange(&app, "backend", &token, &[]).await.reason(), @"400 invalid_request token_issuer_not_trusted");
    app.trust_issuer(&issuer, json!({"token_exchange": true, "scopes": ["mail.read"]})).await;
    let body = exchange(&app, "backend", &token, &[]).await.ok();
    let (_, new) = decode(access(&body));
    // Its scopes are its own words: what it may give here is configured here.
    assert_eq!((&body["scope"], &new["idp"]), (&json!("mail.read"), &json!("https://idp.example.com")));
    assert_eq!((&new["act"], &new["exp"]), (&json!({"sub": "gateway"}), &json!(NOW.seconds() + 300)));
    assert_ne!(new["sub"], "mike@example.com");
    // The same again: unlike an assertion, a token may be shown more than once.
    exchange(&app, "backend", &token, &[]).await.ok();
    for (token, reason) in [
        (issuer.sign(json!({"aud": "https://api.example.com"})), "jwt_for_somebody_else"),
        (issuer.sign(json!({"exp": NOW.seconds() - 60})), "jwt_expired"),
        (issuer.sign(json!({"cnf": {"jwe": "x"}})), "token_binding_not_checked"),
        (issuer.sign(json!({"cnf": {"jkt": null}})), "token_binding_not_checked"),
        // Good a moment ago, and by the leeway: what is issued for it could not live.
        (issuer.sign(json!({"exp": NOW.seconds() - 10})), "token_expired"),
        (issuer.sign(json!({"cnf": {"jkt": "x"}})), "token_key_mismatch"),
        (issuer.sign(json!({"cnf": {"x5t#S256": "x"}})), "token_certificate_mismatch"),
        (TestIssuer::new("https://idp.example.com").sign(json!({})), "jwt_signature_wrong"),
        // One that says it is ours is judged by the keys of the issuer it names, and is none of ours.
        (
            TestIssuer::new("https://evil.example.com").sign(json!({"tid": "default", "aid": "default"})),
            "access_token_not_ours",
        ),
    ] {
        assert_eq!(
            exchange(&app, "backend", &token, &[]).await.reason(),
            format!("400 invalid_request {reason}")
        );
    }
    app.change_workspace(|server| server.trusted_issuers[0].token_exchange = false).await;
    insta::assert_snapshot!(exchange(&app, "backend", &token, &[]).await.reason(), @"400 invalid_request token_issuer_not_trusted");
}
