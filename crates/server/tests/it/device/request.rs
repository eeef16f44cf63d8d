//! `POST /{tid}/{aid}/device/authorization`

use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};

use super::{ENDPOINT, GRANT, app};
use crate::harness::{SECRET, TestApp};

#[tokio::test]
async fn the_answer_has_everything_a_device_shows_and_needs() {
    let app = app().await;
    let answer = app.post(ENDPOINT).form(&[("client_id", "tv")]).await;
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    let codes = answer.ok();
    let user_code = codes["user_code"].as_str().unwrap();
    assert_eq!(codes["device_code"].as_str().unwrap().len(), 43);
    assert_eq!(user_code.len(), 9);
    assert_eq!(codes["verification_uri"], "https://localhost:8443/default/default/device");
    let complete = format!("https://localhost:8443/default/default/device?user_code={user_code}");
    assert_eq!(codes["verification_uri_complete"], complete);
    assert_eq!((&codes["expires_in"], &codes["interval"]), (&1800.into(), &5.into()));
}

#[tokio::test]
async fn a_workspace_chooses_its_codes_and_their_lifetime() {
    let app = app().await;
    let settings = r#"{"request_ttl": "2m0s", "user_code_length": 12, "user_code_character_set": "numeric"}"#;
    app.change_workspace(|server| server.device_authorization = serde_json::from_str(settings).unwrap())
        .await;
    let codes = app.post(ENDPOINT).form(&[("client_id", "tv")]).await.ok();
    let user_code = codes["user_code"].as_str().unwrap();
    assert_eq!(codes["expires_in"], 120);
    assert_eq!((user_code.len(), user_code.split('-').count()), (14, 3));
    assert!(user_code.bytes().all(|c| c.is_ascii_digit() || c == b'-'), "{user_code}");
}

#[tokio::test]
async fn a_name_suffices_and_what_is_sent_to_prove_it_is_checked() {
    let app = app().await;
    app.post(ENDPOINT).form(&[("client_id", "box")]).await.ok();
    app.post(ENDPOINT).basic("box", SECRET).form(&[]).await.ok();
    let wrong = app.post(ENDPOINT).basic("box", "wrong").form(&[]).await;
    assert_eq!(wrong.reason(), "401 invalid_client client_secret_wrong");
    let wrong = app.post(ENDPOINT).form(&[("client_id", "box"), ("client_secret", "wrong")]).await;
    assert_eq!(wrong.status, 401);
    // The name alone gets no tokens.
    let poll = [("client_id", "box"), ("grant_type", GRANT), ("device_code", "x")];
    assert_eq!(app.post(crate::harness::TOKEN).form(&poll).await.status, 401);
}

#[tokio::test]
async fn what_is_wrong_is_refused() {
    let app = app().await;
    for (form, expected) in [
        (vec![], "401 invalid_client client_id_missing"),
        (vec![("client_id", "nobody")], "401 invalid_client client_unknown"),
        (vec![("client_id", "client")], "400 unauthorized_client grant_type_not_registered"),
        (vec![("client_id", "tv"), ("scope", "unheard-of")], "400 invalid_scope scope_unknown"),
        (vec![("client_id", "tv"), ("scope", "profile")], "400 invalid_scope scope_not_registered"),
    ] {
        assert_eq!(app.post(ENDPOINT).form(&form).await.reason(), expected, "{form:?}");
    }
    let rows = app.rows_of("decoupled_requests").await;
    assert_eq!(rows, 0, "nothing was written for them");
    app.change_client("tv", |client| {
        client.client_status = serde_json::from_str("\"inactive\"").unwrap();
    })
    .await;
    let inactive = app.post(ENDPOINT).form(&[("client_id", "tv")]).await;
    assert_eq!(inactive.reason(), "401 invalid_client client_unknown");
}

#[tokio::test]
async fn a_workspace_without_the_grant_says_so_and_does_not_publish_it() {
    const DISCOVERY: &str = "/default/default/.well-known/openid-configuration";
    let without = TestApp::with_people().await;
    assert!(without.get(DISCOVERY).await.ok()["device_authorization_endpoint"].is_null());
    without.change_client("client", |client| client.grant_types.push(GRANT.to_owned())).await;
    let refused = without.post(ENDPOINT).form(&[("client_id", "client")]).await;
    assert_eq!(refused.reason(), "400 unsupported_grant_type grant_type_not_allowed_by_workspace");

    let metadata = app().await.get(DISCOVERY).await.ok();
    let endpoint = "https://localhost:8443/default/default/device/authorization";
    assert_eq!(metadata["device_authorization_endpoint"], endpoint);
    assert_eq!(metadata["mtls_endpoint_aliases"]["device_authorization_endpoint"], endpoint);
    assert!(metadata["grant_types_supported"].as_array().unwrap().iter().any(|word| word == GRANT));
}

#[tokio::test]
async fn the_complete_address_is_there_as_a_picture() {
    let app = app().await;
    let picture = app.get("/default/default/device/qr?user_code=bcdf-ghjk").await;
    assert_eq!((picture.status, picture.header(CONTENT_TYPE)), (200, "image/svg+xml"));
    assert!(picture.text().contains("<svg"));
    let same = app.get("/default/default/device/qr?user_code=BCDFGHJK").await;
    assert_eq!(picture.body, same.body);
    let other = app.get("/default/default/device/qr?user_code=BCDFGHJL").await;
    assert_ne!(picture.body, other.body);
    let missing = app.get("/default/default/device/qr").await;
    assert_eq!(missing.status, 400);
    let long = app.get(&format!("/default/default/device/qr?user_code={}", "B".repeat(5000))).await;
    assert_eq!(long.status, 200, "cut to what a code can be");
}

/// RFC 6749 §5.2: who tried the Authorization header is told of it.
#[tokio::test]
async fn a_header_that_is_not_good_is_answered_with_a_challenge() {
    let app = app().await;
    for (value, form) in [
        ("Basic !!!", vec![("client_id", "box")]),
        ("Basic !!!", vec![]),
        ("Bearer x.y.z", vec![("client_id", "box")]),
        ("Basic Ym94Ondyb25n", vec![]),
    ] {
        let answer = app.post(ENDPOINT).header(AUTHORIZATION, value).form(&form).await;
        assert_eq!(answer.status, 401, "{value}: {}", answer.text());
        assert!(answer.header(WWW_AUTHENTICATE).starts_with("Basic"), "{value}: {:?}", answer.headers);
    }
    let answer = app.post(ENDPOINT).form(&[("client_id", "nobody")]).await;
    assert_eq!((answer.status, answer.header(WWW_AUTHENTICATE)), (401, ""));
}

/// A person is not asked about what could not be given.
#[tokio::test]
async fn where_id_tokens_are_encrypted_a_device_without_a_key_is_refused_at_once() {
    let app = app().await;
    app.change_workspace(|server| server.enforce_id_token_encryption = true).await;
    let ask = async |scope: &str| app.post(ENDPOINT).form(&[("client_id", "tv"), ("scope", scope)]).await;
    assert_eq!(ask("openid").await.reason(), "400 unauthorized_client id_token_encryption_missing");
    ask("email").await.ok();
}
