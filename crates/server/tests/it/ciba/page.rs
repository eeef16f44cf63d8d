//! From the request to the tokens, by way of the page.

use serde_json::json;
use symbolon_store::entity::AuthorizationDetail;

use super::{PAGE, app, approve, ask, begin, error, forms, id_of, page_of, poll, press};
use crate::harness::{Browser, NOW, SECRET, TOKEN, decode};

#[tokio::test]
async fn a_client_gets_tokens_when_the_person_has_allowed_it() {
    let app = app().await;
    let id = id_of(&ask(&app, &[("binding_message", "W4SCT"), ("acr_values", "7 1")]).await);
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");

    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let text = page.page().text();
    assert_eq!(page.page().heading(), "Requests that wait for you");
    assert!(text.contains("Allow Northwind Bank to access your account?"), "{text}");
    assert!(text.contains("Compare the message: the app must show W4SCT."), "{text}");
    assert!(text.contains("Know who you are") && text.contains("See your email address"), "{text}");
    let answered = press(&browser, &page, "accept").await;
    let (_, done) = browser.follow(PAGE, answered).await;
    let text = done.page().text();
    assert!(text.contains("You have allowed it.") && text.contains("No app is waiting"), "{text}");

    let tokens = poll(&app, &id).await.ok();
    assert_eq!(tokens["scope"], "openid email");
    assert!(tokens["refresh_token"].is_null(), "offline_access was not asked for");
    let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&claims["aud"], &claims["email"], &claims["acr"], &claims["auth_time"]),
        (&json!(["bank"]), &json!(null), &json!("1"), &json!(NOW.seconds()))
    );
    assert!(claims["urn:openid:params:jwt:claim:auth_req_id"].is_null(), "that is for push");
    let userinfo = app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap());
    assert_eq!(userinfo.await.ok()["email"], "user@example.com");
    assert_eq!(poll(&app, &id).await.reason(), "400 invalid_grant decoupled_request_used_twice");
}

#[tokio::test]
async fn a_client_that_is_refused_hears_it() {
    let app = app().await;
    let id = begin(&app).await;
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let answered = press(&browser, &page, "deny").await;
    let (_, done) = browser.follow(PAGE, answered).await;
    assert!(done.page().text().contains("You have refused it."));
    assert_eq!(poll(&app, &id).await.reason(), "400 access_denied decoupled_request_denied");
    // The answer counts once.
    let again = press(&browser, &page, "accept").await;
    assert_eq!(again.refused_on_a_page(), "400 This page is no longer valid [interaction_finished]");
    assert_eq!(error(&poll(&app, &id).await), "access_denied");
}

#[tokio::test]
async fn each_request_is_answered_by_itself_and_asked_every_time() {
    let app = app().await;
    let first = id_of(&ask(&app, &[("binding_message", "one")]).await);
    let second = id_of(&ask(&app, &[("binding_message", "two")]).await);
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let both = forms(&page);
    assert_eq!(both.len(), 2);
    let denied = [("csrf", &*both[0].1), ("request", &*both[0].0), ("action", "deny")];
    let answered = browser.post(PAGE, &denied).await;
    let (_, left) = browser.follow(PAGE, answered).await;
    let shown = left.page().text();
    assert!(shown.contains("show two.") ^ shown.contains("show one."), "{shown}");
    press(&browser, &left, "accept").await;
    let (one, two) = (poll(&app, &first).await, poll(&app, &second).await);
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "one was allowed, one denied");

    let again = begin(&app).await;
    let (_, page) = browser.open(PAGE).await;
    assert!(page.page().text().contains("Allowed before"));
    assert_eq!(error(&poll(&app, &again).await), "authorization_pending", "it is asked all the same");
}

#[tokio::test]
async fn who_cannot_log_in_sees_nothing() {
    let app = app().await;
    begin(&app).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(PAGE).await;
    assert_eq!(page.page().heading(), "Sign in");
    assert!(!page.text().contains("Northwind"));
    let wrong = browser.log_in(&path, &page, "user", "wrong").await;
    assert_eq!(
        wrong.page().alert().unwrap(),
        "The username or the password is wrong. Check both and try again."
    );
    assert_eq!(wrong.record().reason, "password_wrong");
}

#[tokio::test]
async fn a_refresh_token_comes_with_offline_access_and_is_good() {
    let app = app().await;
    let id = id_of(&ask(&app, &[("scope", "openid offline_access")]).await);
    approve(&app).await;
    let tokens = poll(&app, &id).await.ok();
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    assert_eq!(
        app.post(TOKEN).basic("bank", SECRET).form(&form).await.ok()["scope"],
        "openid offline_access"
    );
    let stolen = app.post(TOKEN).basic("shop", SECRET).form(&form).await;
    assert_eq!(error(&stolen), "invalid_grant");
}

/// RFC 9396 §5: what is asked for beyond scopes is shown, and is in the tokens.
#[tokio::test]
async fn a_client_asks_for_authorization_details_and_the_person_sees_them() {
    let app = app().await;
    let kind = AuthorizationDetail {
        id: "pay".to_owned(),
        kind: "payment".to_owned(),
        name: Some("Payment".to_owned()),
        ..AuthorizationDetail::default()
    };
    app.store().insert(kind, NOW.millis()).await.unwrap();
    app.change_client("bank", |client| client.authorization_details_types = vec!["payment".to_owned()]).await;
    let refused = ask(&app, &[("authorization_details", r#"[{"type":"loan"}]"#)]).await;
    assert_eq!(refused.reason(), "400 invalid_authorization_details authorization_details_type_unknown");

    let details = json!([{"type": "payment", "instructedAmount": {"currency": "EUR", "amount": "123.50"}}]);
    let id = id_of(&ask(&app, &[("authorization_details", details.to_string().as_str())]).await);
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let text = page.page().text();
    assert!(text.contains("Payment New Instructed amount 123.50 EUR"), "{text}");
    press(&browser, &page, "accept").await;
    let tokens = poll(&app, &id).await.ok();
    assert_eq!(tokens["authorization_details"], details);
    assert_eq!(decode(tokens["access_token"].as_str().unwrap()).1["authorization_details"], details);
}

/// A class that the workspace enforces is needed here as well: the password of the page does not reach it.
#[tokio::test]
async fn who_has_not_shown_enough_cannot_allow_it() {
    let app = app().await;
    app.change_workspace(|server| {
        let advanced = server.advanced.get_or_insert_default();
        advanced.enforce_acr_values = true;
    })
    .await;
    let id = id_of(&ask(&app, &[("acr_values", "2")]).await);
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let answered = press(&browser, &page, "accept").await;
    let refused = answered.refused_on_a_page();
    assert!(refused.ends_with("[acr_not_met]"), "{refused}");
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
    press(&browser, &page, "deny").await;
    app.advance(5);
    assert_eq!(error(&poll(&app, &id).await), "access_denied");
}
