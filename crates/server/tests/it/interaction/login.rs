//! The login page.

use http::header::{CONTENT_LANGUAGE, COOKIE};
use http::{Method, Request};
use symbolon_store::entity::Idp;

use crate::harness::{Browser, CALLBACK, TestApp, request};

#[tokio::test]
async fn a_wrong_password_does_not_tell_whether_the_user_exists() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let mut pages = Vec::new();
    for (username, password, reason) in [
        ("user", "wrong", "password_wrong"),
        ("nobody", "wrong", "user_unknown"),
        ("user", "", "password_wrong"),
        ("nobody", "", "user_unknown"),
        ("USER", "user", "user_unknown"),
        ("user ", "user", "user_unknown"),
        ("", "", "user_unknown"),
        ("user", "user\u{0}", "form_nul"),
    ] {
        let answer = browser.log_in(&path, &page, username, password).await;
        let record = answer.record();
        assert_eq!(record.reason, reason, "{username:?}");
        let written = format!("{} {:?} {:?}", record.detail, record.expected, record.got);
        assert!(!written.contains("wrong"), "nothing that was typed is written down: {written}");
        if reason == "form_nul" {
            continue;
        }
        assert_eq!((answer.status, record.error.as_str()), (200, "access_denied"));
        assert_eq!(record.client_id.as_deref(), Some("client"));
        assert_eq!(
            answer.page().alert().unwrap(),
            "The username or the password is wrong. Check both and try again."
        );
        let filled_in = format!("value=\"{username}\"");
        assert!(answer.text().contains(&filled_in) || username.is_empty());
        let names: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
        pages.push((names, answer.text().replace(&filled_in, "value=\"\"").replace(" autofocus", "")));
    }
    let csrf = page.page().csrf();
    pages.iter().for_each(|(_, html)| assert!(html.contains(&csrf)));
    pages.dedup();
    assert_eq!(pages.len(), 1, "all pages are alike");
    assert!(browser.cookie("__Host-session.default.default").is_none());
    assert_eq!(app.rows_of("sessions").await, 0);
}

/// A login costs one hash, whoever it is: nothing else here takes any time.
#[tokio::test]
async fn who_exists_cannot_be_told_from_what_a_login_costs() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let mut costs = Vec::new();
    let cost = async |username: &str, password: &str, reason: &str| {
        let before = app.app.passwords.computed();
        let answer = browser.log_in(&path, &page, username, password).await;
        let found = answer.refusal.as_ref().map_or("", |refusal| refusal.reason.as_str());
        assert_eq!(found, reason, "{username}");
        app.app.passwords.computed() - before
    };
    costs.push(cost("user", "wrong", "password_wrong").await);
    costs.push(cost("nobody", "wrong", "user_unknown").await);
    costs.push(cost("", "", "user_unknown").await);
    let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    for user in &mut idp.credentials.as_mut().unwrap().users {
        user.password = user.password.take().filter(|_| user.username == "user");
    }
    app.store().update(idp.clone(), None, 0).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    costs.push(cost("other", "other", "user_unknown").await);
    idp.disabled = true;
    app.store().update(idp, None, 0).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    costs.push(cost("user", "user", "user_unknown").await);
    assert_eq!(costs, [1; 5]);
    let long = "x".repeat(1025);
    for (username, reason) in [("user", "user_unknown"), ("nobody", "user_unknown")] {
        assert_eq!(cost(username, &long, reason).await, 0, "what is too long for a password is not hashed");
    }
}

#[tokio::test]
async fn a_login_without_a_user_or_with_a_disabled_provider_fails() {
    let app = TestApp::with_people().await;
    let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    idp.disabled = true;
    app.store().update(idp, None, 0).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    assert!(!page.text().contains("type=\"password\""), "there is nowhere to log in");
    let answer = browser.log_in(&path, &page, "user", "user").await;
    assert_eq!(answer.record().reason, "user_unknown");
}

#[tokio::test]
async fn cancel_goes_back_to_the_client() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.press(&path, &page, "cancel").await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} access_denied [login_cancelled]"));
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
    assert_eq!(answer.record().client_id.as_deref(), Some("client"));
    let again = browser.get(&path).await;
    assert_eq!(again.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
}

#[tokio::test]
async fn an_interaction_ends_after_half_an_hour() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    app.advance(30 * 60 - 1);
    assert_eq!(browser.get(&path).await.page().heading(), "Sign in");
    app.advance(1);
    let expired = "400 This page is no longer valid [interaction_gone]";
    assert_eq!(browser.get(&path).await.refused_on_a_page(), expired);
    assert_eq!(browser.log_in(&path, &page, "user", "user").await.refused_on_a_page(), expired);
    assert_eq!(browser.press(&path, &page, "cancel").await.refused_on_a_page(), expired);
    assert_eq!(app.rows_of("sessions").await, 0);
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    browser.set_cookie("__Host-browser.default.default", None);
    let cookies = "400 Your browser did not keep our cookie [browser_unknown]";
    assert_eq!(browser.get(&path).await.refused_on_a_page(), cookies);
    assert_eq!(browser.log_in(&path, &page, "user", "user").await.refused_on_a_page(), cookies);
}

#[tokio::test]
async fn cookies_of_others_do_not_get_in_the_way() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, _) = browser.open(&request("openid")).await;
    let ours = browser.cookie_header();
    let many: String = (0..500).map(|number| format!("c{number}={}; ", "x".repeat(40))).collect();
    for header in [
        format!("tracking=a=b; {ours}"),
        format!("{ours}; __Host-browser.default.default2=x; =; ;; novalue"),
        format!("{many}{ours}"),
        format!("name=\u{e9}\u{fc}; {ours}"),
        format!("{ours};name=\"quoted; value\""),
    ] {
        let asked = Request::builder().method(Method::GET).uri(&path);
        let other = Browser::new(&app);
        let asked = asked.header(COOKIE, http::HeaderValue::from_bytes(header.as_bytes()).unwrap());
        let answer = other.send(asked, axum::body::Body::empty()).await;
        assert_eq!(answer.page().heading(), "Sign in", "{}", &header[..40]);
    }
    // HTTP/2 may send each cookie in a field of its own (RFC 9113 §8.2.3).
    let asked = Request::builder().uri(&path).header(COOKIE, "a=b").header(COOKIE, &ours);
    let answer = Browser::new(&app).send(asked, axum::body::Body::empty()).await;
    assert_eq!(answer.page().heading(), "Sign in");
}

#[tokio::test]
async fn the_language_follows_request_and_browser() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (_, page) = browser.open(&crate::harness::request_with("openid", &[("ui_locales", "fr de")])).await;
    assert!(page.text().starts_with("<!doctype html>\n<html lang=\"de\""), "{}", page.text());
    assert_eq!(page.header(CONTENT_LANGUAGE), "de");
}
