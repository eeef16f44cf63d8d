//! The name a request was reached by, where `server.url` is not set: it becomes the issuer.

use axum::body::Body;
use http::Request;
use http::header::{HOST, LOCATION};

use crate::harness::{Browser, TestApp, request_with};

const SILENT: &[(&str, &str)] = &[("prompt", "none")];

#[tokio::test]
async fn the_issuer_is_the_name_the_request_was_reached_by() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for (host, issuer) in [
        ("id.example", "https://id.example/default/default"),
        ("ID.Example:8443", "https://id.example:8443/default/default"),
        ("127.0.0.1:8443", "https://127.0.0.1:8443/default/default"),
        ("[::1]:8443", "https://[::1]:8443/default/default"),
    ] {
        let asked = Request::builder().uri(request_with("openid", SILENT)).header(HOST, host);
        let answer = browser.send(asked, Body::empty()).await;
        assert_eq!(answer.sends("iss").as_deref(), Some(issuer));
    }
}

#[tokio::test]
async fn a_host_that_is_no_host_is_refused() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for host in [
        "",
        " ",
        "evil.example/x",
        "evil.example?x",
        "evil.example#x",
        "user@evil.example",
        "evil.example, id.example",
        "a b",
        "<script>",
        "a:b",
        "a:1:2",
        ":8443",
        "[::1",
        "::1",
        "a..b",
        "a.example:99999",
    ] {
        let asked = Request::builder().uri(request_with("openid", SILENT)).header(HOST, host);
        let answer = browser.send(asked, Body::empty()).await;
        assert_eq!((answer.status, answer.record().reason.as_str()), (400, "bad_host"), "{host:?}");
        assert_eq!(answer.header(LOCATION), "");
    }
}

#[tokio::test]
async fn with_a_configured_address_the_host_counts_for_nothing() {
    let app = TestApp::with_people_and_settings(&[("server.url", "https://id.example")]).await;
    let browser = Browser::new(&app);
    for header in ["host", "x-forwarded-host", "forwarded", "x-host", "x-original-host"] {
        let value = if header == "forwarded" { "host=evil.example" } else { "evil.example" };
        let mut asked = Request::builder().uri(request_with("openid", SILENT));
        if header != "host" {
            asked = asked.header(HOST, "id.example");
        }
        let answer = browser.send(asked.header(header, value), Body::empty()).await;
        assert_eq!(answer.sends("iss").as_deref(), Some("https://id.example/default/default"), "{header}");
    }
}

#[tokio::test]
async fn nobody_but_the_host_header_says_where_the_server_is() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for header in ["x-forwarded-host", "forwarded", "x-host", "x-forwarded-server", "x-original-url"] {
        let asked = Request::builder().uri(request_with("openid", SILENT)).header(header, "evil.example");
        let answer = browser.send(asked, Body::empty()).await;
        assert_eq!(
            answer.sends("iss").as_deref(),
            Some("https://localhost:8443/default/default"),
            "{header}"
        );
    }
}

/// HTTP/2 has `:authority` and HTTP/1.1 the absolute form: both outrank a `Host` header (RFC 9112 §3.2.2).
#[tokio::test]
async fn the_name_in_the_request_line_counts_before_the_header() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let uri = format!("https://id.example{}", request_with("openid", SILENT));
    let answer = browser.send(Request::builder().uri(uri).header(HOST, "evil.example"), Body::empty()).await;
    assert_eq!(answer.sends("iss").as_deref(), Some("https://id.example/default/default"));
}

/// A path among the redirect URIs of our own clients is completed by the host: nobody else's may be.
#[tokio::test]
async fn a_path_is_a_redirect_uri_of_our_own_clients_alone() {
    let app = TestApp::with_people().await;
    let mut path = crate::harness::client("path");
    path["redirect_uris"] = serde_json::json!(["/api/swagger/default/oauth2-redirect.html"]);
    app.add_client(path).await;
    let asked = |host: &str| {
        let uri = format!("https://{host}/api/swagger/default/oauth2-redirect.html");
        let parameters = [
            ("client_id", "path"),
            ("response_type", "code"),
            ("redirect_uri", uri.as_str()),
            ("prompt", "none"),
        ];
        crate::harness::authorize(&parameters)
    };
    let refused = "400 We did not send you on [redirect_uri_not_registered]";
    let browser = Browser::new(&app);
    assert_eq!(browser.get(&asked("localhost:8443")).await.refused_on_a_page(), refused);

    app.change_client("path", |client| client.system = true).await;
    let answer = browser.get(&asked("localhost:8443")).await;
    assert!(
        answer
            .location()
            .starts_with("https://localhost:8443/api/swagger/default/oauth2-redirect.html?error=")
    );
    for other in ["evil.example", "localhost", "localhost:8443@evil.example", "localhost:84430"] {
        assert_eq!(browser.get(&asked(other)).await.refused_on_a_page(), refused, "{other}");
    }
}
