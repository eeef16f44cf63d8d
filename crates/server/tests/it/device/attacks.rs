//! Attacks on device authorization (RFC 8628 §5), each of which fails.

use serde_json::{Value, json};
use symbolon_server::oauth2::records::GrantRecord;

use super::{ENDPOINT, GRANT, PAGE, app, app_with, begin, consent, error, poll};
use crate::harness::{Browser, SECRET, TOKEN};

#[tokio::test]
async fn guessing_user_codes_ends_soon_and_a_right_one_does_not_reset_it() {
    let app = app().await;
    let (_, own) = begin(&app).await;
    let browser = Browser::new(&app);
    let guess = async |code: &str| browser.get(&format!("{PAGE}?user_code={code}")).await;
    for i in 0..10 {
        assert_eq!(guess(&own).await.status, 200, "the guesser's own code counts for nothing");
        assert_eq!(guess(&format!("BBBB-BBB{}", char::from(b'B' + i))).await.status, 400);
    }
    let locked = guess(&own).await;
    assert_eq!(locked.status, 429);
    assert_eq!(locked.page().alert().unwrap(), "Too many wrong codes. Wait 5 minutes, then try again.");
    assert_eq!(locked.record().reason, "too_many_user_codes");
    assert_eq!(Browser::at(&app, [203, 0, 113, 8]).get(&format!("{PAGE}?user_code={own}")).await.status, 200);
    app.advance(300);
    assert_eq!(guess(&own).await.status, 200);
}

#[tokio::test]
async fn many_guessers_do_not_shut_out_who_is_logged_in() {
    let app = app().await;
    let (_, code) = begin(&app).await;
    let person = Browser::at(&app, [198, 51, 100, 1]);
    consent(&person, &code, "user").await;
    for i in 0..100 {
        let browser = Browser::at(&app, [203, 0, 113, i]);
        assert_eq!(browser.get(&format!("{PAGE}?user_code=BBBBBBBB")).await.status, 400);
    }
    let stranger = Browser::at(&app, [203, 0, 113, 200]);
    assert_eq!(stranger.get(&format!("{PAGE}?user_code={code}")).await.status, 429);
    assert_eq!(person.get(&format!("{PAGE}?user_code={code}")).await.status, 200);
}

#[tokio::test]
async fn a_device_code_is_good_for_its_own_client_and_stays_so() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    browser.press(&address, &page, "accept").await;
    let stolen = [("grant_type", GRANT), ("device_code", &*device_code)];
    let stolen = app.post(TOKEN).basic("box", SECRET).form(&stolen).await;
    assert_eq!(stolen.reason(), "400 invalid_grant decoupled_request_of_another_client");
    poll(&app, &device_code).await.ok();
}

#[tokio::test]
async fn another_workspace_knows_neither_code() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let tenant = app.app.store.tenant("default");
    let mut server = tenant.find::<symbolon_store::entity::Server>("developer").await.unwrap().unwrap().value;
    server.grant_types.push(GRANT.to_owned());
    tenant.update(server, None, crate::harness::NOW.millis()).await.unwrap();
    app.add_people("developer", &["user"]).await;
    app.add_client_in("default", "developer", json!({
        "client_id": "tv-2", "token_endpoint_auth_method": "none", "grant_types": [GRANT], "scopes": ["openid"],
    }))
    .await;
    let form = [("client_id", "tv-2"), ("grant_type", GRANT), ("device_code", &*device_code)];
    let answer = app.post("/default/developer/oauth2/token").form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_grant decoupled_request_unknown");
    let page = Browser::new(&app).get(&format!("/default/developer/device?user_code={user_code}")).await;
    assert_eq!((page.status, &*page.record().reason), (400, "user_code_unknown"));
}

