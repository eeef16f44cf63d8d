//! `GET`, `PUT`, `DELETE` at `registration_client_uri` (RFC 7592)

use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_store::entity::Client;
use symbolon_store::entity::client::ClientStatus;

use super::{REGISTER, configure, open, registered, text, with};
use crate::harness::{SECRET, Signer, TOKEN, TestApp};

struct Registered {
    path: String,
    token: String,
    client: Value,
}

async fn new(app: &TestApp, more: Value) -> Registered {
    let client = registered(app, more).await;
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    Registered { path, token: text(&client, "registration_access_token").to_owned(), client }
}

async fn put(app: &TestApp, client: &Registered, token: &str, body: &Value) -> crate::harness::Answer {
    app.request("PUT", &client.path).bearer(token).body("application/json", body.to_string()).await
}

/// What a client sends back: all it was told, but for what RFC 7592 §2.2 forbids.
fn sent_back(client: &Value) -> Value {
    let mut body = client.clone();
    let forbidden = [
        "registration_access_token",
        "registration_access_token_expires_in",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ];
    body.as_object_mut().unwrap().retain(|name, _| !forbidden.contains(&name.as_str()));
    body
}

#[tokio::test]
async fn a_client_reads_what_it_registered_and_gets_the_next_token() {
    let app = open().await;
    let client = new(&app, json!({"client_name": "One"})).await;
    let answer = app.get(&client.path).bearer(&client.token).await;
    assert_eq!(answer.header(CONTENT_TYPE), "application/json");
    let read = answer.ok();
    let next = text(&read, "registration_access_token");
    assert_ne!(next, client.token);
    let mut expected = client.client.clone();
    expected["registration_access_token"] = next.into();
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_token_that_was_replaced_counts_a_minute_more_and_has_one_successor() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    let next = async |token: &str| {
        text(&app.get(&client.path).bearer(token).await.ok(), "registration_access_token").to_owned()
    };
    let second = next(&client.token).await;
    // The answer was lost, or two asked at once.
    assert_eq!(next(&client.token).await, second);
    let third = next(&second).await;
    let old = app.get(&client.path).bearer(&client.token).await;
    assert_eq!(old.reason(), "401 invalid_token registration_token_wrong");
    app.advance(60);
    assert_eq!(
        app.get(&client.path).bearer(&second).await.reason(),
        "401 invalid_token registration_token_wrong"
    );
    app.advance(30 * 86_400 - 61);
    let fourth = next(&third).await;
    app.advance(30 * 86_400);
    let late = app.get(&client.path).bearer(&fourth).await;
    assert_eq!(late.reason(), "401 invalid_token registration_token_expired");
}

#[tokio::test]
async fn many_at_once_get_the_same_successor() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    let tries = (0..20).map(|_| async {
        text(&app.get(&client.path).bearer(&client.token).await.ok(), "registration_access_token").to_owned()
    });
    let mut tokens = futures_util::future::join_all(tries).await;
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    assert_eq!(app.get(&client.path).bearer(&tokens[0]).await.status, 200);
}

#[tokio::test]
async fn tokens_stay_and_live_for_ever_where_the_workspace_says_so() {
    let app = open().await;
    configure(&app, |settings| {
        settings.disable_registration_token_rotation = true;
        settings.disable_registration_access_token_expiry = true;
    })
    .await;
    let client = new(&app, json!({})).await;
    assert_eq!(client.client.get("registration_access_token_expires_in"), None);
    app.advance(900 * 86_400);
    let read = app.get(&client.path).bearer(&client.token).await.ok();
    assert_eq!(text(&read, "registration_access_token"), client.token);
}

