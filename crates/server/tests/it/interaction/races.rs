//! Many at once. Each test runs on several threads.

use crate::harness::{Answer, Browser, TestApp, request, request_with};

/// A server and a browser that tasks can share.
async fn shared() -> (&'static TestApp, &'static Browser<'static>) {
    let app: &TestApp = Box::leak(Box::new(TestApp::with_people().await));
    (app, Box::leak(Box::new(Browser::new(app))))
}

/// The answers to the same form, sent by many at once.
async fn all_at_once(
    browser: &'static Browser<'static>,
    path: &str,
    fields: &[(&'static str, String)],
    times: usize,
) -> Vec<Answer> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..times {
        let (path, fields) = (path.to_owned(), fields.to_vec());
        tasks.spawn(async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(&path, &fields).await
        });
    }
    tasks.join_all().await
}

/// Of these answers, those with a code; all others must say that the page was answered already.
#[track_caller]
fn codes(answers: &[Answer]) -> Vec<String> {
    let mut codes = Vec::new();
    for answer in answers {
        match answer.status {
            303 => codes.push(answer.code()),
            _ => {
                let refused = answer.refused_on_a_page();
                let reasons = ["interaction_finished", "interaction_gone"];
                let expected = reasons.map(|reason| format!("400 This page is no longer valid [{reason}]"));
                assert!(expected.contains(&refused), "{refused}");
            }
        }
    }
    codes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_consents_one_gets_a_code() {
    let (app, browser) = shared().await;
    let (path, page) = browser.open(&request("openid email")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    let fields = [("csrf", consent.page().csrf()), ("action", "accept".to_owned())];
    let answers = all_at_once(browser, &path, &fields, 40).await;
    assert_eq!(codes(&answers).len(), 1);
    assert_eq!(app.rows_of("codes").await, 1);
    assert_eq!(app.rows_of("grants").await, 1);
    assert_eq!(app.rows_of("scope_grants").await, 2);
    assert_eq!(app.rows_of("authorize_sessions").await, 0);
}

/// The client hears one answer to one request: a code or a refusal, not both.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accept_and_deny_at_once_give_one_answer() {
    let (app, browser) = shared().await;
    for _ in 0..5 {
        let (path, page) = browser.open(&request_with("openid", &[("prompt", "login consent")])).await;
        let answer = browser.log_in(&path, &page, "user", "user").await;
        let (path, consent) = browser.follow(&path, answer).await;
        let csrf = consent.page().csrf();
        let before = app.rows_of("codes").await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..10 {
            let (path, csrf) = (path.clone(), csrf.clone());
            let action = if number % 2 == 0 { "accept" } else { "deny" };
            tasks.spawn(async move { browser.post(&path, &[("csrf", &csrf), ("action", action)]).await });
        }
        let answers = tasks.join_all().await;
        let told: Vec<_> = answers.iter().filter(|answer| answer.status == 303).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let codes = app.rows_of("codes").await - before;
        assert_eq!(codes, i64::from(told[0].sends("code").is_some()));
    }
}

/// A person who clicks twice is logged in, and sees no error.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_login_that_is_sent_twice_goes_on() {
    let (app, browser) = shared().await;
    let (path, page) = browser.open(&request("openid")).await;
    let fields = ["csrf", "action", "username", "password"].into_iter();
    let fields: Vec<_> =
        fields.zip([page.page().csrf(), "login".into(), "user".into(), "user".into()]).collect();
    for answer in all_at_once(browser, &path, &fields, 4).await {
        assert_eq!(answer.location(), path, "{answer:?}");
    }
    let consent = browser.get(&path).await;
    assert_eq!(consent.page().scopes().len(), 1);
    browser.press(&path, &consent, "accept").await.code();
    assert!(app.rows_of("sessions").await <= 4);
}

/// The same when nothing is left to ask: one code, and a page for the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_logins_one_gets_a_code() {
    let (app, browser) = shared().await;
    browser.sign_in(&request("openid"), "user").await.code();
    let (path, page) = browser.open(&request_with("openid", &[("prompt", "login")])).await;
    let fields = ["csrf", "action", "username", "password"].into_iter();
    let fields: Vec<_> =
        fields.zip([page.page().csrf(), "login".into(), "user".into(), "user".into()]).collect();
    let answers = all_at_once(browser, &path, &fields, 4).await;
    assert_eq!(codes(&answers).len(), 1);
    assert_eq!(app.rows_of("codes").await, 2);
}
