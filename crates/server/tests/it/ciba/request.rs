//! `POST /{tid}/{aid}/backchannel/authentication`

use http::header::CACHE_CONTROL;
use serde_json::json;

use super::{ENDPOINT, GRANT, app, ask, begin};
use crate::harness::{Browser, SECRET, TestApp, TestIssuer};

const DISCOVERY: &str = "/default/default/.well-known/openid-configuration";

#[tokio::test]
async fn the_answer_has_what_a_client_needs() {
    let app = app().await;
    let answer = ask(&app, &[]).await;
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    let body = answer.ok();
    assert_eq!(body["auth_req_id"].as_str().unwrap().len(), 43);
    assert_eq!((&body["expires_in"], &body["interval"]), (&300.into(), &5.into()));
    for (asked, given) in [("60", 60), ("1", 1), ("1800", 1800), ("86400", 1800)] {
        let answer = ask(&app, &[("requested_expiry", asked)]).await;
        assert_eq!(answer.ok()["expires_in"], given, "{asked}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_writes_nothing() {
    let app = app().await;
    for (more, expected) in [
        (&[("scope", "")][..], "400 invalid_request parameter_missing"),
        (&[("scope", "email")], "400 invalid_scope scope_openid_missing"),
        (&[("scope", "openid unheard-of")], "400 invalid_scope scope_unknown"),
        (&[("scope", "openid profile")], "400 invalid_scope scope_not_registered"),
        (&[("login_hint", "")], "400 invalid_request hints_not_one"),
        (&[("id_token_hint", "x")], "400 invalid_request hints_not_one"),
        (&[("login_hint", ""), ("id_token_hint", "x")], "400 invalid_request id_token_hint_invalid"),
        (&[("login_hint", ""), ("login_hint_token", "x")], "400 invalid_request jwt_malformed"),
        (&[("login_hint", "nobody")], "400 unknown_user_id hinted_user_unknown"),
        (&[("login_hint", "USER")], "400 unknown_user_id hinted_user_unknown"),
        (&[("login_hint", "user@example.com")], "400 unknown_user_id hinted_user_unknown"),
        (&[("binding_message", "a\u{202e}b")], "400 invalid_binding_message binding_message_characters"),
        (&[("binding_message", " ")], "400 invalid_binding_message binding_message_length"),
        (
            &[("authorization_details", "[]")],
            "400 invalid_authorization_details authorization_details_malformed",
        ),
        (&[("requested_expiry", "0")], "400 invalid_request requested_expiry_malformed"),
        (&[("requested_expiry", "-5")], "400 invalid_request requested_expiry_malformed"),
        (&[("requested_expiry", "soon")], "400 invalid_request requested_expiry_malformed"),
    ] {
        assert_eq!(ask(&app, more).await.reason(), expected, "{more:?}");
    }
    let long = "x".repeat(101);
    let long = ask(&app, &[("binding_message", &long)]).await;
    assert_eq!(long.reason(), "400 invalid_binding_message binding_message_length");
    let members = long.json();
    let members: Vec<_> = members.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description"], "CIBA §13 names no more");
    assert_eq!(app.rows_of("decoupled_requests").await, 0, "nothing was written for them");
}

#[tokio::test]
async fn the_client_proves_itself_as_at_the_token_endpoint() {
    let app = app().await;
    let form = [("scope", "openid"), ("login_hint", "user")];
    let wrong = app.post(ENDPOINT).basic("bank", "wrong").form(&form).await;
    assert_eq!(wrong.reason(), "401 invalid_client client_secret_wrong");
    let named = app.post(ENDPOINT).form(&[&form[..], &[("client_id", "bank")]].concat()).await;
    assert_eq!(named.status, 401);
    assert_eq!(app.post(ENDPOINT).form(&form).await.reason(), "401 invalid_client client_id_missing");
}

#[tokio::test]
async fn only_confidential_clients_that_have_the_grant_may_ask() {
    let app = app().await;
    let form = [("scope", "openid"), ("login_hint", "user")];
    let without = app.post(ENDPOINT).basic("client", SECRET).form(&form).await;
    assert_eq!(without.reason(), "400 unauthorized_client grant_type_not_registered");
    app.add_client(json!({
        "client_id": "page", "token_endpoint_auth_method": "none", "grant_types": [GRANT], "scopes": ["openid"],
    }))
    .await;
    let public = app.post(ENDPOINT).form(&[&form[..], &[("client_id", "page")]].concat()).await;
    assert_eq!(public.reason(), "400 unauthorized_client ciba_by_public_client");
}

#[tokio::test]
async fn a_delivery_mode_that_the_workspace_does_not_serve_is_refused() {
    let app = app().await;
    app.change_workspace(|server| server.backchannel_token_delivery_modes_supported = vec!["ping".into()])
        .await;
    assert_eq!(ask(&app, &[]).await.reason(), "400 unauthorized_client ciba_delivery_mode_not_served");
}

#[tokio::test]
async fn a_person_is_known_by_a_verified_address_that_nobody_else_has() {
    let app = app().await;
    let verify = async |names: &[&str]| {
        let mut idp =
            app.store().find::<symbolon_store::entity::Idp>("default-people").await.unwrap().unwrap().value;
        for user in &mut idp.credentials.as_mut().unwrap().users {
            user.email_verified = names.contains(&&*user.username);
            user.email = Some("shared@example.com".to_owned());
        }
        app.store().update(idp, None, crate::harness::NOW.millis()).await.unwrap();
        app.app.snapshots.invalidate("default", "default");
    };
    verify(&["user"]).await;
    ask(&app, &[("login_hint", "shared@example.com")]).await.ok();
    verify(&["user", "other"]).await;
    let both = ask(&app, &[("login_hint", "shared@example.com")]).await;
    assert_eq!(both.reason(), "400 unknown_user_id hinted_user_unknown");
}

/// CIBA §7.1: what a `login_hint_token` is, issuer and server agree on.
#[tokio::test]
async fn an_issuer_that_the_workspace_trusts_names_the_person() {
    let app = app().await;
    let issuer = TestIssuer::new("https://branch.example.com");
    let sign = |changes: serde_json::Value| {
        let mut claims = json!({"sub": "user"});
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        issuer.sign(claims)
    };
    let with = async |token: &str| ask(&app, &[("login_hint", ""), ("login_hint_token", token)]).await;
    let good = sign(json!({}));
    let untrusted = "400 invalid_request login_hint_token_issuer_not_trusted";
    assert_eq!(with(&good).await.reason(), untrusted);
    // Trusted for something else is not trusted for this.
    app.trust_issuer(&issuer, json!({"jwt_bearer": true, "token_exchange": true})).await;
    assert_eq!(with(&good).await.reason(), untrusted);
    app.change_workspace(|server| server.trusted_issuers[0].login_hint_token = true).await;
    let id = super::id_of(&with(&good).await);
    // It names the person and says nothing for them: they are asked.
    assert_eq!(super::poll(&app, &id).await.json()["error"], "authorization_pending");
    super::approve(&app).await;
    app.advance(6);
    super::poll(&app, &id).await.ok();

    let now = app.app.clock.now().seconds();
    let impostor = TestIssuer::new("https://branch.example.com");
    for (token, expected) in [
        (sign(json!({"exp": now - 31})), "400 expired_login_hint_token jwt_expired"),
        (sign(json!({"exp": null})), "400 invalid_request jwt_claims_wrong"),
        (sign(json!({"aud": "https://elsewhere.example"})), "400 invalid_request jwt_for_somebody_else"),
        (sign(json!({"sub": "nobody"})), "400 unknown_user_id hinted_user_unknown"),
        (sign(json!({"sub": null})), "400 invalid_request jwt_subject_missing"),
        (sign(json!({"events": {"logout": {}}})), "400 invalid_request jwt_is_event"),
        (sign(json!({"iss": "https://evil.example.com"})), untrusted),
        (impostor.sign(json!({"sub": "user"})), "400 invalid_request jwt_signature_wrong"),
        (issuer.sign_as("logout+jwt", json!({"sub": "user"})), "400 invalid_request jwt_wrong_type"),
        ("eyJhbGciOiJub25lIn0.e30.".to_owned(), "400 invalid_request jwt_malformed"),
    ] {
        assert_eq!(with(&token).await.reason(), expected);
    }
    app.change_workspace(|server| server.trusted_issuers[0].clients = vec!["shop".to_owned()]).await;
    assert_eq!(with(&sign(json!({}))).await.reason(), untrusted);
    app.change_workspace(|server| {
        server.trusted_issuers[0].clients = vec!["bank".to_owned()];
        server.trusted_issuers[0].subject_claim = Some("login".to_owned());
    })
    .await;
    with(&sign(json!({"sub": "c-17", "login": "user"}))).await.ok();
}

#[tokio::test]
async fn an_id_token_of_the_client_says_who_is_meant_even_when_it_has_expired() {
    let app = app().await;
    app.change_client("bank", |client| client.subject_type = serde_json::from_str("\"pairwise\"").unwrap())
        .await;
    let id = begin(&app).await;
    super::approve(&app).await;
    let hint = super::poll(&app, &id).await.ok()["id_token"].as_str().unwrap().to_owned();
    app.advance(100_000);
    ask(&app, &[("login_hint", ""), ("id_token_hint", &hint)]).await.ok();
    let page = super::page_of(&Browser::new(&app), "user").await;
    assert_eq!(super::forms(&page).len(), 1, "the same person is asked");

    let form = [("scope", "openid"), ("id_token_hint", &*hint)];
    let foreign = app.post(ENDPOINT).basic("shop", SECRET).form(&form).await;
    assert_eq!(foreign.reason(), "400 invalid_request id_token_hint_of_another_client");
}

#[tokio::test]
async fn discovery_tells_of_it_where_the_workspace_has_the_grant() {
    let without = TestApp::with_people().await;
    assert!(without.get(DISCOVERY).await.ok()["backchannel_authentication_endpoint"].is_null());
    without.change_client("client", |client| client.grant_types.push(GRANT.to_owned())).await;
    let form = [("scope", "openid"), ("login_hint", "user")];
    let refused = without.post(ENDPOINT).basic("client", SECRET).form(&form).await;
    assert_eq!(refused.reason(), "400 unsupported_grant_type grant_type_not_allowed_by_workspace");

    let metadata = app().await.get(DISCOVERY).await.ok();
    let endpoint = "https://localhost:8443/default/default/backchannel/authentication";
    assert_eq!(metadata["backchannel_authentication_endpoint"], endpoint);
    assert_eq!(metadata["mtls_endpoint_aliases"]["backchannel_authentication_endpoint"], endpoint);
    assert_eq!(metadata["backchannel_user_code_parameter_supported"], false);
    assert_eq!(
        metadata["backchannel_authentication_request_signing_alg_values_supported"],
        json!(["ES256", "PS256", "EdDSA", "RS256"])
    );
    assert!(metadata["grant_types_supported"].as_array().unwrap().iter().any(|word| word == GRANT));
}

/// A person is not asked about what could not be given.
#[tokio::test]
async fn where_id_tokens_are_encrypted_a_client_without_a_key_is_refused_at_once() {
    let app = app().await;
    app.change_workspace(|server| server.enforce_id_token_encryption = true).await;
    assert_eq!(ask(&app, &[]).await.reason(), "400 unauthorized_client id_token_encryption_missing");
}