#[tokio::test]
async fn an_update_replaces_the_metadata_and_keeps_the_secret() {
    let app = open().await;
    let client = new(&app, json!({"client_name": "One", "tos_uri": "https://client.example.org/tos"})).await;
    let mut body = sent_back(&client.client);
    body["client_name"] = "Two".into();
    body.as_object_mut().unwrap().remove("tos_uri");
    let answer = put(&app, &client, &client.token, &body).await.ok();
    assert_eq!(answer["client_name"], "Two");
    assert_eq!(answer.get("tos_uri"), None, "what is not in the body is gone");
    for same in ["client_id", "client_secret", "client_id_issued_at", "registration_client_uri"] {
        assert_eq!(answer[same], client.client[same], "{same}");
    }
    assert_ne!(text(&answer, "registration_access_token"), client.token);
    let stored = app.store().find::<Client>(text(&answer, "client_id")).await.unwrap().unwrap();
    assert_eq!(stored.client_name, "Two");
}

/// OIDC Core §10.1: the secret is what its ID tokens are signed with.
#[tokio::test]
async fn an_update_keeps_a_secret_that_signs_and_does_not_authenticate() {
    let app = open().await;
    let keys = Signer::jwks(&[&Signer::new(Algorithm::ES256, "a")]);
    let client = new(
        &app,
        json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks": keys, "id_token_signed_response_alg": "HS256",
        }),
    )
    .await;
    let mut body = sent_back(&client.client);
    body["client_name"] = "Two".into();
    let changed = put(&app, &client, &client.token, &body).await.ok();
    assert_eq!(changed["client_secret"], client.client["client_secret"]);
    assert_eq!(text(&changed, "client_secret").len(), 43);
}

#[tokio::test]
async fn an_update_gives_a_secret_and_takes_it_away() {
    let app = open().await;
    let client = new(&app, json!({"token_endpoint_auth_method": "none"})).await;
    let mut body = sent_back(&client.client);
    body["token_endpoint_auth_method"] = "client_secret_basic".into();
    let answer = put(&app, &client, &client.token, &body).await.ok();
    assert_eq!(text(&answer, "client_secret").len(), 43);
    let token = text(&answer, "registration_access_token").to_owned();
    let answer = put(&app, &client, &token, &sent_back(&client.client)).await.ok();
    assert_eq!(answer.get("client_secret"), None);
}

#[tokio::test]
async fn an_update_cannot_change_what_is_the_servers() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    app.change_client(text(&client.client, "client_id"), |client| client.audience = vec!["a".into()]).await;
    let good = sent_back(&client.client);
    let changed = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for body in [
        changed("client_id", json!("another")),
        changed("client_id", json!(null)),
        changed("client_secret", json!("x".repeat(43))),
        changed("client_id_issued_at", json!(1)),
        changed("client_secret_expires_at", json!(1)),
        changed("redirect_uris", json!(["javascript:alert(1)"])),
        changed("grant_types", json!(["authorization_code", "client_credentials"])),
        changed("scope", json!("openid introspect_tokens")),
    ] {
        let mut body = body;
        body.as_object_mut().unwrap().remove("scopes");
        let answer = put(&app, &client, &client.token, &body).await;
        assert_eq!(answer.status, 400, "{body} {}", answer.text());
    }
    // None of that replaced the token.
    assert_eq!(put(&app, &client, &client.token, &changed("trusted", json!(true))).await.status, 200);
    let stored = app.store().find::<Client>(text(&client.client, "client_id")).await.unwrap().unwrap();
    assert!(!stored.trusted && stored.audience == ["a"]);
}

#[tokio::test]
async fn a_client_deletes_itself_with_all_it_has() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    // Also with the token before the last: the answer may have been lost.
    assert_eq!(app.get(&client.path).bearer(&client.token).await.status, 200);
    let answer = app.request("DELETE", &client.path).bearer(&client.token).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    for method in ["GET", "DELETE"] {
        let answer = app.request(method, &client.path).bearer(&client.token).await;
        assert_eq!(answer.reason(), "401 invalid_token registration_unknown");
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let (id, secret) = (text(&client.client, "client_id"), text(&client.client, "client_secret"));
    assert_eq!(app.post(TOKEN).basic(id, secret).form(&form).await.status, 401);
    assert_eq!(app.rows_of("registrations").await, 0);
}

