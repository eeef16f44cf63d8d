//! Guessing passwords, and keeping other people out by guessing.

use std::net::{IpAddr, Ipv6Addr};

use http::header::RETRY_AFTER;

use crate::harness::{Browser, CALLBACK, TestApp, request, request_with};

/// Why logins failed, in order.
async fn guess(browser: &Browser<'_>, username: &str, times: usize) -> Vec<String> {
    let (path, page) = browser.open(&request("openid")).await;
    let mut reasons = Vec::new();
    for _ in 0..times {
        reasons.push(browser.log_in(&path, &page, username, "wrong").await.record().reason.clone());
    }
    reasons
}

#[tokio::test]
async fn after_ten_failures_nothing_is_looked_at_for_five_minutes() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    for (username, failure) in [("user", "password_wrong"), ("nobody", "user_unknown")] {
        let reasons = guess(&browser, username, 12).await;
        assert_eq!(reasons[..10], vec![failure; 10]);
        assert_eq!(
            reasons[10..],
            ["too_many_login_failures"; 2],
            "a user who does not exist is no different"
        );
    }
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let alert = answer.page().alert().unwrap();
    assert!(alert.contains("5 minutes"), "{alert}");
    assert_eq!(app.rows_of("sessions").await, 0, "the right password is not looked at either");
    app.advance(300);
    browser.log_in(&path, &page, "user", "user").await.location();
}

#[tokio::test]
async fn one_guesser_does_not_keep_others_out() {
    let app = TestApp::with_people().await;
    guess(&Browser::at(&app, [198, 51, 100, 1]), "user", 12).await;
    Browser::new(&app).sign_in(&request("openid"), "user").await.code();
}

/// Whoever holds an IPv6 network has more addresses than anybody can count.
#[tokio::test]
async fn addresses_of_one_ipv6_network_are_one_guesser() {
    let app = TestApp::with_people().await;
    let mut reasons = Vec::new();
    for host in 1..=12 {
        let address: IpAddr = Ipv6Addr::new(0x2001, 0xdb8, 7, 7, 0, 0, host, 1).into();
        reasons.extend(guess(&Browser::at(&app, address), "user", 1).await);
    }
    assert_eq!(reasons[10..], ["too_many_login_failures"; 2]);
    let neighbour: IpAddr = Ipv6Addr::new(0x2001, 0xdb8, 7, 8, 0, 0, 0, 1).into();
    assert_eq!(guess(&Browser::at(&app, neighbour), "user", 1).await, ["password_wrong"]);
}

/// An account under attack from everywhere still lets in those who were there before.
#[tokio::test]
async fn many_guessers_do_not_keep_out_who_was_there_before() {
    let app = TestApp::with_people().await;
    let home = [192, 0, 2, 1];
    Browser::at(&app, home).sign_in(&request("openid"), "user").await.code();
    for host in 1..=10 {
        guess(&Browser::at(&app, [198, 51, 100, host]), "user", 10).await;
    }
    let reasons = guess(&Browser::at(&app, [203, 0, 113, 200]), "user", 1).await;
    assert_eq!(reasons, ["too_many_login_failures"], "the account is closed to strangers");
    Browser::at(&app, home).sign_in(&request("openid"), "user").await.code();
    assert_eq!(guess(&Browser::at(&app, home), "user", 11).await[10], "too_many_login_failures");
}

/// A try counts before it is looked at: sending many at once gains nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_sent_at_once_are_counted_one_by_one() {
    let app: &TestApp = Box::leak(Box::new(TestApp::with_people().await));
    let browser: &Browser<'_> = Box::leak(Box::new(Browser::new(app)));
    let (path, page) = browser.open(&request("openid")).await;
    let csrf = page.page().csrf();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (path, csrf) = (path.clone(), csrf.clone());
        tasks.spawn(async move {
            let fields =
                [("csrf", csrf.as_str()), ("action", "login"), ("username", "user"), ("password", "x")];
            browser.post(&path, &fields).await.record().reason.clone()
        });
    }
    let reasons = tasks.join_all().await;
    let looked_at = reasons.iter().filter(|reason| *reason == "password_wrong").count();
    assert_eq!(looked_at, 10, "{reasons:?}");
}

/// What nobody has logged in for fills no store: an address begins so many interactions in a minute.
#[tokio::test]
async fn one_address_sends_so_many_people_in_a_minute() {
    let app = TestApp::with_people_and_settings(&[("limits.authorize_per_minute", "3")]).await;
    let browser = Browser::new(&app);
    for _ in 0..3 {
        browser.open(&request("openid")).await.1.page();
    }
    let rows = app.rows_of("authorize_sessions").await;
    let answer = Browser::new(&app).get(&request("openid")).await;
    assert_eq!((answer.status, answer.header(RETRY_AFTER)), (429, "60"));
    assert_eq!(answer.record().reason, "too_many_authorizations");
    assert_eq!(answer.record().client_id.as_deref(), Some("client"));
    assert_eq!(app.rows_of("authorize_sessions").await, rows, "nothing is kept");
    let silent = browser.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(silent.sends("error").as_deref(), Some("login_required"), "what keeps nothing does not count");
    Browser::at(&app, [198, 51, 100, 1]).open(&request("openid")).await.1.page();
    app.advance(60);
    browser.open(&request("openid")).await.1.page();
}

/// Who is logged in may be anybody: answers without a page write rows as well, so one person gets so many.
#[tokio::test]
async fn one_person_fetches_so_many_answers_in_a_minute() {
    let app = TestApp::with_people_and_settings(&[("limits.authorize_per_minute", "3")]).await;
    let (browser, other) = (Browser::new(&app), Browser::at(&app, [198, 51, 100, 1]));
    browser.sign_in(&request("openid"), "user").await.code();
    other.sign_in(&request("openid"), "other").await.code();
    let silent = request_with("openid", &[("prompt", "none")]);
    for _ in 0..3 {
        browser.get(&silent).await.code();
    }
    let rows = app.rows_of("grants").await;
    for again in [&silent, &request("openid")] {
        let answer = browser.get(again).await;
        assert_eq!(
            answer.refused_to_client(),
            format!("{CALLBACK} temporarily_unavailable [too_many_silent_authorizations]")
        );
    }
    assert_eq!(app.rows_of("grants").await, rows, "nothing is kept");
    other.get(&silent).await.code();
    app.advance(60);
    browser.get(&silent).await.code();
}
