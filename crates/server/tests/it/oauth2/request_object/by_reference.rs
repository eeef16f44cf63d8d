//! `request_uri` of the client's own (RFC 9101 §5.2, OpenID Connect Core §6.2).

use serde_json::json;
use symbolon_jose::{Algorithm, sha256_b64url};

use super::{claims, register};
use crate::harness::{Browser, CALLBACK, Remote, Signer, TestApp, authorize};

async fn app(remote: &Remote, registered: &[&str]) -> (TestApp, Signer) {
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    let signer = Signer::new(Algorithm::ES256, "a");
    register(&app, &[&signer]).await;
    let registered: Vec<_> = registered.iter().map(|&uri| uri.to_owned()).collect();
    app.change_client("client", |client| client.request_uris = registered).await;
    (app, signer)
}

fn by_reference(request_uri: &str) -> String {
    authorize(&[("client_id", "client"), ("request_uri", request_uri)])
}

/// How the client hears of it that nothing could be fetched.
async fn refused(app: &TestApp, request_uri: &str) -> String {
    let asked =
        authorize(&[("client_id", "client"), ("request_uri", request_uri), ("redirect_uri", CALLBACK)]);
    let refused = Browser::new(app).get(&asked).await.refused_to_client();
    refused.strip_prefix(&format!("{CALLBACK} ")).unwrap().to_owned()
}

#[tokio::test]
async fn an_object_is_fetched_from_where_the_client_has_registered() {
    let remote = Remote::start("").await;
    let (app, signer) = app(&remote, &[&remote.url]).await;
    remote.publish(&signer.sign(&claims(json!({}))));
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&by_reference(&remote.url), "user").await;
    assert_eq!(answer.sends("state").as_deref(), Some("inner"));
    // What is there now counts: nothing was remembered.
    remote.publish(&signer.sign(&claims(json!({"state": "changed"}))));
    let answer = browser.get(&by_reference(&remote.url)).await;
    assert_eq!(answer.sends("state").as_deref(), Some("changed"));
}

#[tokio::test]
async fn an_address_that_names_its_content_is_asked_once() {
    let remote = Remote::start("").await;
    let (app, signer) = app(&remote, &[&format!("{}#of-the-registration", remote.url)]).await;
    let object = signer.sign(&claims(json!({})));
    remote.publish(&object);
    let address = format!("{}#{}", remote.url, sha256_b64url(object.as_bytes()));
    let browser = Browser::new(&app);
    browser.sign_in(&by_reference(&address), "user").await.code();
    let asked = remote.asked();
    remote.publish("something else");
    for _ in 0..3 {
        browser.get(&by_reference(&address)).await.code();
    }
    assert_eq!(remote.asked(), asked);
    // OpenID Connect Core §6.2: another fragment, another content.
    let changed = signer.sign(&claims(json!({"state": "changed"})));
    remote.publish(&changed);
    let address = format!("{}#{}", remote.url, sha256_b64url(changed.as_bytes()));
    assert_eq!(browser.get(&by_reference(&address)).await.sends("state").as_deref(), Some("changed"));
    // A fragment that says nothing true is none to remember by; the conformance suite registers one.
    let untrue = format!("{}#of-the-registration", remote.url);
    let asked = remote.asked();
    for _ in 0..2 {
        browser.get(&by_reference(&untrue)).await.code();
    }
    assert_eq!(remote.asked(), asked + 2);
}

#[tokio::test]
async fn nobody_can_send_the_server_elsewhere() {
    let remote = Remote::start("").await;
    let (app, signer) = app(&remote, &["https://client.example.org/r", "http://client.example.org/r"]).await;
    remote.publish(&signer.sign(&claims(json!({}))));
    for (address, reason) in [
        (remote.url.as_str(), "request_uri_not_registered"),
        ("https://client.example.org/r?x", "request_uri_not_registered"),
        ("https://client.example.org/r/../s", "request_uri_not_registered"),
        ("https://client.example.org@127.0.0.1/r", "request_uri_not_registered"),
        ("https://169.254.169.254/latest/meta-data", "request_uri_not_registered"),
        ("http://client.example.org/r", "request_uri_not_https"),
        ("file:///etc/passwd", "request_uri_not_https"),
        ("urn:example:r", "request_uri_not_https"),
        ("HTTPS://client.example.org/r", "request_uri_not_https"),
    ] {
        assert_eq!(refused(&app, address).await, format!("invalid_request_uri [{reason}]"), "{address}");
    }
    let long = format!("https://client.example.org/{}", "r".repeat(2048));
    assert_eq!(refused(&app, &long).await, "invalid_request_uri [request_uri_not_https]");
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn private_addresses_are_not_asked_even_if_registered() {
    let remote = Remote::start("").await;
    let app = TestApp::with_people().await;
    for address in [
        &*remote.url,
        "https://127.0.0.1/r",
        "https://[::1]/r",
        "https://10.0.0.1/r",
        "https://169.254.169.254/",
    ] {
        app.change_client("client", |client| client.request_uris = vec![address.to_owned()]).await;
        assert_eq!(refused(&app, address).await, "invalid_request_uri [request_uri_unreadable]", "{address}");
    }
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn what_is_fetched_must_be_an_object_of_the_client() {
    let remote = Remote::start("").await;
    let (app, signer) = app(&remote, &[&remote.url]).await;
    let stranger = Signer::new(Algorithm::ES256, "a");
    for (document, expected) in [
        (String::new(), "invalid_request_object [request_object_malformed]"),
        ("<html></html>".to_owned(), "invalid_request_object [request_object_malformed]"),
        (stranger.sign(&claims(json!({}))), "invalid_request_object [request_object_signature]"),
        ("x".repeat(40_000), "invalid_request_uri [request_uri_unreadable]"),
    ] {
        remote.publish(&document);
        assert_eq!(refused(&app, &remote.url).await, expected, "{document:.40}");
    }
    remote.publish(&signer.sign(&claims(json!({}))));
    remote.call_it("text/html; charset=utf-8");
    assert_eq!(refused(&app, &remote.url).await, "invalid_request_uri [request_uri_unreadable]");
    for media_type in ["application/oauth-authz-req+jwt", "application/jwt", "Text/Plain;charset=UTF-8"] {
        remote.call_it(media_type);
        let (path, page) = Browser::new(&app).open(&by_reference(&remote.url)).await;
        assert!(path.contains("/interaction/") && page.status == 200, "{media_type} {page:?}");
    }
}

#[tokio::test]
async fn one_address_cannot_have_the_client_asked_for_ever() {
    let remote = Remote::start("").await;
    let mut settings = remote.settings().to_vec();
    settings.push(("limits.authorize_per_minute", "3"));
    let app = TestApp::with_people_and_settings(&settings).await;
    let url = remote.url.clone();
    app.change_client("client", |client| client.request_uris = vec![url]).await;
    for _ in 0..5 {
        refused(&app, &remote.url).await;
    }
    assert_eq!(remote.asked(), 3);
    assert_eq!(refused(&app, &remote.url).await, "temporarily_unavailable [too_many_authorizations]");
}
