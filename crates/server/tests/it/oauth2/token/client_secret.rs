//! Clients with a secret, and what goes wrong before anything is redeemed (RFC 6749 §2.3).

use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::json;
use symbolon_store::entity::Secret;
use symbolon_store::entity::client::ClientStatus;

use crate::harness::{Answer, NOW, Request, SECRET, TOKEN, TestApp};

const FORM: [(&str, &str); 1] = [("grant_type", "client_credentials")];

async fn app() -> TestApp {
    let app = TestApp::new().await;
    for (id, method) in [
        ("basic", "client_secret_basic"),
        ("post", "client_secret_post"),
        ("any", "unspecified"),
        ("assertion", "private_key_jwt"),
        ("tls", "tls_client_auth"),
        ("public", "none"),
    ] {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method,
            "grant_types": ["client_credentials"], "tls_client_auth_subject_dn": "CN=tls",
        }))
        .await;
    }
    app
}

/// A request with the secret in the form.
fn post<'a>(app: &'a TestApp, client_id: &str, secret: &str) -> Request<'a> {
    let own = [("client_id", client_id), ("client_secret", secret)];
    app.post(TOKEN).form(&[&FORM[..], &own].concat())
}

async fn basic(app: &TestApp, client_id: &str, secret: &str) -> Answer {
    app.post(TOKEN).form(&FORM).basic(client_id, secret).await
}

#[tokio::test]
async fn a_secret_is_taken_where_the_client_registered_it() {
    let app = app().await;
    basic(&app, "basic", SECRET).await.ok();
    post(&app, "post", SECRET).await.ok();
    basic(&app, "any", SECRET).await.ok();
    post(&app, "any", SECRET).await.ok();
}

