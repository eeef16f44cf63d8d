//! `request` (RFC 9101 §5.1, OpenID Connect Core §6.1).

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_store::entity::server::AdvancedConfiguration;

use super::{app, by_value, claims, openid, register};
use crate::harness::{Browser, CALLBACK, SECRET, Signer, TestApp, authorize, client, decode, mac, unsigned};

/// RFC 9101 §4: the signed example and its key.
#[tokio::test]
async fn the_example_of_the_rfc_is_answered() {
    const KEY: &str = concat!(
        "x5RbkAZkmpRxia65qRQ1wwSMSxQUnS7gcpVTV_cdHmfmG2ltd2yabEO9XadD8pJNZubINPpmgHh3J1aD9WRwS05ucmFq3CfFsluLt13_7oX5y",
        "DRSKX7poXmT_5ko8k4NJZPMAO8fPToDTH7kHYbONSE2FYa5GZ60CUsFhSonI-dcMDJ0Ary9lxIw5k2z4TAdARVWcS7sD07VhlMMshrwsPHBQgT",
        "atlkxyIHXbYdtak8fqvNAwr7OlVEvM_Ipf5OfmdB8Sd-wjzaBsyP4VhJKoi_qdgSzpC694XZeYPq45Sw-q51iFUlcOlTCI7z6jltUtnR6ySn6X",
        "DGFnzH5Fe5ypw"
    );
    const OBJECT: &str = concat!(
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsyYmRjIn0.ewogICAgImlzcyI6ICJzNkJoZFJrcXQzIiwKICAgICJhdWQiOiAiaHR0cHM6Ly9zZXJ2Z",
        "XIuZXhhbXBsZS5jb20iLAogICAgInJlc3BvbnNlX3R5cGUiOiAiY29kZSBpZF90b2tlbiIsCiAgICAiY2xpZW50X2lkIjogInM2QmhkUmtxdDM",
        "iLAogICAgInJlZGlyZWN0X3VyaSI6ICJodHRwczovL2NsaWVudC5leGFtcGxlLm9yZy9jYiIsCiAgICAic2NvcGUiOiAib3BlbmlkIiwKICAgI",
        "CJzdGF0ZSI6ICJhZjBpZmpzbGRraiIsCiAgICAibm9uY2UiOiAibi0wUzZfV3pBMk1qIiwKICAgICJtYXhfYWdlIjogODY0MDAKfQ.Nsxa_18V",
        "UElVaPjqW_ToI1yrEJ67BgKb5xsuZRVqzGkfKrOIX7BCx0biSxYGmjK9KJPctH1OC0iQJwXu5YVY-vnW0_PLJb1C2HG-ztVzcnKZC2gE4i0vgQ",
        "cpkUOCpW3SEYXnyWnKzuKzqSb1wAZALo5f89B_p6QA6j6JwBSRvdVsDPdulW8lKxGTbH82czCaQ50rLAg3EYLYaCb4ik4I1zGXE4fvim9FIMs8",
        "OCMmzwIB5S-ujFfzwFjoyuPEV4hJnoVUmXR_W9typPf846lGwA8h9G9oNTIuX8Ft2jfpnZdFmLg3_wr3Wa5q3a-lfbgF3S9H_8nN3j1i7tLR_5",
        "Nz-g"
    );
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.custom_issuer_url = Some("https://server.example.com".to_owned()))
        .await;
    let mut example = client("s6BhdRkqt3");
    example["redirect_uris"] = json!(["https://client.example.org/cb"]);
    example["grant_types"] = json!(["authorization_code", "implicit"]);
    example["response_types"] = json!(["code id_token"]);
    example["jwks"] = json!({"keys": [{"kty": "RSA", "kid": "k2bdc", "n": KEY, "e": "AQAB"}]});
    app.add_client(example).await;
    let asked = authorize(&[("client_id", "s6BhdRkqt3"), ("request", OBJECT)]);
    let answer = Browser::new(&app).sign_in(&asked, "user").await;
    assert!(answer.location().starts_with("https://client.example.org/cb#"), "{answer:?}");
    let sent = answer.fragment();
    assert_eq!(sent["state"], "af0ifjsldkj");
    let id_token = decode(&sent["id_token"]).1;
    assert_eq!(id_token["nonce"], "n-0S6_WzA2Mj");
    assert!(id_token["auth_time"].is_i64(), "max_age asks for it");
    assert!(sent.contains_key("code"));
}

