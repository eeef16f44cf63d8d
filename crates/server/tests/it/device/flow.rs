//! From the code on the device to its tokens.

use serde_json::json;
use symbolon_store::entity::AuthorizationDetail;

use super::{ENDPOINT, PAGE, app, begin, consent, error, poll};
use crate::harness::{Browser, NOW, TOKEN, decode};

#[tokio::test]
async fn a_device_gets_tokens_when_a_person_has_allowed_it() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");

    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    let text = page.page().text();
    assert_eq!(page.page().heading(), "Allow Living room to access your account?");
    assert!(text.contains(&format!("your device must show {user_code}")), "{text}");
    assert!(text.contains("203.0.113.9"), "where the device is: {text}");
    assert!(text.contains("If somebody sent you the code or a link, refuse."), "{text}");
    let done = browser.press(&address, &page, "accept").await;
    assert_eq!(done.page().heading(), "The device is connected");

    let tokens = poll(&app, &device_code).await.ok();
    assert_eq!(tokens["scope"], "openid email");
    assert!(tokens["refresh_token"].is_null(), "offline_access was not asked for");
    let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!((&claims["aud"], &claims["email"]), (&json!(["tv"]), &json!(null)));
    let bearer = app.get("/default/default/userinfo").bearer(tokens["access_token"].as_str().unwrap());
    assert_eq!(bearer.await.ok()["email"], "user@example.com");

    let again = poll(&app, &device_code).await;
    assert_eq!(again.reason(), "400 invalid_grant decoupled_request_used_twice");
}

#[tokio::test]
async fn a_device_that_is_refused_hears_it() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    let done = browser.press(&address, &page, "deny").await;
    assert_eq!(done.page().heading(), "The device was refused");
    assert_eq!(poll(&app, &device_code).await.reason(), "400 access_denied decoupled_request_denied");
    // The answer counts once.
    let again = browser.press(&address, &page, "accept").await;
    assert_eq!(
        again.page().alert().unwrap(),
        "No device is waiting with this code. Check it, or let the device show a new one."
    );
    assert_eq!(poll(&app, &device_code).await.reason(), "400 access_denied decoupled_request_denied");
}

#[tokio::test]
async fn the_complete_address_leads_to_the_question_and_asks_to_compare() {
    let app = app().await;
    let (_, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let address = format!("{PAGE}?user_code={user_code}");
    let (path, page) = browser.open(&address).await;
    assert_eq!(page.page().heading(), "Sign in");
    let wrong = browser.log_in(&path, &page, "user", "wrong").await;
    assert_eq!(
        wrong.page().alert().unwrap(),
        "The username or the password is wrong. Check both and try again."
    );
    let logged_in = browser.log_in(&path, &wrong, "user", "user").await;
    let (_, page) = browser.follow(&path, logged_in).await;
    assert!(page.page().text().contains(&format!("must show {user_code}")), "{}", page.page().text());
    // Who is logged in already, and has allowed it before, is asked all the same.
    let (_, again) = browser.open(&address).await;
    assert!(again.page().text().contains("Compare the code"));
}

#[tokio::test]
async fn a_code_is_taken_however_it_is_typed() {
    let app = app().await;
    let (_, user_code) = begin(&app).await;
    for typed in [
        user_code.to_lowercase(),
        user_code.replace('-', ""),
        user_code.replace('-', " "),
        format!(" {user_code} "),
    ] {
        let (_, page) = consent(&Browser::new(&app), &typed, "user").await;
        assert_eq!(page.page().heading(), "Allow Living room to access your account?", "{typed:?}");
    }
}

#[tokio::test]
async fn a_refresh_token_comes_with_offline_access_and_is_good() {
    let app = app().await;
    let codes =
        app.post(ENDPOINT).form(&[("client_id", "tv"), ("scope", "openid offline_access")]).await.ok();
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, codes["user_code"].as_str().unwrap(), "user").await;
    browser.press(&address, &page, "accept").await;
    let tokens = poll(&app, codes["device_code"].as_str().unwrap()).await.ok();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("client_id", "tv"), ("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(app.post(TOKEN).form(&form).await.ok()["scope"], "openid offline_access");
}

#[tokio::test]
async fn who_gives_up_before_logging_in_has_not_answered() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&format!("{PAGE}?user_code={user_code}")).await;
    let (_, back) = browser.follow(&path, browser.press(&path, &page, "cancel").await).await;
    assert_eq!(back.page().heading(), "Connect a device");
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
}

/// RFC 9396 §4: authorization details at the device authorization endpoint.
#[tokio::test]
async fn a_device_asks_for_authorization_details_and_the_person_sees_them() {
    let app = app().await;
    let kind = AuthorizationDetail {
        id: "files".to_owned(),
        kind: "files".to_owned(),
        name: Some("Files".to_owned()),
        ..AuthorizationDetail::default()
    };
    app.store().insert(kind, NOW.millis()).await.unwrap();
    app.change_client("tv", |client| client.authorization_details_types = vec!["files".to_owned()]).await;
    let details = json!([{"type": "files", "actions": ["read"], "folder": "Holiday pictures"}]);
    let begin = async |details: &str| {
        let form = [("client_id", "tv"), ("scope", "openid"), ("authorization_details", details)];
        app.post(ENDPOINT).form(&form).await
    };
    let refused = begin(r#"[{"type":"money"}]"#).await;
    assert_eq!(refused.reason(), "400 invalid_authorization_details authorization_details_type_unknown");

    let codes = begin(&details.to_string()).await.ok();
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, codes["user_code"].as_str().unwrap(), "user").await;
    let text = page.page().text();
    assert!(text.contains("Files New Allowed actions read Folder Holiday pictures"), "{text}");
    browser.press(&address, &page, "accept").await;
    let tokens = poll(&app, codes["device_code"].as_str().unwrap()).await.ok();
    assert_eq!(tokens["authorization_details"], details);
    assert_eq!(decode(tokens["access_token"].as_str().unwrap()).1["authorization_details"], details);
}

/// RFC 8628 §3.3.1: who has opened the page on a big screen goes on with a phone.
#[tokio::test]
async fn the_page_of_a_waiting_code_shows_it_as_a_picture() {
    let app = app().await;
    let (_, code) = begin(&app).await;
    let browser = Browser::new(&app);
    let path = format!("{PAGE}?user_code={code}");
    let picture = |page: &str| {
        let after = page.split("<figure class=\"qr\">").nth(1)?;
        assert!(after.contains("alt=\"QR code of the address of this page\""), "{after}");
        Some(after.split("src=\"").nth(1)?.split('"').next()?.to_owned())
    };
    let login = browser.get(&path).await;
    assert_eq!(login.page().heading(), "Sign in");
    let policy = login.header(http::header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("img-src 'self'"), "{policy}");
    let address = picture(login.text()).expect("a picture on the login page");
    let drawn = browser.get(&address).await;
    assert_eq!((drawn.status, drawn.header(http::header::CONTENT_TYPE)), (200, "image/svg+xml"));
    assert_eq!(drawn.text(), app.get(&format!("{PAGE}/qr?user_code={code}")).await.text());
    let (_, page) = consent(&browser, &code, "user").await;
    assert_eq!(picture(page.text()), Some(address), "the consent page too");
    // A code that leads nowhere is not handed on.
    let wrong = browser.get(&format!("{PAGE}?user_code=BBBB-BBBB")).await;
    assert_eq!(picture(wrong.text()), None);
    assert_eq!(picture(browser.get(PAGE).await.text()), None);
}
