//! For whom a token is that is issued in exchange.

use serde_json::{Value, json};
use symbolon_store::entity::lenient;

use super::{EXCHANGE, SERVICE, access, app, exchange, tokens};
use crate::harness::{CALLBACK, SECRET, TOKEN, TestApp, TestCode, decode};

const OPENID: &str = "spiffe://localhost/default/default/default-openid";

fn audience(body: &Value) -> Value {
    decode(access(body)).1["aud"].clone()
}

async fn audiences_of(app: &TestApp, client: &str, audiences: &[&str]) {
    let audiences = audiences.iter().map(|&name| name.to_owned()).collect();
    app.change_client(client, |client| client.audience = audiences).await;
}

#[tokio::test]
async fn no_scope_and_no_audience_is_won() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let wider = exchange(&app, "backend", access(&tokens), &[("scope", "mail.read mail.send")]).await;
    insta::assert_snapshot!(wider.reason(), @"400 invalid_scope scope_beyond_subject_token");
    let narrow = exchange(&app, "backend", access(&tokens), &[("scope", "mail.read"), ("audience", SERVICE)])
        .await
        .ok();
    assert_eq!(narrow["scope"], "mail.read");
    assert_eq!(decode(access(&narrow)).1["aud"], json!([SERVICE]));
    let elsewhere =
        exchange(&app, "backend", access(&tokens), &[("scope", "email"), ("audience", SERVICE)]).await;
    insta::assert_snapshot!(elsewhere.reason(), @"400 invalid_target audience_beyond_subject_token");
    let elsewhere =
        exchange(&app, "backend", access(&tokens), &[("scope", "email"), ("resource", SERVICE)]).await;
    insta::assert_snapshot!(elsewhere.reason(), @"400 invalid_target audience_beyond_subject_token");
    // What was narrowed once stays narrow.
    app.change_client("backend", |client| client.audience = vec!["backend".to_owned()]).await;
    let narrow = exchange(&app, "backend", access(&tokens), &[("scope", "mail.read")]).await.ok();
    let again = exchange(&app, "backend", access(&narrow), &[("scope", "email")]).await;
    insta::assert_snapshot!(again.reason(), @"400 invalid_scope scope_beyond_subject_token");
}

/// What an administrator has given the client is its own; nothing else is won.
#[tokio::test]
async fn the_audience_is_the_old_one_and_what_the_client_was_given() {
    let app = app().await;
    let tokens = tokens(&app).await;
    assert_eq!(audience(&tokens), json!(["client", "backend", OPENID, SERVICE]));
    let body = exchange(&app, "backend", access(&tokens), &[]).await.ok();
    assert_eq!(audience(&body), json!(["backend", OPENID, SERVICE]));
    audiences_of(&app, "backend", &["payments"]).await;
    let body = exchange(&app, "backend", access(&tokens), &[("scope", "mail.read")]).await.ok();
    assert_eq!(audience(&body), json!(["payments", SERVICE]));
    let others = exchange(&app, "backend", access(&tokens), &[("audience", "client")]).await;
    insta::assert_snapshot!(others.reason(), @"400 invalid_target audience_beyond_subject_token");
}

/// RFC 8707 §2.2, RFC 9700 §2.3: what was asked for one resource is for that resource, whoever exchanges it.
#[tokio::test]
async fn a_token_for_one_resource_is_exchanged_for_one_for_that_resource() {
    for own in [&[] as &[&str], &["backend", "payments"]] {
        let app = app().await;
        audiences_of(&app, "client", &["client_id", "backend"]).await;
        audiences_of(&app, "backend", own).await;
        app.add_code(TestCode {
            scope: "openid email mail.read offline_access",
            resources: vec![SERVICE],
            ..TestCode::default()
        })
        .await;
        let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
        let tokens = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
        assert_eq!(audience(&tokens), json!([SERVICE]));
        app.change_client("client", |client| {
            client.grant_types.push(EXCHANGE.to_owned());
        })
        .await;
        // Its own client.
        let own = exchange(&app, "client", access(&tokens), &[]).await.ok();
        assert_eq!(audience(&own), json!(["client", SERVICE]));
        // The resource itself.
        app.change_client("backend", |client| {
            client.token_exchange = lenient::from_value(json!({"subject_audiences": [SERVICE]})).unwrap();
        })
        .await;
        let next = exchange(&app, "backend", access(&tokens), &[]).await.ok();
        assert_eq!(audience(&next), json!(["backend", SERVICE]));
        for beyond in ["payments", OPENID, "client"] {
            let refused = exchange(&app, "backend", access(&tokens), &[("audience", beyond)]).await;
            assert_eq!(refused.reason(), "400 invalid_target audience_beyond_subject_token", "{beyond}");
        }
    }
}

/// Our own resources go by their addresses (RFC 9728), and stay what they are.
#[tokio::test]
async fn a_token_for_userinfo_is_exchanged_for_one_for_userinfo() {
    const USERINFO: &str = "https://localhost:8443/default/default/userinfo";
    let app = app().await;
    app.change_client("client", |client| client.grant_types.push(EXCHANGE.to_owned())).await;
    app.add_code(TestCode { scope: "openid email", resources: vec![USERINFO], ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    let tokens = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(audience(&tokens), json!([USERINFO]));
    let own = exchange(&app, "client", access(&tokens), &[("resource", USERINFO)]).await.ok();
    assert_eq!(audience(&own), json!([USERINFO]));
    let about = app.get("/default/default/userinfo").bearer(access(&own)).await.ok();
    assert_eq!(about["email"], "user@example.com");
}

/// The same by a token request for fewer (RFC 8707 §2.2).
#[tokio::test]
async fn what_was_narrowed_by_an_exchange_stays_narrow() {
    let app = app().await;
    let tokens = tokens(&app).await;
    let narrow = exchange(&app, "backend", access(&tokens), &[("audience", "backend")]).await.ok();
    assert_eq!(audience(&narrow), json!(["backend"]));
    audiences_of(&app, "backend", &["backend", "payments"]).await;
    let again = exchange(&app, "backend", access(&narrow), &[]).await.ok();
    assert_eq!(audience(&again), json!(["backend"]));
    audiences_of(&app, "backend", &["payments"]).await;
    let nothing = exchange(&app, "backend", access(&narrow), &[]).await;
    insta::assert_snapshot!(nothing.reason(), @"400 invalid_target audience_beyond_subject_token");
}
