//! The consent page, and what is remembered of the answer.

use serde_json::json;
use symbolon_store::entity::{Client, Scope};

use crate::harness::{Answer, Browser, CALLBACK, TestApp, client, request, request_with};

/// The page that `user` sees after logging in.
async fn consent_page(browser: &Browser<'_>, request: &str) -> (String, Answer) {
    let (path, page) = browser.open(request).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    browser.follow(&path, answer).await
}

async fn change_scope(app: &TestApp, name: &str, change: impl FnOnce(&mut Scope)) {
    let mut scope = app.store().load::<Scope>(&format!("default-{name}")).await.unwrap().value;
    change(&mut scope);
    app.store().update(scope, None, 0).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
}

#[tokio::test]
async fn deny_is_told_to_the_client_and_remembers_nothing() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = consent_page(&browser, &request("openid")).await;
    let answer = browser.press(&path, &page, "deny").await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} access_denied [consent_denied]"));
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
    for table in ["codes", "grants", "scope_grants", "authorize_sessions"] {
        assert_eq!(app.rows_of(table).await, 0, "{table}");
    }
    let gone = browser.press(&path, &page, "accept").await;
    assert_eq!(gone.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
    let (_, page) = browser.open(&request("openid")).await;
    assert_eq!(page.page().scopes(), ["Know who you are New"], "asked again, but not to log in");
}

#[tokio::test]
async fn a_new_scope_alone_is_marked_as_new() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid email"), "user").await.code();
    let (path, page) = browser.open(&request("email profile openid")).await;
    assert_eq!(
        page.page().scopes(),
        ["See your email address Allowed before", "See your profile New", "Know who you are Allowed before"]
    );
    browser.press(&path, &page, "accept").await.code();
    browser.get(&request("openid email profile")).await.code();
    browser.get(&request("profile")).await.code();
}

#[tokio::test]
async fn consent_is_remembered_for_one_person_and_one_client() {
    let app = TestApp::with_people().await;
    app.add_client(client("client-2")).await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (_, page) = browser.open(&request("openid").replace("=client&", "=client-2&")).await;
    assert_eq!(page.page().scopes(), ["Know who you are New"]);
    let other = Browser::new(&app);
    let (path, page) = other.open(&request("openid")).await;
    let answer = other.log_in(&path, &page, "other", "other").await;
    let (_, page) = other.follow(&path, answer).await;
    assert_eq!(page.page().scopes(), ["Know who you are New"]);
    let elsewhere = Browser::new(&app);
    let (path, page) = elsewhere.open(&request("openid")).await;
    elsewhere.log_in(&path, &page, "user", "user").await.code();
}

#[tokio::test]
async fn taken_back_consent_is_asked_for_again() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid email"), "user").await.code();
    app.store().revoke_scope_grants_of_client("client").await.unwrap();
    let (_, page) = browser.open(&request("openid")).await;
    assert_eq!(page.page().scopes(), ["Know who you are New"]);
}

#[tokio::test]
async fn a_trusted_client_is_not_asked_about_and_nothing_is_remembered_for_it() {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| client.trusted = true).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid email")).await;
    browser.log_in(&path, &page, "user", "user").await.code();
    assert_eq!(app.rows_of("scope_grants").await, 0, "nobody has consented to anything");
    app.change_client("client", |client| client.trusted = false).await;
    let (_, page) = browser.open(&request("openid email")).await;
    assert_eq!(page.page().scopes().len(), 2);
    app.change_client("client", |client| client.trusted = true).await;
    let (_, page) = browser.open(&request_with("openid", &[("prompt", "consent")])).await;
    assert_eq!(page.page().scopes().len(), 1, "the client may ask for the page");
}