#[tokio::test]
async fn every_algorithm_of_the_list_is_taken() {
    let app = TestApp::with_people().await;
    let rsa = Signer::new(Algorithm::RS256, "rsa");
    let signers = [
        Signer::new(Algorithm::ES256, "es"),
        Signer::new(Algorithm::EdDSA, "ed"),
        rsa.with_algorithm(Algorithm::PS256),
    ];
    let mut public = rsa.public();
    public.as_object_mut().unwrap().remove("alg");
    let keys = [signers[0].public(), signers[1].public(), public];
    let jwks = serde_json::from_value(json!({ "keys": keys })).unwrap();
    app.change_client("client", |client| client.jwks = Some(jwks)).await;
    let browser = Browser::new(&app);
    for signer in signers.iter().chain([&rsa]) {
        let object = signer.sign(&claims(json!({})));
        let code = browser.sign_in(&by_value(&object), "user").await.code();
        assert_eq!(app.id_token_of(&code).await["nonce"], "inner");
    }
}

#[tokio::test]
async fn a_secret_signs_for_a_client_that_is_registered_so() {
    let app = TestApp::with_people().await;
    let object = mac(SECRET.as_bytes(), &claims(json!({})));
    let browser = Browser::new(&app);
    let refused = browser.get(&openid(&object, &[])).await;
    let algorithm = format!("{CALLBACK} invalid_request_object [request_object_algorithm]");
    assert_eq!(refused.refused_to_client(), algorithm);
    app.change_client("client", |client| client.request_object_signing_alg = "HS256".to_owned()).await;
    browser.sign_in(&by_value(&object), "user").await.code();
    let wrong = mac(&[b'x'; 43], &claims(json!({})));
    let signature = format!("{CALLBACK} invalid_request_object [request_object_signature]");
    assert_eq!(browser.get(&openid(&wrong, &[])).await.refused_to_client(), signature);
}

#[tokio::test]
async fn the_type_may_be_said_or_not() {
    let (app, signer) = app().await;
    let browser = Browser::new(&app);
    for typ in ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT", "jwt"] {
        let object = signer.sign_as(typ, &claims(json!({})));
        browser.sign_in(&by_value(&object), "user").await.code();
    }
    for typ in ["dpop+jwt", "at+jwt", "logout+jwt", "application/json"] {
        let object = signer.sign_as(typ, &claims(json!({})));
        let refused = browser.get(&openid(&object, &[])).await;
        let expected = format!("{CALLBACK} invalid_request_object [request_object_type]");
        assert_eq!(refused.refused_to_client(), expected, "{typ}");
    }
}

#[tokio::test]
async fn in_oauth_the_object_alone_counts() {
    let (app, signer) = app().await;
    let object = signer.sign_as("JWT", &claims(json!({"state": null, "nonce": null, "prompt": null})));
    let asked = authorize(&[
        ("client_id", "client"),
        ("request", &object),
        ("state", "outer"),
        ("prompt", "none"),
        ("max_age", "0"),
        ("scope", "email"),
        ("redirect_uri", "https://evil.example/"),
        ("response_type", "token"),
    ]);
    let answer = Browser::new(&app).sign_in(&asked, "user").await;
    assert!(answer.location().starts_with(&format!("{CALLBACK}?")));
    assert_eq!(answer.sends("state"), None);
    assert_eq!(app.redeem(&answer.code()).await["scope"], "openid");
}

#[tokio::test]
async fn in_openid_connect_the_object_comes_first() {
    let (app, signer) = app().await;
    let object = signer.sign_as("JWT", &claims(json!({"state": null})));
    let browser = Browser::new(&app);
    let beside = [("state", "outer"), ("nonce", "outer"), ("login_hint", "user@example.com")];
    let (_, login) = browser.open(&openid(&object, &beside)).await;
    assert!(login.text().contains("user@example.com"), "the login_hint beside the object counts");
    let answer = browser.sign_in(&openid(&object, &beside), "user").await;
    assert_eq!(answer.sends("state").as_deref(), Some("outer"));
    assert_eq!(app.id_token_of(&answer.code()).await["nonce"], "inner");
    // The conformance suite has an address that is not the client's beside an object with one that is.
    let mixed = authorize(&[
        ("client_id", "client"),
        ("request", &object),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", "https://evil.example/"),
    ]);
    assert!(browser.get(&mixed).await.location().starts_with(&format!("{CALLBACK}?code=")));
}

