//! Whoever is gone gets no tokens, whatever was revoked when they went: these tests take people out of the store alone.

use symbolon_store::entity::Idp;

use super::{ADA, app, make};
use crate::harness::{Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, request};

const GONE: &str = "400 invalid_grant person_gone";

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await
}

async fn redeem(app: &TestApp, code: &str) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    app.post(TOKEN).basic("client", SECRET).form(&form).await
}

fn refresh_token(answer: &Answer) -> String {
    answer.ok()["refresh_token"].as_str().unwrap().to_owned()
}

/// A refresh token, and a code that was not redeemed, of an account that its owner made.
async fn of_an_account(app: &TestApp) -> (String, String) {
    let browser = Browser::new(app);
    let code = make(&browser, "openid offline_access", ADA).await.code();
    let token = refresh_token(&redeem(app, &code).await);
    (token, browser.get(&request("openid offline_access")).await.code())
}

/// The same of the listed user `user`.
async fn of_a_listed_user(app: &TestApp) -> (String, String) {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request("openid offline_access"), "user").await.code();
    let token = refresh_token(&redeem(app, &code).await);
    (token, browser.get(&request("openid offline_access")).await.code())
}

#[tokio::test]
async fn an_account_that_is_gone_gets_no_tokens() {
    let app = app().await;
    let (token, code) = of_an_account(&app).await;
    let token = refresh_token(&refresh(&app, &token).await);
    // With the identity provider go its accounts; it comes back without them.
    let idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    app.store().delete::<Idp>("default-people", None).await.unwrap();
    app.store().insert(idp, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    let refused = refresh(&app, &token).await;
    assert_eq!(refused.reason(), GONE);
    let record = refused.record();
    assert_eq!(record.expected.as_deref(), Some("a user of default-people"));
    assert!(!format!("{record:?}").contains("ada"), "{record:?}");
    assert_eq!(redeem(&app, &code).await.reason(), GONE);
}

#[tokio::test]
async fn a_listed_user_who_takes_the_name_of_an_account_that_is_gone_is_somebody_else() {
    let app = app().await;
    let (token, _) = of_an_account(&app).await;
    let mut idp = app.store().load::<Idp>("default-people").await.unwrap().value;
    app.store().delete::<Idp>("default-people", None).await.unwrap();
    let users = &mut idp.credentials.as_mut().unwrap().users;
    users[0].username = "ada".to_owned();
    app.store().insert(idp, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_eq!(refresh(&app, &token).await.reason(), GONE);
}

#[tokio::test]
async fn a_listed_user_who_is_gone_gets_no_tokens_and_one_who_changes_goes_on() {
    let app = app().await;
    let (token, code) = of_a_listed_user(&app).await;
    app.change_person("user", |user| user.email = Some("other@example.com".to_owned())).await;
    app.forget_person("other").await;
    let token = refresh_token(&refresh(&app, &token).await);
    app.forget_person("user").await;
    assert_eq!(refresh(&app, &token).await.reason(), GONE);
    assert_eq!(redeem(&app, &code).await.reason(), GONE);
}

#[tokio::test]
async fn nobody_gets_tokens_while_their_identity_provider_is_disabled_or_when_it_is_gone() {
    let app = app().await;
    for (token, code) in [of_an_account(&app).await, of_a_listed_user(&app).await] {
        app.change_people(|idp| idp.disabled = true).await;
        assert_eq!(refresh(&app, &token).await.reason(), GONE);
        assert_eq!(redeem(&app, &code).await.reason(), GONE);
        app.change_people(|idp| idp.disabled = false).await;
        refresh(&app, &token).await.ok();
        redeem(&app, &code).await.ok();
    }
    let (token, code) = of_a_listed_user(&app).await;
    app.store().delete::<Idp>("default-people", None).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_eq!(refresh(&app, &token).await.reason(), GONE);
    assert_eq!(redeem(&app, &code).await.reason(), GONE);
}
