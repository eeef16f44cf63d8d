//! Requests that are wrong before anybody asks who sends them.

use http::header::{CONTENT_TYPE, HOST};
use serde_json::json;

use crate::harness::{Answer, SECRET, TOKEN, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let grants = ["client_credentials", "authorization_code"];
    app.add_client(json!({"client_id": "c", "client_secret": SECRET, "grant_types": grants})).await;
    app
}

async fn send(app: &TestApp, body: &str) -> Answer {
    app.post(TOKEN).basic("c", SECRET).body(FORM, body.to_owned()).await
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let app = app().await;
    let answer = send(&app, "grant_type=client_credentials&scope=a&scope=b").await;
    insta::assert_snapshot!(answer.refused(), @r"
    400 invalid_request: The parameter scope is repeated.
    reason: form_repeated_parameter
    detail: the parameter scope is repeated
    ");
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let app = app().await;
    let json =
        app.post(TOKEN).basic("c", SECRET).body("application/json", r#"{"grant_type":"client_credentials"}"#);
    insta::assert_snapshot!(json.await.refused(), @r"
    400 invalid_request: The Content-Type must be application/x-www-form-urlencoded.
    reason: content_type_wrong
    expected: application/x-www-form-urlencoded
    got: application/json
    ");
    let latin =
        app.post(TOKEN).basic("c", SECRET).body("application/x-www-form-urlencoded; charset=latin1", "");
    insta::assert_snapshot!(latin.await.reason(), @"400 invalid_request content_type_wrong");
    insta::assert_snapshot!(app.post(TOKEN).basic("c", SECRET).await.reason(), @"400 invalid_request content_type_wrong");
    let twice = app.post(TOKEN).basic("c", SECRET).body(FORM, "").header(CONTENT_TYPE, FORM);
    insta::assert_snapshot!(twice.await.reason(), @"400 invalid_request content_type_wrong");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let app = TestApp::with_settings(&[("limits.body_size", "1KiB")]).await;
    let large = format!("grant_type=client_credentials&scope={}", "x".repeat(1024));
    insta::assert_snapshot!(send(&app, &large).await.refused(), @r"
    413 invalid_request: The request body is too large.
    reason: body_too_large
    expected: at most 1024 bytes
    ");
    let fits = format!("grant_type=client_credentials&x={}", "x".repeat(980));
    insta::assert_snapshot!(send(&app, &fits).await.reason(), @"401 invalid_client client_unknown");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let app = app().await;
    insta::assert_snapshot!(send(&app, "grant_type=%ff%fe").await.refused(), @r"
    400 invalid_request: The request is not UTF-8.
    reason: form_not_utf8
    detail: a name or value is not UTF-8
    ");
    insta::assert_snapshot!(send(&app, "grant_type=client_credentials&%C3=%A9").await.reason(), @"400 invalid_request form_not_utf8");
    insta::assert_snapshot!(send(&app, "grant_type=%zz").await.refused(), @r"
    400 invalid_request: The request has a malformed percent escape.
    reason: form_bad_escape
    detail: byte 11 of the form is a % without two hexadecimal digits after it
    ");
    insta::assert_snapshot!(send(&app, "grant_type=%00").await.refused(), @r"
    400 invalid_request: The request holds a NUL character.
    reason: form_nul
    detail: a name or value holds a NUL character
    ");
    let raw = app.post(TOKEN).basic("c", SECRET).body(FORM, vec![b'a', b'=', 0xff]).await;
    insta::assert_snapshot!(raw.reason(), @"400 invalid_request form_not_utf8");
}

#[tokio::test]
async fn more_parameters_than_anybody_needs_are_refused() {
    let app = app().await;
    let many: Vec<_> = (0..129).map(|i| format!("p{i}=1")).collect();
    insta::assert_snapshot!(send(&app, &many.join("&")).await.refused(), @r"
    400 invalid_request: The request has too many parameters.
    reason: form_too_many_parameters
    detail: the form has more than 128 parameters
    ");
}

#[tokio::test]
async fn a_grant_type_must_be_named_known_and_allowed() {
    let app = app().await;
    insta::assert_snapshot!(send(&app, "").await.refused(), @r"
    400 invalid_request: The parameter grant_type is missing.
    reason: missing_parameter
    expected: grant_type
    client: c
    ");
    insta::assert_snapshot!(send(&app, "grant_type=").await.reason(), @"400 invalid_request missing_parameter");
    insta::assert_snapshot!(send(&app, "grant_type=magic").await.refused(), @r"
    400 unsupported_grant_type: The grant type is not supported.
    reason: grant_type_unknown
    expected: authorization_code, client_credentials, refresh_token
    got: magic
    client: c
    ");
    insta::assert_snapshot!(send(&app, "grant_type=implicit").await.reason(), @"400 unsupported_grant_type grant_type_unknown");
    insta::assert_snapshot!(send(&app, "grant_type=refresh_token").await.refused(), @r"
    400 unauthorized_client: The client may not use this grant.
    reason: grant_type_not_registered
    expected: client_credentials, authorization_code
    got: refresh_token
    client: c
    ");
    app.change_workspace(|server| server.grant_types = vec!["authorization_code".into()]).await;
    insta::assert_snapshot!(send(&app, "grant_type=client_credentials").await.refused(), @r"
    400 unsupported_grant_type: The grant type is not supported.
    reason: grant_type_not_allowed_by_workspace
    expected: authorization_code
    got: client_credentials
    client: c
    ");
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_404() {
    let app = app().await;
    for path in ["/default/nowhere/oauth2/token", "/nobody/default/oauth2/token"] {
        let answer = app.post(path).basic("c", SECRET).body(FORM, "grant_type=client_credentials").await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.reason(), @"404 invalid_request no_such_workspace");
        }
    }
}

#[tokio::test]
async fn credentials_in_the_query_are_not_looked_at() {
    let app = app().await;
    let path = format!("{TOKEN}?client_id=c&client_secret={SECRET}");
    let answer = app.post(&path).body(FORM, "grant_type=client_credentials").await;
    insta::assert_snapshot!(answer.reason(), @"401 invalid_client client_id_missing");
}

#[tokio::test]
async fn tokens_are_asked_for_by_post() {
    let app = app().await;
    let answer = app.get(TOKEN).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let app = app().await;
    let mut request = app.post(TOKEN).basic("c", SECRET).body(FORM, "grant_type=client_credentials");
    request.headers_mut().remove(HOST);
    insta::assert_snapshot!(request.await.refused(), @r"
    400 invalid_request: The Host header is missing or not a host name.
    reason: bad_host
    ");
    let mut request = app.post(TOKEN).basic("c", SECRET).body(FORM, "grant_type=client_credentials");
    request.headers_mut().insert(HOST, "evil.example/path".parse().unwrap());
    insta::assert_snapshot!(request.await.reason(), @"400 invalid_request bad_host");
}
