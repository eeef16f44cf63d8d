//! What an attacker would try: other people's interactions, forms of other sites, pages that somebody else saw.

use http::header::LOCATION;

use crate::harness::{Browser, TestApp, client, request, request_with};

const GONE: &str = "400 This page is no longer valid [interaction_gone]";
const FOREIGN: &str = "400 This page is no longer valid [form_not_from_this_page]";
const BROWSER: &str = "__Host-browser.default.default";

/// RFC 9700 §4.7: an attacker begins, and makes the victim go on.
#[tokio::test]
async fn an_interaction_opens_in_the_browser_that_began_it_alone() {
    let app = TestApp::with_people().await;
    let attacker = Browser::new(&app);
    let (path, page) = attacker.open(&request("openid")).await;
    let stranger = Browser::new(&app);
    assert_eq!(
        stranger.get(&path).await.refused_on_a_page(),
        "400 Your browser did not keep our cookie [browser_unknown]"
    );
    let victim = Browser::new(&app);
    victim.sign_in(&request("openid"), "user").await.code();
    let kept = app.rows_of("codes").await;
    for answer in [
        victim.get(&path).await,
        victim.log_in(&path, &page, "other", "other").await,
        victim.press(&path, &page, "accept").await,
        victim.press(&path, &page, "cancel").await,
    ] {
        // The request begins anew in this browser, as if the attacker had sent its address.
        let own = answer.location();
        assert!(own.starts_with("/default/default/interaction/") && own != path, "{own}");
    }
    assert_eq!((app.rows_of("sessions").await, app.rows_of("codes").await), (1, kept), "no form was read");
    assert_eq!(attacker.get(&path).await.page().heading(), "Sign in", "and nobody else can end it");
}

/// Login CSRF: the attacker's own form, with the attacker's own password, sent by the victim's browser.
#[tokio::test]
async fn a_form_made_for_another_browser_or_request_is_refused() {
    let app = TestApp::with_people().await;
    let attacker = Browser::new(&app);
    let (_, of_attacker) = attacker.open(&request("openid")).await;
    let victim = Browser::new(&app);
    let (path, own) = victim.open(&request("openid")).await;
    let (_, of_other_tab) = victim.open(&request("openid")).await;
    assert_eq!(victim.log_in(&path, &of_attacker, "other", "other").await.refused_on_a_page(), FOREIGN);
    assert_eq!(victim.log_in(&path, &of_other_tab, "other", "other").await.refused_on_a_page(), FOREIGN);
    let csrf = own.page().csrf();
    let short = &csrf[..csrf.len() - 1];
    let longer = format!("{csrf}A");
    let upper = csrf.to_uppercase();
    for csrf in ["", "x", short, &longer, &upper, &format!("{csrf} "), &"A".repeat(43)] {
        let fields = [("csrf", csrf), ("action", "login"), ("username", "other"), ("password", "other")];
        assert_eq!(victim.post(&path, &fields).await.refused_on_a_page(), FOREIGN, "{csrf:?}");
    }
    assert_eq!(app.rows_of("sessions").await, 0);
    victim.log_in(&path, &own, "user", "user").await.location();
}

#[tokio::test]
async fn a_form_sent_from_another_site_does_nothing() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "consent")])).await;
    let csrf = page.page().csrf();
    for action in ["accept", "deny", "cancel", "login"] {
        let answer = browser.post_from_another_site(&path, &[("csrf", &csrf), ("action", action)]).await;
        assert_eq!(answer.refused_on_a_page(), "400 Your browser did not keep our cookie [browser_unknown]");
    }
    browser.press(&path, &page, "accept").await.code();
}

/// The consent of one person does not become that of another who has logged in meanwhile.
#[tokio::test]
async fn whoever_consents_has_seen_the_page() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, consent_of_user) = browser.follow(&path, answer).await;

    let (elsewhere, page) = browser.open(&request_with("openid", &[("prompt", "select_account")])).await;
    browser.log_in(&elsewhere, &page, "other", "other").await;

    for action in ["accept", "deny"] {
        let answer = browser.press(&path, &consent_of_user, action).await;
        assert_eq!(answer.refused_on_a_page(), FOREIGN, "{action}");
    }
    assert_eq!(app.rows_of("codes").await, 0);
    let consent_of_other = browser.get(&path).await;
    assert!(consent_of_other.page().text().contains("You are signed in as other"));
    browser.press(&path, &consent_of_other, "accept").await.code();
}