#[tokio::test]
async fn an_object_that_says_what_it_is_counts_alone_in_openid_connect_too() {
    let (app, signer) = app().await;
    let object = signer.sign(&claims(json!({"state": null})));
    let answer = Browser::new(&app).sign_in(&openid(&object, &[("state", "outer")]), "user").await;
    assert_eq!(answer.sends("state"), None);
    let partial = signer.sign(&claims(json!({"scope": null})));
    let refused = Browser::new(&app).get(&openid(&partial, &[])).await;
    assert_eq!(
        refused.refused_to_client(),
        format!("{CALLBACK} invalid_request_object [request_object_incomplete]")
    );
}

#[tokio::test]
async fn objects_and_numbers_are_parameters_too() {
    let (app, signer) = app().await;
    let asked = json!({
        "max_age": 0, "claims": {"id_token": {"email": {"essential": true}}}, "resource": ["https://localhost:8443/default/default"],
    });
    let browser = Browser::new(&app);
    let plain = signer.sign(&claims(json!({})));
    browser.sign_in(&by_value(&plain), "user").await.code();
    let refused = browser.get(&by_value(&signer.sign(&claims(asked)))).await;
    let record = format!("{CALLBACK} invalid_target");
    assert!(refused.refused_to_client().starts_with(&record), "{}", refused.refused_to_client());
    let asked = json!({"max_age": 0, "claims": {"id_token": {"email": {"essential": true}}}});
    let (path, page) = browser.open(&by_value(&signer.sign(&claims(asked)))).await;
    assert!(path.contains("/interaction/"), "max_age=0 asks for a new login: {path}");
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, answer) = browser.follow(&path, answer).await;
    let answer = if answer.status == 303 { answer } else { browser.press(&path, &answer, "accept").await };
    assert_eq!(app.id_token_of(&answer.code()).await["email"], "user@example.com");
}

#[tokio::test]
async fn unsigned_objects_are_taken_where_the_workspace_says_so() {
    let app = TestApp::with_people().await;
    let object = unsigned(&json!({"alg": "none"}), &claims(json!({"iss": null, "aud": null})), b"");
    let browser = Browser::new(&app);
    let refused = async || browser.get(&openid(&object, &[])).await.refused_to_client();
    let unsigned = format!("{CALLBACK} invalid_request_object [request_object_unsigned]");
    assert_eq!(refused().await, unsigned);
    let discovery = async || app.get("/default/default/.well-known/openid-configuration").await.ok();
    let lists_none = |document: &Value| {
        document["request_object_signing_alg_values_supported"].as_array().unwrap().contains(&json!("none"))
    };
    assert!(!lists_none(&discovery().await));
    let allow =
        AdvancedConfiguration { allow_unsigned_request_objects: true, ..AdvancedConfiguration::default() };
    app.change_workspace(|server| server.advanced = Some(allow)).await;
    assert!(lists_none(&discovery().await));
    let answer = browser.sign_in(&openid(&object, &[]), "user").await;
    assert_eq!(answer.sends("state").as_deref(), Some("inner"));
    // A client that has said that it signs is taken by its word.
    for word in ["RS256", "HS256"] {
        app.change_client("client", |client| client.request_object_signing_alg = word.to_owned()).await;
        assert_eq!(refused().await, unsigned, "{word}");
    }
    app.change_client("client", |client| client.request_object_signing_alg = "none".to_owned()).await;
    browser.sign_in(&openid(&object, &[]), "user").await.code();
    app.change_client("client", |client| client.require_signed_request_object = true).await;
    assert_eq!(refused().await, unsigned);
}

#[tokio::test]
async fn a_client_signs_with_the_algorithm_it_is_registered_for() {
    let app = TestApp::with_people().await;
    let (registered, other) = (Signer::new(Algorithm::ES256, "a"), Signer::new(Algorithm::EdDSA, "b"));
    register(&app, &[&registered, &other]).await;
    app.change_client("client", |client| client.request_object_signing_alg = "ES256".to_owned()).await;
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&registered.sign(&claims(json!({})))), "user").await.code();
    let refused = browser.get(&openid(&other.sign(&claims(json!({}))), &[])).await;
    assert_eq!(
        refused.refused_to_client(),
        format!("{CALLBACK} invalid_request_object [request_object_algorithm]")
    );
}