#[tokio::test]
async fn nobody_else_manages_a_client() {
    let app = open().await;
    let (own, other) = (new(&app, json!({})).await, new(&app, json!({})).await);
    app.add_client(json!({
        "client_id": "made", "client_secret": SECRET, "grant_types": ["client_credentials"], "scopes": ["openid"],
    }))
    .await;
    let form = [("grant_type", "client_credentials")];
    let access =
        text(&app.post(TOKEN).basic("made", SECRET).form(&form).await.ok(), "access_token").to_owned();
    for method in ["GET", "PUT", "DELETE"] {
        for (token, reason) in [
            (other.token.as_str(), "registration_token_wrong"),
            (access.as_str(), "registration_token_wrong"),
            ("x", "registration_token_wrong"),
        ] {
            let answer = app.request(method, &own.path).bearer(token).body("application/json", "{}").await;
            assert_eq!(answer.reason(), format!("401 invalid_token {reason}"), "{method}");
        }
        let answer = app.request(method, &own.path).body("application/json", "{}").await;
        assert_eq!(answer.reason(), "401 invalid_token access_token_missing");
        // A client that an administrator made has no registration.
        let path = format!("{REGISTER}/made");
        let answer = app.request(method, &path).bearer(&own.token).body("application/json", "{}").await;
        assert_eq!(answer.reason(), "401 invalid_token registration_unknown");
    }
    // Nor in another workspace.
    let elsewhere = own.path.replacen("/default/default/", "/default/developer/", 1);
    assert_eq!(app.get(&elsewhere).bearer(&own.token).await.status, 403);
    assert_eq!(app.get(&own.path).bearer(&own.token).await.status, 200);
}

#[tokio::test]
async fn a_client_that_was_switched_off_does_not_change_itself() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    app.change_client(text(&client.client, "client_id"), |client| {
        client.client_status = ClientStatus::Inactive;
    })
    .await;
    let answer = app.get(&client.path).bearer(&client.token).await;
    assert_eq!(answer.reason(), "403 access_denied client_inactive");
}

#[tokio::test]
async fn clients_manage_themselves_by_access_tokens_where_the_workspace_says_so() {
    let app = open().await;
    configure(&app, |settings| settings.disable_registration_token_management = true).await;
    let client = registered(&app, json!({})).await;
    assert_eq!(client.get("registration_access_token"), None);
    assert_eq!(client.get("registration_access_token_expires_in"), None);
    let id = text(&client, "client_id");
    app.change_client(id, |client| client.grant_types.push("client_credentials".into())).await;
    app.add_client(
        json!({"client_id": "made", "client_secret": SECRET, "grant_types": ["client_credentials"]}),
    )
    .await;
    let form = [("grant_type", "client_credentials")];
    let token = async |id: &str, secret: &str| {
        text(&app.post(TOKEN).basic(id, secret).form(&form).await.ok(), "access_token").to_owned()
    };
    let path = format!("{REGISTER}/{id}");
    let own = token(id, text(&client, "client_secret")).await;
    assert_eq!(app.get(&path).bearer(&own).await.ok()["client_id"], id);
    let other = token("made", SECRET).await;
    assert_eq!(app.get(&path).bearer(&other).await.reason(), "401 invalid_token access_token_of_another");
}

#[tokio::test]
async fn a_body_without_redirect_uris_is_no_update() {
    let app = open().await;
    let client = new(&app, json!({})).await;
    let body = json!({"client_id": client.client["client_id"]});
    assert_eq!(put(&app, &client, &client.token, &body).await.json()["error"], "invalid_redirect_uri");
    let mut body = with(json!({}));
    assert_eq!(put(&app, &client, &client.token, &body).await.json()["error"], "invalid_client_metadata");
    body["client_id"] = client.client["client_id"].clone();
    assert_eq!(put(&app, &client, &client.token, &body).await.status, 200);
}
