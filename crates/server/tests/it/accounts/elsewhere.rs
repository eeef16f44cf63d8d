//! Where people with accounts of their own log in, and where they do not.

use serde_json::json;

use super::{ADA, PASSWORD, accounts, app, create, make};
use crate::harness::{Browser, NOW, SECRET, TOKEN, TestApp, client, request, request_with};

async fn reason(browser: &Browser<'_>, path: &str, username: &str, password: &str) -> String {
    let (path, page) = browser.open(path).await;
    let answer = browser.log_in(&path, &page, username, password).await;
    answer.refusal.map_or_else(String::new, |refusal| refusal.reason)
}

#[tokio::test]
async fn an_account_logs_in_like_any_other_in_any_case_of_its_name() {
    let app = app().await;
    make(&Browser::new(&app), "openid", ADA).await.code();
    for (username, password, expected) in [
        ("ada", PASSWORD, ""),
        ("ADA", PASSWORD, ""),
        ("ada", "wrong", "password_wrong"),
        ("ada", "", "password_wrong"),
        ("nobody", PASSWORD, "user_unknown"),
        ("ada ", PASSWORD, "user_unknown"),
        ("user", "user", ""),
    ] {
        let before = app.app.passwords.computed();
        let found = reason(&Browser::new(&app), &request("openid"), username, password).await;
        assert_eq!(found, expected, "{username:?}");
        assert_eq!(app.app.passwords.computed() - before, 1, "one hash, whoever it is");
    }
}

#[tokio::test]
async fn accounts_go_on_working_when_no_more_can_be_made() {
    let app = app().await;
    let browser = Browser::new(&app);
    make(&browser, "openid", ADA).await.code();
    app.let_people_register(false).await;
    browser.get(&request_with("openid", &[("prompt", "none")])).await.code();
    assert_eq!(reason(&Browser::new(&app), &request("openid"), "ada", PASSWORD).await, "");
}

#[tokio::test]
async fn a_session_ends_with_its_account_and_while_its_identity_provider_is_disabled() {
    let app = app().await;
    let browser = Browser::new(&app);
    make(&browser, "openid", ADA).await.code();
    let silent = request_with("openid", &[("prompt", "none")]);
    browser.get(&silent).await.code();
    app.change_people(|idp| idp.disabled = true).await;
    assert_eq!(browser.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    assert_eq!(reason(&Browser::new(&app), &request("openid"), "ada", PASSWORD).await, "user_unknown");
    app.change_people(|idp| idp.disabled = false).await;
    browser.get(&silent).await.code();
    let [account] = accounts(&app).await.try_into().unwrap();
    assert!(
        app.store().delete_account::<()>("default-people", &account.id, &[], NOW.millis()).await.unwrap()
    );
    assert_eq!(browser.get(&silent).await.sends("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn an_account_of_one_workspace_or_tenant_is_nobody_in_another() {
    let app = app().await;
    make(&Browser::new(&app), "openid", ADA).await.code();
    app.add_tenant("acme").await;
    for (tenant, workspace) in [("default", "developer"), ("acme", "default")] {
        if tenant == "default" {
            app.add_people("developer", &["user"]).await;
        }
        let mut client = client(&format!("{tenant}-{workspace}"));
        client["scopes"] = json!(["openid"]);
        app.add_client_in(tenant, workspace, client).await;
        let asked = format!(
            "/{tenant}/{workspace}/oauth2/authorize?client_id={tenant}-{workspace}&response_type=code\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&scope=openid"
        );
        let browser = Browser::new(&app);
        let (path, page) = browser.open(&asked).await;
        let answer = browser.log_in(&path, &page, "ada", PASSWORD).await;
        assert_eq!(answer.record().reason, "user_unknown", "{tenant}/{workspace}");
    }
}

#[tokio::test]
async fn an_account_is_good_for_the_password_grant() {
    let app = app().await;
    make(&Browser::new(&app), "openid", ADA).await.code();
    app.change_workspace(|server| server.grant_types.push("password".to_owned())).await;
    let mut trusted = client("trusted");
    trusted["grant_types"] = json!(["password"]);
    app.add_client(trusted).await;
    let form = [("grant_type", "password"), ("username", "Ada"), ("password", PASSWORD), ("scope", "openid")];
    let body = app.post(TOKEN).basic("trusted", SECRET).form(&form).await.ok();
    let [account] = accounts(&app).await.try_into().unwrap();
    assert_eq!(crate::harness::decode(body["id_token"].as_str().unwrap()).1["sub"], account.id);
    let wrong = [("grant_type", "password"), ("username", "ada"), ("password", "wrong"), ("scope", "openid")];
    let answer = app.post(TOKEN).basic("trusted", SECRET).form(&wrong).await;
    assert_eq!(answer.record().reason, "password_wrong");
}

#[tokio::test]
async fn a_client_reaches_an_account_by_its_name_and_not_by_an_address_that_nobody_verified() {
    const CIBA: &str = "urn:openid:params:grant-type:ciba";
    let app = app().await;
    let browser = Browser::new(&app);
    let fields = [ADA, &[("email", "ada@example.com")]].concat();
    let code = make(&browser, "openid", &fields).await.code();
    let id_token = app.redeem(&code).await["id_token"].as_str().unwrap().to_owned();
    app.change_workspace(|server| server.grant_types.push(CIBA.to_owned())).await;
    app.change_client("client", |client| client.grant_types.push(CIBA.to_owned())).await;
    let ask = async |hint: &str, value: &str| {
        let form = [("scope", "openid"), (hint, value)];
        app.post("/default/default/backchannel/authentication").basic("client", SECRET).form(&form).await
    };
    for (hint, value) in [("login_hint", "ada"), ("login_hint", "ADA"), ("id_token_hint", &id_token)] {
        let answer = ask(hint, value).await;
        assert!(answer.ok()["auth_req_id"].is_string(), "{hint} {value}");
    }
    for value in ["ada@example.com", "nobody"] {
        assert_eq!(ask("login_hint", value).await.json()["error"], "unknown_user_id", "{value}");
    }
    // The person finds the requests, and answers.
    let page = browser.get("/default/default/backchannel").await;
    assert_eq!(page.text().matches("name=\"request\"").count(), 3, "{}", page.page().text());
}

#[tokio::test]
async fn discovery_lists_create_where_it_works_alone() {
    let app = TestApp::with_people().await;
    let prompts = async || {
        let document = app.get("/default/default/.well-known/openid-configuration").await.ok();
        document["prompt_values_supported"].as_array().unwrap().iter().any(|prompt| prompt == "create")
    };
    assert!(!prompts().await);
    app.let_people_register(true).await;
    assert!(prompts().await);
    Browser::new(&app).open(&create("openid")).await.1.page().csrf();
    app.let_people_register(false).await;
    assert!(!prompts().await);
}
