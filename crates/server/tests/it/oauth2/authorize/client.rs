//! Until the client and its redirect URI are known to be right, nobody is redirected and nothing is written.

use axum::body::Body;
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{Method, Request};
use serde_json::json;
use symbolon_store::entity::client::ClientStatus;

use crate::harness::{
    AUTHORIZE, Answer, Browser, CALLBACK, TestApp, authorize, client, request, request_with,
};

/// A page, and nothing that leaves the browser changed or leads anywhere.
#[track_caller]
fn on_a_page(answer: &Answer) -> String {
    assert!(!answer.headers.contains_key(LOCATION), "{answer:?}");
    assert!(!answer.headers.contains_key(SET_COOKIE), "{answer:?}");
    answer.refused_on_a_page()
}

#[tokio::test]
async fn an_unknown_client_is_told_on_a_page() {
    let app = TestApp::with_people().await;
    app.add_client(
        json!({"client_id": "program", "grant_types": ["client_credentials"], "redirect_uris": [CALLBACK]}),
    )
    .await;
    app.add_client(client("asleep")).await;
    app.change_client("asleep", |client| client.client_status = ClientStatus::Inactive).await;
    app.add_client_in("default", "developer", client("elsewhere")).await;
    let browser = Browser::new(&app);
    for (client_id, expected) in [
        ("", "400 We cannot make sense of this request [client_id_missing]"),
        ("nobody", "400 This app is not known here [client_unknown]"),
        ("CLIENT", "400 This app is not known here [client_unknown]"),
        ("client ", "400 This app is not known here [client_unknown]"),
        ("asleep", "400 This app is not known here [client_unknown]"),
        ("elsewhere", "400 This app is not known here [client_unknown]"),
        ("program", "400 We cannot make sense of this request [grant_not_registered]"),
    ] {
        let parameters = [("client_id", client_id), ("response_type", "code"), ("redirect_uri", CALLBACK)];
        let answer = browser.get(&authorize(&parameters)).await;
        assert_eq!(on_a_page(&answer), expected, "{client_id}");
        if !client_id.is_empty() {
            assert_eq!(answer.record().client_id.as_deref(), Some(client_id));
        }
    }
}

#[tokio::test]
async fn a_redirect_uri_is_compared_letter_by_letter() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for uri in [
        "https://evil.example/callback",
        "https://example.com/callback/",
        "https://example.com/callback?",
        "https://example.com/callback?x=1",
        "https://example.com/callback#",
        "https://example.com/callback#/evil",
        "https://example.com/Callback",
        "https://EXAMPLE.com/callback",
        "https://example.com:443/callback",
        "http://example.com/callback",
        "https://example.com/x/../callback",
        "https://example.com/%63allback",
        "https://example.com/callback/..;/evil",
        "https://example.com@evil.example/callback",
        "https://example.com.evil.example/callback",
        "https://example.com/callback\\@evil.example",
        "https://example.com/callback\r\nLocation: https://evil.example",
        "https://example.com/callback https://evil.example",
        "https://example.com/callback\u{200b}",
        " https://example.com/callback",
        "//example.com/callback",
        "/callback",
        "javascript:alert(1)",
        "*",
        "null",
    ] {
        let answer = browser
            .get(&authorize(&[("client_id", "client"), ("response_type", "code"), ("redirect_uri", uri)]))
            .await;
        assert_eq!(on_a_page(&answer), "400 We did not send you on [redirect_uri_not_registered]", "{uri:?}");
        assert_eq!(answer.record().client_id.as_deref(), Some("client"), "{uri:?}");
        assert_eq!(answer.record().expected.as_deref(), Some(CALLBACK));
        assert!(!answer.text().contains("evil.example"), "the page does not show the address: {uri:?}");
    }
}

