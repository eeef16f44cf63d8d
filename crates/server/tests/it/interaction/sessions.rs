//! Sessions: how long they live, and whose they are.

use serde_json::json;
use symbolon_store::entity::{GoDuration, Idp};

use crate::harness::{Browser, TestApp, client, request};

const SESSION: &str = "__Host-session.default.default";
const HOUR: i64 = 3600;

/// Whether a request of this browser is answered without a login.
async fn is_logged_in(browser: &Browser<'_>) -> bool {
    browser.get(&crate::harness::request_with("openid", &[("prompt", "none")])).await.sends("code").is_some()
}

async fn logged_in(app: &TestApp) -> Browser<'_> {
    let browser = Browser::new(app);
    browser.sign_in(&request("openid"), "user").await.code();
    browser
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_for_an_hour() {
    let app = TestApp::with_people().await;
    let browser = logged_in(&app).await;
    app.advance(HOUR - 1);
    assert!(is_logged_in(&browser).await);
    app.advance(HOUR - 1);
    assert!(is_logged_in(&browser).await, "each use counts");
    app.advance(HOUR);
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let app = TestApp::with_people().await;
    let browser = logged_in(&app).await;
    for _ in 0..23 {
        app.advance(HOUR / 2);
        assert!(is_logged_in(&browser).await);
    }
    app.advance(HOUR / 2 - 1);
    assert!(is_logged_in(&browser).await);
    app.advance(1);
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_workspace_sets_how_long_sessions_live() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| {
        server.sso = Some(symbolon_store::entity::server::SsoConfiguration {
            enabled: true,
            max_idle: Some(GoDuration::from_secs(40)),
            max_age: Some(GoDuration::from_secs(100)),
            ..Default::default()
        });
    })
    .await;
    let browser = logged_in(&app).await;
    for _ in 0..3 {
        app.advance(30);
        assert!(is_logged_in(&browser).await, "a short idle time is prolonged too");
    }
    app.advance(10);
    assert!(!is_logged_in(&browser).await, "100 seconds are over");
    let browser = logged_in(&app).await;
    app.advance(40);
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn who_sets_a_lifetime_does_not_switch_single_sign_on_off() {
    let app = TestApp::with_people().await;
    let sso = r#"{"max_idle": "3s", "max_age": "8s"}"#;
    app.change_workspace(|server| server.sso = serde_json::from_str(sso).unwrap()).await;
    let browser = logged_in(&app).await;
    for _ in 0..3 {
        app.advance(2);
        assert!(is_logged_in(&browser).await);
    }
    app.advance(2);
    assert!(!is_logged_in(&browser).await, "8 seconds are over");
}

#[tokio::test]
async fn a_duration_of_zero_means_the_default() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| {
        server.sso = Some(symbolon_store::entity::server::SsoConfiguration {
            enabled: true,
            max_idle: Some(GoDuration::from_secs(0)),
            max_age: Some(GoDuration::from_secs(0)),
            ..Default::default()
        });
    })
    .await;
    let browser = logged_in(&app).await;
    app.advance(HOUR - 1);
    assert!(is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_login_begins_a_new_session_and_ends_the_old_one() {
    let app = TestApp::with_people().await;
    let browser = logged_in(&app).await;
    let old = browser.cookie(SESSION).unwrap();
    let (path, page) = browser.open(&crate::harness::request_with("openid", &[("prompt", "login")])).await;
    browser.log_in(&path, &page, "user", "user").await.code();
    let new = browser.cookie(SESSION).unwrap();
    assert_ne!(old, new);
    assert_eq!(app.rows_of("sessions").await, 1);
    let thief = Browser::new(&app);
    thief.set_cookie(SESSION, Some(&old));
    assert!(!is_logged_in(&thief).await);
}

/// Session fixation: what was in the cookie before the login opens nothing after it.
#[tokio::test]
async fn a_session_id_that_somebody_planted_is_not_taken() {
    let app = TestApp::with_people().await;
    let planted = "A".repeat(43);
    let browser = Browser::new(&app);
    browser.set_cookie(SESSION, Some(&planted));
    browser.sign_in(&request("openid"), "user").await.code();
    assert_ne!(browser.cookie(SESSION).unwrap(), planted);
    let attacker = Browser::new(&app);
    attacker.set_cookie(SESSION, Some(&planted));
    assert!(!is_logged_in(&attacker).await);
}

#[tokio::test]
async fn the_cookie_of_one_workspace_opens_no_other() {
    let app = TestApp::with_people().await;
    app.add_tenant("tenant-b").await;
    app.add_client_in("default", "developer", client("client-d")).await;
    app.add_client_in("tenant-b", "default", client("client")).await;
    let browser = logged_in(&app).await;
    let session = browser.cookie(SESSION).unwrap();
    for (tenant, workspace, client) in
        [("default", "developer", "=client-d&"), ("tenant-b", "default", "=client&")]
    {
        let asked = crate::harness::request_with("openid", &[("prompt", "none")]).replace("=client&", client);
        let asked = asked.replace("/default/default/", &format!("/{tenant}/{workspace}/"));
        browser.set_cookie(&format!("__Host-session.{tenant}.{workspace}"), Some(&session));
        assert_eq!(
            browser.get(&asked).await.sends("error").as_deref(),
            Some("login_required"),
            "{tenant}/{workspace}"
        );
    }
    assert!(is_logged_in(&browser).await);
}

#[tokio::test]
async fn what_the_store_holds_opens_no_session() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request("openid"), "user").await;
    let claims = app.id_token_of(&answer.code()).await;
    let sid = claims["sid"].as_str().unwrap().to_owned();
    assert_ne!(browser.cookie(SESSION).unwrap(), sid);
    for guess in [sid.clone(), format!("{sid:0<43}"), String::new(), "%".repeat(43), "A".repeat(100_000)] {
        let attacker = Browser::new(&app);
        attacker.set_cookie(SESSION, Some(&guess));
        assert!(!is_logged_in(&attacker).await);
    }
}

