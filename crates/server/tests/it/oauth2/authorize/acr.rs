//! `acr_values`, and `acr` in `claims`: how well a person must be authenticated (OIDC Core §3.1.2.1, §5.5.1.1).

use serde_json::{Value, json};
use symbolon_store::entity::server::{AdvancedConfiguration, Server};
use symbolon_store::entity::{Acr, Idp};

use crate::harness::{Browser, CALLBACK, NOW, SECRET, TestApp, decode, request_with};

fn advanced(change: impl FnOnce(&mut AdvancedConfiguration)) -> impl FnOnce(&mut Server) {
    move |server| change(server.advanced.get_or_insert_default())
}

async fn sign_in(app: &TestApp, more: &[(&str, &str)]) -> Value {
    let code = Browser::new(app).sign_in(&request_with("openid", more), "user").await.code();
    app.id_token_of(&code).await
}

/// The password alone is no longer what the people of `default` authenticate with.
async fn with_two_factors(app: &TestApp) {
    let mut idp = app.store().find::<Idp>("default-people").await.unwrap().unwrap().value;
    idp.static_amr = vec!["pwd".to_owned(), "otp".to_owned()];
    app.store().update(idp, None, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
}

#[tokio::test]
async fn the_class_follows_from_how_the_person_was_authenticated() {
    let app = TestApp::with_people().await;
    assert_eq!(sign_in(&app, &[]).await["acr"], "1");
    assert_eq!(
        sign_in(&app, &[("acr_values", "2 1")]).await["acr"],
        "1",
        "a wish that is met as far as it can be"
    );
    assert_eq!(sign_in(&app, &[("acr_values", "unheard-of")]).await["acr"], "1");
    with_two_factors(&app).await;
    assert_eq!(sign_in(&app, &[]).await["acr"], "2");
    assert_eq!(
        sign_in(&app, &[("acr_values", "1")]).await["acr"],
        "1",
        "the better one is also the weaker one"
    );
    let names = |advanced: &mut AdvancedConfiguration| {
        advanced.acr_values = vec!["urn:bronze".to_owned(), "urn:silver".to_owned()];
    };
    app.change_workspace(advanced(names)).await;
    assert_eq!(sign_in(&app, &[]).await["acr"], "urn:silver");
    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["acr_values_supported"], json!(["urn:bronze", "urn:silver"]));
    app.change_workspace(advanced(|advanced| advanced.do_not_issue_acr_claim_in_id_token = true)).await;
    assert_eq!(sign_in(&app, &[]).await.get("acr"), None);
}

#[tokio::test]
async fn the_registry_of_the_workspace_names_the_classes() {
    let app = TestApp::with_people().await;
    let add = async |value: &str, disabled, level: Option<u64>| {
        let mut acr = Acr { id: value.to_owned(), value: value.to_owned(), disabled, ..Acr::default() };
        acr.metadata.0.extend(level.map(|level| ("level".to_owned(), json!(level))));
        app.store().insert(acr, NOW.millis()).await.unwrap();
        app.app.snapshots.invalidate("default", "default");
    };
    let supported = async || {
        app.get("/default/default/.well-known/openid-configuration").await.ok()["acr_values_supported"]
            .clone()
    };
    add("loa-2", false, Some(2)).await;
    assert_eq!(supported().await, json!([]), "nobody can reach it with a password");
    assert_eq!(sign_in(&app, &[]).await.get("acr"), None);
    add("loa-1", false, Some(1)).await;
    add("off", true, Some(1)).await;
    add("unsaid", false, None).await;
    assert_eq!(supported().await, json!(["loa-1"]));
    assert_eq!(sign_in(&app, &[("acr_values", "unsaid off 1 loa-2")]).await["acr"], "loa-1");
    with_two_factors(&app).await;
    assert_eq!(supported().await, json!(["loa-1", "loa-2", "unsaid"]));
    assert_eq!(sign_in(&app, &[("acr_values", "unsaid")]).await["acr"], "unsaid");
    assert_eq!(sign_in(&app, &[("acr_values", "loa-2 loa-1")]).await["acr"], "loa-2");
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["off","2"]}}}"#;
    let answer = Browser::new(&app).get(&request_with("openid", &[("claims", essential)])).await;
    let expected = format!("{CALLBACK} unmet_authentication_requirements [acr_not_supported]");
    assert_eq!(answer.refused_to_client(), expected);
}

#[tokio::test]
async fn the_access_token_tells_it_too() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let code = browser.sign_in(&request_with("openid", &[]), "user").await.code();
    let tokens = app.redeem(&code).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(decode(token).1["acr"], "1");
    let form = [("token", token)];
    let told = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await.ok();
    assert_eq!(told["acr"], "1");
}

#[tokio::test]
async fn what_must_be_reached_and_cannot_be_is_refused_before_anybody_logs_in() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["2","3"]}}}"#;
    let expected = format!("{CALLBACK} unmet_authentication_requirements [acr_not_supported]");
    let answer = browser.get(&request_with("openid", &[("claims", essential)])).await;
    assert_eq!(answer.refused_to_client(), expected);
    app.change_workspace(advanced(|advanced| advanced.enforce_acr_values = true)).await;
    let answer = browser.get(&request_with("openid", &[("acr_values", "2")])).await;
    assert_eq!(answer.refused_to_client(), expected);
    assert_eq!(sign_in(&app, &[("acr_values", "2 1")]).await["acr"], "1");
    app.change_client("client", |client| client.default_acr_values = vec!["2".to_owned()]).await;
    let answer = browser.get(&request_with("openid", &[])).await;
    assert_eq!(answer.refused_to_client(), expected);
}

#[tokio::test]
async fn who_is_logged_in_too_weakly_logs_in_again() {
    let app = TestApp::with_people().await;
    let browser = Browser::new(&app);
    browser.sign_in(&request_with("openid", &[]), "user").await.code();
    with_two_factors(&app).await;
    let essential = r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#;
    let asked = request_with("openid", &[("claims", essential)]);
    let silent = request_with("openid", &[("claims", essential), ("prompt", "none")]);
    let answer = browser.get(&silent).await;
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} login_required [login_required]"));
    let (path, login) = browser.open(&asked).await;
    assert!(login.page().note().is_some(), "it is said why");
    let answer = browser.log_in(&path, &login, "user", "user").await;
    assert_eq!(app.id_token_of(&answer.code()).await["acr"], "2");
    browser.get(&silent).await.code();
}