#[tokio::test]
async fn an_implicit_scope_is_not_asked_about_and_not_remembered() {
    let app = TestApp::with_people().await;
    change_scope(&app, "openid", |scope| scope.implicit_grant = true).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    browser.log_in(&path, &page, "user", "user").await.code();
    browser.sign_in(&request("openid email"), "user").await.code();
    assert_eq!(app.rows_of("scope_grants").await, 1, "email alone was asked about");
    change_scope(&app, "openid", |scope| scope.implicit_grant = false).await;
    let (_, page) = browser.open(&request("openid email")).await;
    assert_eq!(page.page().scopes(), ["Know who you are New", "See your email address Allowed before"]);
}

#[tokio::test]
async fn a_transient_scope_is_asked_about_every_time() {
    let app = TestApp::with_people().await;
    change_scope(&app, "email", |scope| scope.transient = true).await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid email"), "user").await.code();
    assert_eq!(app.rows_of("scope_grants").await, 1);
    let (path, page) = browser.open(&request("openid email")).await;
    assert_eq!(page.page().scopes(), ["Know who you are Allowed before", "See your email address New"]);
    browser.press(&path, &page, "accept").await.code();
    let silent = browser.get(&request_with("email", &[("prompt", "none")])).await;
    assert_eq!(silent.refused_to_client(), format!("{CALLBACK} consent_required [consent_required]"));
}

/// RFC 8252 §8.6: any program on the device can pretend to be a native application, so its person is asked each time.
#[tokio::test]
async fn remembered_consent_does_not_serve_whoever_may_pretend_to_be_the_client() {
    let app = TestApp::with_people().await;
    let mut native = client("client-n");
    native["token_endpoint_auth_method"] = json!("none");
    native["redirect_uris"] = json!([CALLBACK, "http://127.0.0.1/cb", "com.example.app:/cb"]);
    app.add_client(native).await;
    app.change_workspace(|server| server.enforce_pkce_for_public_clients = false).await;
    let at = |uri: &str, more: &[(&str, &str)]| {
        let parameters = [
            ("client_id", "client-n"),
            ("response_type", "code"),
            ("redirect_uri", uri),
            ("scope", "openid"),
        ];
        crate::harness::authorize(&[&parameters, more].concat())
    };
    let browser = Browser::new(&app);
    for uri in ["http://127.0.0.1:4711/cb", "com.example.app:/cb"] {
        browser.sign_in(&at(uri, &[]), "user").await.code();
        let (path, page) = browser.open(&at(uri, &[])).await;
        assert_eq!(page.page().scopes(), ["Know who you are Allowed before"], "{uri}");
        browser.press(&path, &page, "accept").await.code();
        let silent = browser.get(&at(uri, &[("prompt", "none")])).await;
        assert_eq!(silent.sends("error").as_deref(), Some("consent_required"));
    }
    browser.get(&at(CALLBACK, &[])).await.code();
}

#[tokio::test]
async fn what_was_taken_from_the_client_meanwhile_is_not_granted() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let gone = "400 This page is no longer valid [interaction_gone]";
    let changes: [fn(&mut Client); 4] = [
        |client| client.redirect_uris = vec!["https://example.com/new".to_owned()],
        |client| client.client_status = symbolon_store::entity::client::ClientStatus::Inactive,
        |client| client.grant_types = vec!["client_credentials".to_owned()],
        |client| client.scopes = vec!["email".to_owned()],
    ];
    for change in changes {
        let (path, page) =
            consent_page(&browser, &request_with("openid", &[("prompt", "login consent")])).await;
        let before = app.store().load::<Client>("client").await.unwrap().value;
        app.change_client("client", change).await;
        assert_eq!(browser.press(&path, &page, "accept").await.refused_on_a_page(), gone);
        assert_eq!(app.rows_of("codes").await, 0);
        app.change_client("client", |client| *client = before).await;
    }
    app.store().delete::<Client>("client", None).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let answer = browser.get(&request("openid")).await;
    assert_eq!(answer.refused_on_a_page(), "400 This app is not known here [client_unknown]");
}