#[tokio::test]
async fn the_port_of_a_loopback_address_is_free_for_public_clients_alone() {
    let app = TestApp::with_people().await;
    let mut public = client("public");
    public["token_endpoint_auth_method"] = json!("none");
    public["redirect_uris"] =
        json!(["http://127.0.0.1/cb", "http://localhost:7000/cb", "com.example.app:/cb"]);
    app.add_client(public).await;
    let mut confidential = client("confidential");
    confidential["redirect_uris"] = json!(["http://127.0.0.1/cb"]);
    app.add_client(confidential).await;
    app.change_workspace(|server| server.enforce_pkce_for_public_clients = false).await;
    let browser = Browser::new(&app);
    for (client_id, uri, is_right) in [
        ("public", "http://127.0.0.1:49152/cb", true),
        ("public", "http://127.0.0.1/cb", true),
        ("public", "http://localhost:1/cb", true),
        ("public", "com.example.app:/cb", true),
        ("public", "http://127.0.0.1:49152/other", false),
        ("public", "http://127.0.0.1:49152/cb?x", false),
        ("public", "http://127.0.0.1:99999/cb", false),
        ("public", "http://127.0.0.1:1@evil.example/cb", false),
        ("public", "http://127.0.0.2:1/cb", false),
        ("public", "https://127.0.0.1:1/cb", false),
        ("public", "http://[::1]:1/cb", false),
        ("public", "com.example.app://evil/cb", false),
        ("confidential", "http://127.0.0.1/cb", true),
        ("confidential", "http://127.0.0.1:49152/cb", false),
    ] {
        let parameters =
            [("client_id", client_id), ("redirect_uri", uri), ("prompt", "none"), ("response_type", "code")];
        let answer = browser.get(&authorize(&parameters)).await;
        match is_right {
            true => assert!(answer.location().starts_with(&format!("{uri}?error=login_required")), "{uri}"),
            false => assert_eq!(
                on_a_page(&answer),
                "400 We did not send you on [redirect_uri_not_registered]",
                "{uri}"
            ),
        }
    }
}

#[tokio::test]
async fn the_redirect_uri_may_be_left_out_when_there_is_one() {
    let app = TestApp::with_people().await;
    let mut two = client("two");
    two["redirect_uris"] = json!([CALLBACK, "https://example.com/other"]);
    app.add_client(two).await;
    let browser = Browser::new(&app);
    let of =
        |client_id| authorize(&[("client_id", client_id), ("response_type", "code"), ("prompt", "none")]);
    let answer = browser.get(&of("client")).await;
    assert_eq!(answer.refused_to_client(), "https://example.com/callback login_required [login_required]");
    let answer = browser.get(&of("two")).await;
    assert_eq!(on_a_page(&answer), "400 We did not send you on [redirect_uri_missing]");
}

#[tokio::test]
async fn a_malformed_request_is_told_on_a_page_even_if_client_and_address_are_right() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let right = request("openid");
    for (more, reason) in [
        ("&client_id=client", "form_repeated_parameter"),
        ("&redirect_uri=https://evil.example", "form_repeated_parameter"),
        ("&response_mode=query&response_mode=fragment", "form_repeated_parameter"),
        ("&state=2", "form_repeated_parameter"),
        ("&%73tate=2", "form_repeated_parameter"),
        ("&nonce=%", "form_bad_escape"),
        ("&nonce=%zz", "form_bad_escape"),
        ("&nonce=%ff", "form_not_utf8"),
        ("&nonce=%ed%a0%80", "form_not_utf8"),
        ("&nonce=a%00b", "form_nul"),
    ] {
        let answer = browser.get(&format!("{right}{more}")).await;
        let expected = format!("400 We cannot make sense of this request [{reason}]");
        assert_eq!(on_a_page(&answer), expected, "{more}");
    }
    let many: String = (0..200).map(|number| format!("&p{number}=1")).collect();
    let answer = browser.get(&format!("{right}{many}")).await;
    assert_eq!(on_a_page(&answer), "400 We cannot make sense of this request [form_too_many_parameters]");
}