/// ASVS 7.4.2: a session ends with the account it belongs to.
#[tokio::test]
async fn a_session_ends_with_its_account() {
    let app = TestApp::with_people().await;
    let browser = logged_in(&app).await;
    let change = async |change: fn(&mut Idp)| {
        let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
        change(&mut idp);
        app.store().update(idp, None, 0).await.unwrap();
        app.app.snapshots.invalidate("default", "default");
    };
    change(|idp| idp.disabled = true).await;
    assert!(!is_logged_in(&browser).await);
    change(|idp| idp.disabled = false).await;
    assert!(is_logged_in(&browser).await);
    change(|idp| idp.credentials.as_mut().unwrap().users.retain(|user| user.username != "user")).await;
    assert!(!is_logged_in(&browser).await);
    app.store().delete::<Idp>("default-people", None).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert!(!is_logged_in(&browser).await);
}

#[tokio::test]
async fn one_session_serves_all_clients() {
    let app = TestApp::with_people().await;
    let mut second = client("client-2");
    second["trusted"] = json!(true);
    app.add_client(second).await;
    let browser = logged_in(&app).await;
    browser.get(&request("openid").replace("=client&", "=client-2&")).await.code();
}

/// A restored browser opens its tabs at once: each first visit gets a cookie, and the browser keeps the last.
#[tokio::test]
async fn tabs_that_are_opened_at_once_all_find_their_way() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let mut tabs = Vec::new();
    for state in ["one", "two", "three"] {
        browser.set_cookie("__Host-browser.default.default", None);
        let asked = request("openid").replace("state=of+the+client", &format!("state={state}"));
        tabs.push((state, browser.get(&asked).await.location().to_owned()));
    }
    // A page that was shown before the cookie was replaced.
    let first = browser.cookie("__Host-browser.default.default").unwrap();
    let (path, page) = browser.open(&tabs[2].1).await;
    browser.set_cookie("__Host-browser.default.default", Some(&"B".repeat(43)));
    let answer = browser.log_in(&path, &page, "user", "user").await;
    assert_eq!(app.rows_of("sessions").await, 0, "its form does not count");
    assert_eq!(browser.follow(&path, answer).await.1.page().heading(), "Sign in");
    browser.set_cookie("__Host-browser.default.default", Some(&first));

    for (state, path) in tabs {
        let answer = browser.sign_in(&path, "user").await;
        assert_eq!(answer.sends("state").as_deref(), Some(state));
        answer.code();
    }
}

#[tokio::test]
async fn without_single_sign_on_a_login_serves_one_request() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| {
        let sso = symbolon_store::entity::server::SsoConfiguration::default();
        server.sso = Some(symbolon_store::entity::server::SsoConfiguration { enabled: false, ..sso });
    })
    .await;
    let browser = logged_in(&app).await;
    assert!(!is_logged_in(&browser).await);
    let (path, page) = browser.open(&request("openid")).await;
    assert_eq!(page.page().heading(), "Sign in");
    browser.log_in(&path, &page, "user", "user").await.code();
}

#[tokio::test]
async fn the_cookie_and_its_session_live_as_long_as_the_workspace_says() {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.cookie_max_age = Some(GoDuration::from_secs(600))).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let cookies = answer.headers.get_all(http::header::SET_COOKIE).iter();
    let cookie = cookies.map(|value| value.to_str().unwrap()).find(|text| text.contains("session")).unwrap();
    assert!(cookie.ends_with("; Max-Age=600"), "{cookie}");
    let (path, page) = browser.follow(&path, answer).await;
    browser.press(&path, &page, "accept").await.code();
    app.advance(599);
    assert!(is_logged_in(&browser).await);
    app.advance(1);
    assert!(!is_logged_in(&browser).await, "though it was used a second ago");
}