#[tokio::test]
async fn another_site_cannot_answer_for_the_person() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    let csrf = page.page().csrf();
    let forms: [&[(&str, &str)]; 3] = [
        &[("action", "accept")],
        &[("action", "accept"), ("csrf", "")],
        &[("action", "accept"), ("csrf", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
    ];
    for form in forms {
        let refused = browser.post(&address, form).await;
        assert_eq!(refused.record().reason, "form_not_from_this_page");
    }
    let without_cookies =
        browser.post_from_another_site(&address, &[("action", "accept"), ("csrf", &csrf)]).await;
    assert_eq!(without_cookies.status, 400);
    // The attacker's own page, with the attacker's own token.
    let attacker = Browser::at(&app, [198, 51, 100, 66]);
    let (_, foreign) = consent(&attacker, &user_code, "other").await;
    let foreign = foreign.page().csrf();
    let refused = browser.post(&address, &[("action", "accept"), ("csrf", &foreign)]).await;
    assert_eq!(refused.record().reason, "form_not_from_this_page");
    // The token of one device's page is not good for another device.
    let (_, second) = begin(&app).await;
    let other = format!("{PAGE}?user_code={second}");
    let refused = browser.post(&other, &[("action", "accept"), ("csrf", &csrf)]).await;
    assert_eq!(refused.record().reason, "form_not_from_this_page");
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
}

#[tokio::test]
async fn a_page_made_for_one_person_does_not_speak_for_another() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    browser.sign_in(&crate::harness::request_with("openid", &[("prompt", "login")]), "other").await.code();
    let refused = browser.press(&address, &page, "accept").await;
    assert_eq!(refused.record().reason, "form_not_from_this_page");
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
}

#[tokio::test]
async fn a_trusted_client_does_not_skip_the_question() {
    let app = app().await;
    app.change_client("tv", |client| client.trusted = true).await;
    let (device_code, user_code) = begin(&app).await;
    let (_, page) = consent(&Browser::new(&app), &user_code, "user").await;
    assert!(page.page().text().contains("Compare the code"), "{}", page.page().text());
    assert_eq!(error(&poll(&app, &device_code).await), "authorization_pending");
}

#[tokio::test]
async fn codes_are_not_kept_readable_and_guesses_are_not_written_down() {
    let app = app().await;
    let codes = app.post(ENDPOINT).form(&[("client_id", "tv")]).await.ok();
    let code = codes["user_code"].as_str().unwrap();
    let device_code = codes["device_code"].as_str().unwrap();
    let store = app.store();
    let found = store.find_decoupled_request::<Value, GrantRecord>(device_code).await.unwrap().unwrap();
    let shown = format!("{found:?}");
    assert!(!shown.contains(code) && !shown.contains(&code.replace('-', "")), "{shown}");
    let guess = Browser::new(&app).get(&format!("{PAGE}?user_code=GUESSED-CODE")).await;
    assert!(!format!("{:?}", guess.record()).contains("GUESSED"));
}

/// RFC 8628 §5.2: who only knows a client's name must not fill the store, or use the codes up.
#[tokio::test]
async fn an_address_begins_so_many_and_no_more() {
    let app = app_with(&[("limits.authorize_per_minute", "2")]).await;
    let ask = async |client: &'static str| {
        app.post(ENDPOINT).form(&[("client_id", client), ("scope", "openid")]).await
    };
    for client in ["tv", "box"] {
        ask(client).await.ok();
    }
    let rows = app.rows_of("decoupled_requests").await;
    for client in ["tv", "box"] {
        let answer = ask(client).await;
        assert_eq!(answer.reason(), "429 temporarily_unavailable too_many_authorizations", "{client}");
        assert_ne!(answer.header(http::header::RETRY_AFTER), "");
    }
    assert_eq!(app.rows_of("decoupled_requests").await, rows);
    // Who proves to be the client is somebody whom an operator knows.
    app.post(ENDPOINT).basic("box", SECRET).form(&[("scope", "openid")]).await.ok();
    app.advance(60);
    ask("tv").await.ok();
}

#[tokio::test]
async fn what_is_typed_in_the_place_of_a_button_is_not_logged() {
    let app = app().await;
    for page in [PAGE, "/default/default/backchannel"] {
        let answer = Browser::new(&app).post(page, &[("action", "hunter2-is-my-password")]).await;
        assert_eq!(answer.record().reason, "action_unknown", "{page}");
        let record = serde_json::to_string(answer.record()).unwrap();
        assert!(!record.contains("hunter2") && record.contains("22 characters"), "{record}");
    }
}

#[tokio::test]
async fn whoever_is_gone_gets_no_tokens_on_their_device() {
    let app = app().await;
    let (device_code, user_code) = begin(&app).await;
    let browser = Browser::new(&app);
    let (address, page) = consent(&browser, &user_code, "user").await;
    browser.press(&address, &page, "accept").await;
    app.change_people(|idp| idp.disabled = true).await;
    assert_eq!(poll(&app, &device_code).await.reason(), "400 invalid_grant person_gone");
    app.change_people(|idp| idp.disabled = false).await;
    app.forget_person("user").await;
    assert_eq!(poll(&app, &device_code).await.reason(), "400 invalid_grant person_gone");
}
