//! How a device is answered while it polls.

use super::{app, begin, consent, error, poll};
use crate::harness::{Browser, TOKEN};

#[tokio::test]
async fn who_polls_too_often_is_slowed_down_and_writes_nothing() {
    let app = app().await;
    let (device_code, _) = begin(&app).await;
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
    app.advance(5);
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
    app.advance(4);
    assert_eq!(error(&poll(&app, &device_code).await), "slow_down");
    app.advance(9);
    assert_eq!(error(&poll(&app, &device_code).await), "slow_down", "ten seconds from now on");
    app.advance(15);
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
}

#[tokio::test]
async fn a_code_expires_and_is_known_as_expired() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    app.advance(1800);
    assert_eq!(poll(&app, &device_code).await.reason(), "400 expired_token decoupled_request_expired");
    let late = browser.press(&address, &page, "accept").await;
    assert_eq!(late.status, 400);
    assert_eq!(late.record().reason, "user_code_unknown");
}

#[tokio::test]
async fn tokens_are_fetched_while_the_code_lives() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    browser.press(&address, &page, "accept").await;
    app.advance(1800);
    assert_eq!(error(&poll(&app, &device_code).await), "expired_token");
}

#[tokio::test]
async fn a_device_code_is_required_and_must_be_one() {
    let app = app().await;
    let missing = [("client_id", "tv"), ("grant_type", super::GRANT)];
    assert_eq!(app.post(TOKEN).form(&missing).await.status, 400);
    assert_eq!(poll(&app, "guessed").await.reason(), "400 invalid_grant decoupled_request_unknown");
}

#[tokio::test]
async fn of_many_polls_at_once_one_gets_tokens() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    browser.press(&address, &page, "accept").await;
    let one = || poll(&app, &device_code);
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let answers = [a, b, c, d];
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let mut others = answers.iter().filter(|answer| answer.status != 200);
    assert!(others.all(|answer| error(answer) == "invalid_grant"));
}
