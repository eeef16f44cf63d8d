//! Attacks on backchannel authentication, each of which fails.

use serde_json::{Value, json};
use symbolon_server::oauth2::records::GrantRecord;
use symbolon_store::entity::Server;

use super::{GRANT, PAGE, app, approve, ask, begin, error, forms, page_of, poll, poll_as, press};
use crate::harness::{Browser, NOW, SECRET, TOKEN, TestApp, request_with};

#[tokio::test]
async fn an_auth_req_id_is_good_for_its_own_client_and_stays_so() {
    let app = app().await;
    let id = begin(&app).await;
    assert_eq!(
        poll_as(&app, "shop", &id).await.reason(),
        "400 invalid_grant decoupled_request_of_another_client"
    );
    approve(&app).await;
    assert_eq!(error(&poll_as(&app, "shop", &id).await), "invalid_grant");
    poll(&app, &id).await.ok();
}

#[tokio::test]
async fn guessing_and_codes_of_another_kind_lead_nowhere() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    let changed = format!("{}A", &id[..42]);
    for guess in ["guessed", "", &*changed, &*id.to_uppercase(), &*format!("{id}%00"), &*"x".repeat(5000)] {
        let answer = poll(&app, guess).await;
        assert_eq!(answer.status, 400, "{guess:?}");
        assert!(["invalid_grant", "invalid_request"].contains(&answer.json()["error"].as_str().unwrap()));
    }
    // The device grant does not take it, nor this one a device code.
    const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
    app.change_workspace(|server| server.grant_types.push(DEVICE.to_owned())).await;
    app.change_client("bank", |client| client.grant_types.push(DEVICE.to_owned())).await;
    let form = [("grant_type", DEVICE), ("device_code", &*id)];
    let as_device = app.post(TOKEN).basic("bank", SECRET).form(&form).await;
    assert_eq!(as_device.reason(), "400 invalid_grant decoupled_request_unknown");
    let device =
        app.post("/default/default/device/authorization").basic("bank", SECRET).form(&[("scope", "openid")]);
    let device = device.await.ok()["device_code"].as_str().unwrap().to_owned();
    assert_eq!(poll(&app, &device).await.reason(), "400 invalid_grant decoupled_request_unknown");
}

/// A client `bank` with the grant in another workspace too.
async fn add_bank(app: &TestApp, tenant: &str, workspace: &str) {
    let store = app.app.store.tenant(tenant);
    let mut server = store.find::<Server>(workspace).await.unwrap().unwrap().value;
    server.grant_types.push(GRANT.to_owned());
    store.update(server, None, NOW.millis()).await.unwrap();
    let bank = json!({
        "client_id": "bank-2", "client_secret": SECRET, "grant_types": [GRANT], "scopes": ["openid"],
    });
    app.add_client_in(tenant, workspace, bank).await;
}

#[tokio::test]
async fn another_workspace_and_another_tenant_know_nothing_of_it() {
    let app = app().await;
    app.add_tenant("acme").await;
    let id = begin(&app).await;
    approve(&app).await;
    for (tenant, workspace) in [("default", "developer"), ("acme", "default")] {
        add_bank(&app, tenant, workspace).await;
        let form = [("grant_type", GRANT), ("auth_req_id", &*id)];
        let request = app.post(&format!("/{tenant}/{workspace}/oauth2/token")).basic("bank-2", SECRET);
        assert_eq!(request.form(&form).await.reason(), "400 invalid_grant decoupled_request_unknown");
    }
    app.add_people("developer", &["user"]).await;
    let waiting = begin(&app).await;
    let browser = Browser::new(&app);
    let page = "/default/developer/backchannel";
    let login = browser.get(page).await;
    let logged_in = browser.log_in(page, &login, "user", "user").await;
    let (_, shown) = browser.follow(page, logged_in).await;
    assert!(forms(&shown).is_empty(), "the user of that name in another workspace is somebody else");
    assert_eq!(error(&poll(&app, &waiting).await), "authorization_pending");
}

