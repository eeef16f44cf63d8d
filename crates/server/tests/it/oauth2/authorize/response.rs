//! What the client gets, and what nobody else learns.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_FRAME_OPTIONS};
use serde_json::json;

use crate::harness::{AUTHORIZE, Browser, CALLBACK, TestApp, client, request, request_with};

#[tokio::test]
async fn a_person_logs_in_and_consents_and_the_client_gets_a_code() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, login) = browser.open(&request("openid email")).await;
    assert!(path.starts_with("/default/default/interaction/"));
    assert_eq!(login.page().heading(), "Sign in");
    assert_eq!(login.page().note(), None);

    let answer = browser.log_in(&path, &login, "user", "user").await;
    assert_eq!(answer.location(), path, "a reload does not send the password again");
    let consent = browser.get(&path).await;
    assert_eq!(consent.page().heading(), "Allow Calendar to access your account?");
    assert_eq!(
        consent.page().scopes(),
        ["Know who you are New", "See your email address New"],
        "{}",
        consent.text()
    );

    let answer = browser.press(&path, &consent, "accept").await;
    let (to, query) = answer.location().split_once('?').unwrap();
    assert_eq!(to, CALLBACK);
    let names: Vec<_> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(answer.sends("state").as_deref(), Some("of the client"));
    assert_eq!(answer.sends("iss").as_deref(), Some("https://localhost:8443/default/default"));
    assert_eq!(answer.code().len(), 43);
    assert!(answer.refusal.is_none());

    let tokens = app.redeem(&answer.code()).await;
    assert_eq!(tokens["scope"], "openid email");
}

#[tokio::test]
async fn who_is_logged_in_and_has_consented_sees_no_page() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let first = browser.sign_in(&request("openid"), "user").await.code();
    let before = app.rows_of("authorize_sessions").await;
    let second = browser.get(&request("openid")).await.code();
    assert_ne!(first, second);
    let silent = browser.get(&request_with("openid", &[("prompt", "none")])).await.code();
    assert_ne!(second, silent);
    assert_eq!(app.rows_of("authorize_sessions").await, before);
}

#[tokio::test]
async fn the_same_works_by_post() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let parameters =
        [("client_id", "client"), ("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    let answer = browser.post(AUTHORIZE, &parameters).await;
    let (path, login) = browser.follow(AUTHORIZE, answer).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    browser.press(&path, &consent, "accept").await.code();
    browser.post(AUTHORIZE, &parameters).await.code();
}

/// Other sites' forms come without our cookies (`SameSite=Lax`): OIDC Core §3.1.2.1 wants POST to work all the same.
#[tokio::test]
async fn a_form_of_another_site_finds_the_session_and_takes_no_cookie_away() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (open_elsewhere, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let cookies = browser.cookie_header();

    let parameters = [
        ("client_id", "client"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("prompt", "none"),
        ("state", "é +"),
    ];
    let answer = browser.post_from_another_site(AUTHORIZE, &parameters).await;
    let (_, answer) = browser.follow(AUTHORIZE, answer).await;
    answer.code();
    assert_eq!(answer.sends("state").as_deref(), Some("é +"));

    assert_eq!(browser.cookie_header(), cookies);
    let answer = browser.log_in(&open_elsewhere, &page, "user", "user").await;
    answer.code();
}

#[tokio::test]
async fn what_leads_to_the_client_is_kept_by_no_cache_and_told_to_no_page() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let begun = browser.get(&request("openid")).await;
    let done = browser.sign_in(&request("openid"), "user").await;
    let at_once = browser.get(&request("openid")).await;
    let refused = browser.get(&request("nonsense")).await;
    for answer in [begun, done, at_once, refused] {
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header(CACHE_CONTROL), "no-store");
        assert_eq!(answer.header(REFERRER_POLICY), "no-referrer");
        assert_eq!(answer.text(), "");
    }
}

#[tokio::test]
async fn no_page_can_be_framed_cached_or_run_scripts() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, login) = browser.open(&request("openid")).await;
    let wrong = browser.log_in(&path, &login, "user", "wrong").await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (_, consent) = browser.follow(&path, answer).await;
    let error = browser.get(AUTHORIZE).await;
    let logout = browser.get(crate::harness::LOGOUT).await;
    for answer in [login, wrong, consent, error, logout] {
        answer.page();
        assert_eq!(answer.header(REFERRER_POLICY), "no-referrer");
        assert_eq!(answer.header(X_FRAME_OPTIONS), "DENY");
        let policy = answer.header(CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert!(!answer.text().contains("<script"));
    }
}

#[tokio::test]
async fn what_others_wrote_is_text_on_our_pages() {
    let app = TestApp::with_people().await;
    const EVIL: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";
    let mut hostile = client("hostile");
    hostile["client_name"] = json!(EVIL);
    hostile["client_uri"] = json!("javascript:alert(1)");
    hostile["policy_uri"] = json!("https://evil.example/\"onmouseover=\"alert(1)");
    hostile["logo_uri"] = json!("data:text/html,<script>alert(1)</script>");
    app.add_client(hostile).await;
    let browser = Browser::new(&app);
    let asked = request_with("openid", &[("login_hint", EVIL), ("ui_locales", EVIL)])
        .replace("=client&", "=hostile&");
    let (path, login) = browser.open(&asked).await;
    let wrong = browser.log_in(&path, &login, EVIL, "x").await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (_, consent) = browser.follow(&path, answer).await;
    for answer in [login, wrong, consent] {
        let html = answer.text();
        assert!(html.contains("alert(1)"), "it is shown");
        for raw in ["<script", "<img src=x", "javascript:", "data:text/html", "\"onmouseover", ">49<"] {
            assert!(!html.contains(raw), "{raw}: {html}");
        }
    }
}

#[tokio::test]
async fn a_client_that_names_no_scope_asks_for_all_it_has() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, login) = browser.open(&request("")).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (_, consent) = browser.follow(&path, answer).await;
    assert_eq!(consent.page().scopes().len(), 4);
}