#[tokio::test]
async fn whoever_has_logged_out_consents_to_nothing() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    browser.set_cookie("__Host-session.default.default", None);
    assert_eq!(browser.press(&path, &consent, "accept").await.refused_on_a_page(), FOREIGN);
    assert_eq!(browser.get(&path).await.page().heading(), "Sign in");
}

#[tokio::test]
async fn a_login_form_is_no_consent() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (path, login) = browser.open(&request_with("email", &[("prompt", "login")])).await;
    // The token of the login page does not accept, and without a login there is nothing to accept.
    assert_eq!(browser.press(&path, &login, "accept").await.refused_on_a_page(), FOREIGN);
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, _consent) = browser.follow(&path, answer).await;
    assert_eq!(browser.press(&path, &login, "accept").await.refused_on_a_page(), FOREIGN);
    assert_eq!(browser.press(&path, &login, "deny").await.refused_on_a_page(), FOREIGN);
    let answer = browser.press(&path, &login, "nonsense").await;
    assert_eq!(answer.refused_on_a_page(), "400 We cannot make sense of this request [action_unknown]");
}

#[tokio::test]
async fn consent_does_not_stand_for_the_login_that_was_asked_for() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (asks_consent, consent) = browser.open(&request_with("email", &[])).await;
    let (asks_login, _) = browser.open(&request_with("email", &[("prompt", "login")])).await;
    let csrf = consent.page().csrf();
    let answer = browser.post(&asks_login, &[("csrf", &csrf), ("action", "accept")]).await;
    assert_eq!(answer.refused_on_a_page(), FOREIGN);
    browser.press(&asks_consent, &consent, "accept").await.code();
}

#[tokio::test]
async fn an_interaction_belongs_to_its_workspace() {
    let app = TestApp::with_people().await;
    app.add_client_in("default", "developer", client("client-d")).await;
    let browser = Browser::new(&app);
    let (path, _) = browser.open(&request("openid")).await;
    let of_developer = request("openid").replace("/default/default/", "/default/developer/");
    browser.open(&of_developer.replace("=client&", "=client-d&")).await;
    let id = browser.cookie(BROWSER).unwrap();
    browser.set_cookie("__Host-browser.default.developer", Some(&id));
    let elsewhere = path.replace("/default/default/", "/default/developer/");
    assert_eq!(browser.get(&elsewhere).await.refused_on_a_page(), GONE);
}

#[tokio::test]
async fn ids_cannot_be_guessed_from_one_another() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let (one, _) = browser.open(&request("openid")).await;
    let (two, _) = browser.open(&request("openid")).await;
    let id = |path: &str| path.split(['/', '?']).nth(4).unwrap().to_owned();
    assert_ne!(id(&one), id(&two));
    assert_eq!(id(&one).len(), 43);
    for guess in [
        "",
        "x",
        "..",
        "%00",
        "%ff",
        &"A".repeat(43),
        &"A".repeat(5000),
        &format!("{}%20", id(&one)),
        "a%2fb",
    ] {
        let answer = browser.get(&format!("/default/default/interaction/{guess}")).await;
        assert!((400..500).contains(&answer.status), "{guess}: {}", answer.status);
        assert_eq!(answer.header(LOCATION), "");
    }
}

/// RFC 9207: every answer names who gives it, so that a client with several authorization servers is not mixed up.
#[tokio::test]
async fn every_answer_names_its_issuer() {
    let app = TestApp::with_people().await;
    app.add_client_in("default", "developer", client("client-d")).await;
    app.add_people("developer", &["user"]).await;
    for (workspace, client) in [("default", "=client&"), ("developer", "=client-d&")] {
        let of = |request: String| {
            request
                .replace("/default/default/", &format!("/default/{workspace}/"))
                .replace("=client&", client)
        };
        let issuer = format!("https://localhost:8443/default/{workspace}");
        let browser = Browser::new(&app);
        let bad = browser.get(&of(request("nonsense"))).await;
        let (path, page) = browser.open(&of(request("openid"))).await;
        let cancelled = browser.press(&path, &page, "cancel").await;
        let done = browser.sign_in(&of(request("openid")), "user").await;
        let at_once = browser.get(&of(request("openid"))).await;
        for answer in [bad, cancelled, done, at_once] {
            assert_eq!(answer.sends("iss"), Some(issuer.clone()), "{}", answer.location());
        }
    }
}

/// RFC 9700 §4.12: a redirect with 307 would send the password on.
#[tokio::test]
async fn no_password_is_sent_on() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request("openid"), "user").await.code();
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    assert_eq!(answer.status, 303);
    answer.code();
}