#[tokio::test]
async fn another_person_sees_nothing_and_can_answer_nothing() {
    let app = app().await;
    let id = begin(&app).await;
    let (victim, attacker) = (Browser::new(&app), Browser::at(&app, [198, 51, 100, 66]));
    let page = page_of(&victim, "user").await;
    let other = page_of(&attacker, "other").await;
    assert!(forms(&other).is_empty());
    let (request, csrf) = forms(&page).remove(0);
    for action in ["accept", "deny"] {
        let fields = [("csrf", &*csrf), ("request", &*request), ("action", action)];
        assert_eq!(attacker.post(PAGE, &fields).await.record().reason, "interaction_finished");
    }
    // Who logs in meanwhile in the same browser has not seen the page.
    victim.sign_in(&request_with("openid", &[("prompt", "login")]), "other").await.code();
    assert_eq!(press(&victim, &page, "accept").await.record().reason, "interaction_finished");
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}

#[tokio::test]
async fn another_site_cannot_answer_for_the_person() {
    let app = app().await;
    let id = begin(&app).await;
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    let (request, csrf) = forms(&page).remove(0);
    let login_csrf = Browser::new(&app).get(PAGE).await.page().csrf();
    for token in ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &*login_csrf] {
        let fields = [("csrf", token), ("request", &*request), ("action", "accept")];
        assert_eq!(browser.post(PAGE, &fields).await.record().reason, "form_not_from_this_page", "{token}");
    }
    let fields = [("csrf", &*csrf), ("request", &*request), ("action", "accept")];
    let without_cookies = browser.post_from_another_site(PAGE, &fields).await;
    assert_eq!(without_cookies.record().reason, "form_not_from_this_page");
    // The token of one request is not good for another.
    begin(&app).await;
    let (_, both) = browser.open(PAGE).await;
    let both = forms(&both);
    let second = both.iter().find(|(id, _)| *id != request).unwrap();
    let fields = [("csrf", &*csrf), ("request", &*second.0), ("action", "accept")];
    assert_eq!(browser.post(PAGE, &fields).await.record().reason, "form_not_from_this_page");
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}

#[tokio::test]
async fn a_trusted_client_does_not_skip_the_question() {
    let app = app().await;
    app.change_client("bank", |client| client.trusted = true).await;
    let id = begin(&app).await;
    let page = page_of(&Browser::new(&app), "user").await;
    assert_eq!(forms(&page).len(), 1);
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}

#[tokio::test]
async fn a_client_cannot_tire_a_person_out() {
    let app = app().await;
    for _ in 0..20 {
        ask(&app, &[("requested_expiry", "60")]).await.ok();
    }
    let refused = ask(&app, &[]).await;
    assert_eq!(refused.reason(), "403 access_denied ciba_too_many_waiting");
    assert_eq!(app.rows_of("decoupled_requests").await, 20);
    // Other people and other clients do not suffer for it.
    ask(&app, &[("login_hint", "other")]).await.ok();
    let form = [("scope", "openid"), ("login_hint", "user")];
    app.post(super::ENDPOINT).basic("shop", SECRET).form(&form).await.ok();
    app.advance(60);
    ask(&app, &[]).await.ok();
}

#[tokio::test]
async fn a_client_that_lost_the_grant_is_not_shown_and_gets_nothing() {
    let app = app().await;
    let id = begin(&app).await;
    let browser = Browser::new(&app);
    let page = page_of(&browser, "user").await;
    app.change_client("bank", |client| client.grant_types.retain(|word| word != GRANT)).await;
    assert_eq!(press(&browser, &page, "accept").await.record().reason, "interaction_finished");
    let (_, empty) = browser.open(PAGE).await;
    assert!(forms(&empty).is_empty());
    assert_eq!(poll(&app, &id).await.reason(), "400 unauthorized_client grant_type_not_registered");
}

#[tokio::test]
async fn an_auth_req_id_is_not_kept_readable() {
    let app = app().await;
    let id = begin(&app).await;
    let found = app.store().find_decoupled_request::<Value, GrantRecord>(&id).await.unwrap().unwrap();
    assert!(!format!("{found:?}").contains(&id));
}

#[tokio::test]
async fn whoever_is_gone_gets_no_tokens_for_what_they_allowed() {
    let app = app().await;
    let id = begin(&app).await;
    approve(&app).await;
    app.forget_person("user").await;
    assert_eq!(poll(&app, &id).await.reason(), "400 invalid_grant person_gone");
}