/// RFC 6749 §4.1.2.1: where it is clear whom to tell, the client is told.
#[tokio::test]
async fn a_client_is_told_what_it_repeats() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let right = request_with("openid", &[("response_mode", "fragment")]);
    for more in ["&scope=openid", "&nonce=1&nonce=2", "&foo=1&foo=1", "&prompt=login&prompt=none"] {
        let answer = browser.get(&format!("{right}{more}")).await;
        let sent = answer.fragment();
        assert_eq!(
            (sent["error"].as_str(), sent["state"].as_str()),
            ("invalid_request", "of the client"),
            "{more}"
        );
        assert_eq!(answer.record().reason, "form_repeated_parameter", "{more}");
    }
    assert_eq!(app.rows_of("authorize_sessions").await, 0);
}

/// OpenID Connect Core §3.1.2.1 wants it, however many there are.
#[tokio::test]
async fn a_request_of_openid_connect_names_its_redirect_uri() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let of = |scope| authorize(&[("client_id", "client"), ("response_type", "code"), ("scope", scope)]);
    let answer = browser.get(&of("email openid")).await;
    assert_eq!(on_a_page(&answer), "400 We did not send you on [redirect_uri_missing]");
    assert_eq!(browser.get(&of("email")).await.status, 303);
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let json = json!({"client_id": "client", "redirect_uri": CALLBACK, "response_type": "code"}).to_string();
    for (content_type, body, expected) in [
        (Some("application/json"), json.as_str(), "content_type_wrong"),
        (Some("text/plain"), "client_id=client&response_type=code", "content_type_wrong"),
        (Some("multipart/form-data; boundary=x"), "--x--", "content_type_wrong"),
        (None, "client_id=client", "content_type_wrong"),
        (
            Some("application/x-www-form-urlencoded"),
            "client_id=client&client_id=client",
            "form_repeated_parameter",
        ),
        (Some("application/x-www-form-urlencoded"), "", "client_id_missing"),
    ] {
        let mut request = Request::builder().method(Method::POST).uri(AUTHORIZE);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let answer = browser.send(request, body.to_owned().into()).await;
        let expected = format!("400 We cannot make sense of this request [{expected}]");
        assert_eq!(on_a_page(&answer), expected, "{content_type:?} {body}");
    }
    let huge = Request::builder().method(Method::POST).uri(AUTHORIZE);
    let huge = huge.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = browser.send(huge, Body::from(vec![b'a'; 100_000])).await;
    assert_eq!(answer.status, 413);
}

/// RFC 6749 §10.13 aside: a stranger must not be able to fill the database.
#[tokio::test]
async fn no_row_is_written_before_client_and_redirect_uri_are_known() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let before = app.app.store.row_counts().await.unwrap();
    assert!(before.iter().any(|(table, _)| *table == "authorize_sessions"));
    for number in 0..50 {
        let id = format!("stranger-{number}");
        let uri = format!("https://evil.example/{number}");
        for (client_id, redirect_uri) in
            [(id.as_str(), CALLBACK), ("client", uri.as_str()), ("", ""), ("client", "\0")]
        {
            let parameters = [
                ("client_id", client_id),
                ("redirect_uri", redirect_uri),
                ("response_type", "code"),
                ("scope", "openid"),
            ];
            let answer = match number % 2 {
                0 => browser.get(&authorize(&parameters)).await,
                _ => browser.post(AUTHORIZE, &parameters).await,
            };
            // An empty redirect URI counts as none, and the client has but one.
            assert_eq!(answer.status, 400, "{client_id} {redirect_uri}");
        }
    }
    // What is refused to the client, or answered at once, waits for nobody either.
    for bad in ["nonsense", "none login", "none"] {
        let parameters =
            [("client_id", "client"), ("redirect_uri", CALLBACK), ("response_type", "code"), ("prompt", bad)];
        browser.get(&authorize(&parameters)).await.refused_to_client();
    }
    assert_eq!(app.app.store.row_counts().await.unwrap(), before);

    browser.get(&request("openid")).await;
    assert_ne!(app.app.store.row_counts().await.unwrap(), before, "the first row is that of a good request");
}

#[tokio::test]
async fn there_is_nothing_where_no_workspace_is() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for path in [
        "/nobody/default",
        "/default/nothing",
        "/default/%64efault",
        "/default/default%00",
        "/Default/default",
    ] {
        let answer = browser.get(&request("openid").replace("/default/default", path)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.headers.contains_key(LOCATION));
    }
}