/// Whoever swaps the two halves sends the secret as a name: no record keeps it.
#[tokio::test]
async fn a_secret_in_the_place_of_the_name_is_not_logged() {
    let app = app().await;
    let swapped = app.post(TOKEN).basic(SECRET, "basic").form(&[("grant_type", "client_credentials")]).await;
    let form = [("grant_type", "client_credentials"), ("client_id", SECRET), ("client_secret", "post")];
    for answer in [swapped, app.post(TOKEN).form(&form).await] {
        assert_eq!(answer.reason(), "401 invalid_client client_unknown");
        let record = serde_json::to_string(&answer.refusal.as_ref().unwrap()).unwrap();
        assert!(!record.contains(SECRET) && record.contains("characters)"), "{record}");
    }
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_look_alike() {
    let app = app().await;
    let (wrong, unknown) = (basic(&app, "basic", "wrong").await, basic(&app, "nobody", "wrong").await);
    assert_eq!((wrong.status, wrong.json()), (unknown.status, unknown.json()));
    insta::assert_snapshot!(wrong.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_secret_wrong
    got: basic
    client: basic
    "#);
    insta::assert_snapshot!(unknown.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_unknown
    detail: the workspace has no client of that id
    got: nobody
    client: nobody
    "#);
    insta::assert_snapshot!(post(&app, "post", "wrong").await.refused(), @r"
    401 invalid_client: Client authentication failed.
    reason: client_secret_wrong
    got: post
    client: post
    ");
}

#[tokio::test]
async fn a_secret_in_another_place_than_registered_is_refused() {
    let app = app().await;
    insta::assert_snapshot!(basic(&app, "post", SECRET).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_auth_method_mismatch
    detail: client post is registered with another token_endpoint_auth_method
    expected: client_secret_post
    got: client_secret_basic
    client: post
    "#);
    insta::assert_snapshot!(post(&app, "basic", SECRET).await.reason(), @"401 invalid_client client_auth_method_mismatch");
    insta::assert_snapshot!(post(&app, "tls", SECRET).await.reason(), @"401 invalid_client client_auth_method_mismatch");
    insta::assert_snapshot!(basic(&app, "public", SECRET).await.reason(), @"401 invalid_client client_auth_method_mismatch");
    insta::assert_snapshot!(basic(&app, "assertion", SECRET).await.reason(), @"401 invalid_client client_auth_method_mismatch");
}

#[tokio::test]
async fn no_secret_is_no_authentication() {
    let app = app().await;
    insta::assert_snapshot!(app.post(TOKEN).form(&FORM).await.refused(), @r"
    401 invalid_client: Client authentication is missing: send a client_id, or an Authorization header.
    reason: client_id_missing
    expected: client_id in the form, or Authorization: Basic
    ");
    let id_alone = |id| app.post(TOKEN).form(&[FORM[0], ("client_id", id)]);
    insta::assert_snapshot!(id_alone("basic").await.refused(), @r"
    401 invalid_client: Client authentication failed.
    reason: client_auth_method_mismatch
    detail: client basic is registered with another token_endpoint_auth_method
    expected: client_secret_basic
    got: a client_id alone
    client: basic
    ");
    insta::assert_snapshot!(id_alone("any").await.reason(), @"401 invalid_client client_auth_method_mismatch");
    insta::assert_snapshot!(id_alone("assertion").await.reason(), @"401 invalid_client client_auth_method_mismatch");
    insta::assert_snapshot!(basic(&app, "basic", "").await.reason(), @"401 invalid_client client_secret_wrong");
    insta::assert_snapshot!(post(&app, "post", "").await.reason(), @"401 invalid_client client_auth_method_mismatch");
}

#[tokio::test]
async fn two_authentications_at_once_are_refused() {
    let app = app().await;
    insta::assert_snapshot!(post(&app, "basic", SECRET).basic("basic", SECRET).await.refused(), @r"
    400 invalid_request: The request authenticates the client in more than one way.
    reason: client_authenticated_twice
    expected: one of them
    got: client_secret_basic and client_secret_post
    client: basic
    ");
    let twice = app.post(TOKEN).form(&FORM).basic("basic", SECRET).basic("basic", SECRET).await;
    insta::assert_snapshot!(twice.refused(), @r"
    400 invalid_request: The Authorization header is repeated.
    reason: authorization_header_repeated
    ");
}

#[tokio::test]
async fn header_and_form_must_name_the_same_client() {
    let app = app().await;
    let both = |id| app.post(TOKEN).form(&[FORM[0], ("client_id", id)]).basic("basic", SECRET);
    both("basic").await.ok();
    insta::assert_snapshot!(both("post").await.refused(), @r"
    400 invalid_request: The client_id of the form is not that of the Authorization header.
    reason: client_id_contradiction
    got: post
    client: post
    ");
}

#[tokio::test]
async fn a_client_assertion_is_not_ignored() {
    let app = app().await;
    let form = [FORM[0], ("client_id", "basic"), ("client_assertion", "x.y.z")];
    insta::assert_snapshot!(app.post(TOKEN).form(&form).basic("basic", SECRET).await.refused(), @r#"
    401 invalid_client: client_assertion and client_assertion_type belong together.
    challenge: Basic realm="oauth2"
    reason: client_assertion_incomplete
    expected: client_assertion_type
    client: basic
    "#);
}

#[tokio::test]
async fn a_method_that_the_workspace_forbids_is_refused() {
    let app = app().await;
    app.change_workspace(|server| server.token_endpoint_auth_methods = vec!["client_secret_post".into()])
        .await;
    insta::assert_snapshot!(basic(&app, "basic", SECRET).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_auth_method_not_allowed
    detail: the workspace does not allow this method (token_endpoint_auth_methods)
    expected: client_secret_post
    got: client_secret_basic
    client: basic
    "#);
    insta::assert_snapshot!(basic(&app, "any", SECRET).await.reason(), @"401 invalid_client client_auth_method_not_allowed");
    post(&app, "post", SECRET).await.ok();
    post(&app, "any", SECRET).await.ok();
}

#[tokio::test]
async fn an_inactive_client_is_refused_and_only_it_learns_why() {
    let app = app().await;
    app.change_client("basic", |client| client.client_status = ClientStatus::Inactive).await;
    insta::assert_snapshot!(basic(&app, "basic", SECRET).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_inactive
    detail: client_status is inactive
    got: basic
    client: basic
    "#);
    insta::assert_snapshot!(basic(&app, "basic", "wrong").await.reason(), @"401 invalid_client client_secret_wrong");
}

#[tokio::test]
async fn a_secret_expires() {
    let app = app().await;
    app.change_client("basic", |client| client.client_secret_expires_at = NOW.seconds() + 10).await;
    basic(&app, "basic", SECRET).await.ok();
    app.advance(10);
    insta::assert_snapshot!(basic(&app, "basic", SECRET).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    challenge: Basic realm="oauth2"
    reason: client_secret_expired
    got: basic
    client: basic
    "#);
}

#[tokio::test]
async fn a_rotated_secret_counts_until_it_is_revoked() {
    let app = app().await;
    let new = "a new secret of more than thirty-two characters";
    app.change_client("basic", |client| {
        client.rotated_secrets = client.client_secret.replace(Secret::new(new)).into_iter().collect();
    })
    .await;
    basic(&app, "basic", new).await.ok();
    basic(&app, "basic", SECRET).await.ok();
    app.change_client("basic", |client| client.rotated_secrets.clear()).await;
    insta::assert_snapshot!(basic(&app, "basic", SECRET).await.reason(), @"401 invalid_client client_secret_wrong");
}

#[tokio::test]
async fn a_client_without_a_secret_has_no_empty_one() {
    let app = app().await;
    app.change_client("basic", |client| client.client_secret = None).await;
    app.change_client("post", |client| client.client_secret = Some(Secret::new(""))).await;
    insta::assert_snapshot!(basic(&app, "basic", "").await.reason(), @"401 invalid_client client_has_no_secret");
    insta::assert_snapshot!(basic(&app, "basic", SECRET).await.reason(), @"401 invalid_client client_has_no_secret");
    insta::assert_snapshot!(post(&app, "post", "").await.reason(), @"401 invalid_client client_auth_method_mismatch");
}

#[tokio::test]
async fn basic_credentials_are_read_with_and_without_form_encoding() {
    let app = app().await;
    let secret = "100% safe+sound: über alles, 32 characters";
    app.change_client("basic", |client| client.client_secret = Some(Secret::new(secret))).await;
    basic(&app, "basic", secret).await.ok();
    // `basic:` and the secret as it is, as many clients send it.
    let raw = "Basic YmFzaWM6MTAwJSBzYWZlK3NvdW5kOiDDvGJlciBhbGxlcywgMzIgY2hhcmFjdGVycw==";
    app.post(TOKEN).form(&FORM).header(AUTHORIZATION, raw).await.ok();
}

#[tokio::test]
async fn an_authorization_header_that_is_not_basic_is_refused() {
    let app = app().await;
    let with = |value: &'static str| app.post(TOKEN).form(&FORM).header(AUTHORIZATION, value);
    insta::assert_snapshot!(with("Basic !!!").await.refused(), @r#"
    401 invalid_client: The Authorization header is malformed.
    challenge: Basic realm="oauth2"
    reason: authorization_header_malformed
    detail: the Basic credentials are not base64
    "#);
    insta::assert_snapshot!(with("Basic bm8tY29sb24=").await.reason(), @"401 invalid_client authorization_header_malformed");
    insta::assert_snapshot!(with("Basic").await.reason(), @"401 invalid_client authorization_header_malformed");
    insta::assert_snapshot!(with("Bearer abc").await.refused(), @r#"
    401 invalid_client: A client authenticates with the Basic scheme here.
    challenge: Basic realm="oauth2"
    reason: authorization_scheme_wrong
    expected: Basic
    got: the scheme of an access token
    "#);
    insta::assert_snapshot!(with("Digest abc").await.reason(), @"401 invalid_client authorization_header_malformed");
}

#[tokio::test]
async fn the_scheme_is_named_to_who_tried_it_only() {
    // RFC 6749 §5.2: clients take any challenge for the answer to a header they sent, and read no further.
    let app = app().await;
    let challenge = |answer: Answer| (answer.status, answer.header(WWW_AUTHENTICATE).to_owned());
    let tried = (401, "Basic realm=\"oauth2\"".to_owned());
    assert_eq!(challenge(basic(&app, "basic", "wrong").await), tried);
    assert_eq!(challenge(basic(&app, "nobody", "wrong").await), tried);
    let with = |value: &'static str| app.post(TOKEN).form(&FORM).header(AUTHORIZATION, value);
    assert_eq!(challenge(with("Digest abc").await), tried);
    let untried = (401, String::new());
    assert_eq!(challenge(post(&app, "post", "wrong").await), untried);
    assert_eq!(challenge(post(&app, "nobody", "wrong").await), untried);
    assert_eq!(challenge(app.post(TOKEN).form(&FORM).await), untried);
}

#[tokio::test]
async fn a_client_of_another_workspace_is_unknown() {
    let app = app().await;
    let form = [("grant_type", "client_credentials")];
    let answer = app.post("/default/developer/oauth2/token").form(&form).basic("basic", SECRET).await;
    insta::assert_snapshot!(answer.reason(), @"401 invalid_client client_unknown");
}

#[tokio::test]
async fn a_client_that_fails_too_often_from_one_address_waits() {
    let app = TestApp::with_settings(&[("limits.client_failures_per_minute", "3")]).await;
    for id in ["guessed", "other"] {
        app.add_client(
            json!({"client_id": id, "client_secret": SECRET, "grant_types": ["client_credentials"]}),
        )
        .await;
    }
    for _ in 0..10 {
        basic(&app, "guessed", SECRET).await.ok();
    }
    for _ in 0..3 {
        assert_eq!(basic(&app, "guessed", "wrong").await.reason(), "401 invalid_client client_secret_wrong");
    }
    let answer = basic(&app, "guessed", SECRET).await;
    assert_eq!(answer.reason(), "429 temporarily_unavailable too_many_client_failures");
    assert_eq!(answer.header(RETRY_AFTER), "60", "the right secret is not looked at either");
    basic(&app, "other", SECRET).await.ok();
    for _ in 0..3 {
        assert_eq!(basic(&app, "nobody", "wrong").await.status, 401);
    }
    assert_eq!(basic(&app, "nobody", "wrong").await.status, 429, "who exists is not told by it");
    app.advance(60);
    basic(&app, "guessed", SECRET).await.ok();
}
