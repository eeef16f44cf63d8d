//! `/api/admin/{tid}/servers/{wid}/idps/{iid}/accounts…`

use serde_json::json;
use symbolon_store::entity::server::WorkspaceKind;

use super::{ADA, PASSWORD, accounts, app, make};
use crate::api::Console;
use crate::harness::{Browser, SECRET, TOKEN, request, request_with};

/// Where the client is told of a logout: nobody sends anything here.
const LOGOUT: &str = "https://example.com/logout";
/// The grant itself has ended.
const REVOKED: &str = "400 invalid_grant refresh_token_revoked";
const ACCOUNTS: &str = "/servers/default/idps/default-people/accounts";

/// A console of a server with accounts of these names, and the browsers in which they were made.
async fn console(names: &[&str]) -> Console {
    let console = Console::of(app().await).await;
    for name in names {
        let fields = [("username", *name), ("password", PASSWORD)];
        make(&Browser::new(&console.app), "openid", &fields).await.code();
    }
    console
}

async fn userinfo(console: &Console, tokens: &serde_json::Value) -> u16 {
    let token = tokens["access_token"].as_str().unwrap();
    console.app.get("/default/default/userinfo").bearer(token).await.status
}

/// Why a refresh token is refused.
async fn refreshed(console: &Console, tokens: &serde_json::Value) -> String {
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    console.app.post(TOKEN).basic("client", SECRET).form(&form).await.reason()
}

fn names(body: &serde_json::Value) -> Vec<&str> {
    body["accounts"].as_array().unwrap().iter().map(|account| account["username"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn accounts_are_listed_without_passwords() {
    let console = console(&["carl", "Bob"]).await;
    let fields = [ADA, &[("name", "Ada Lovelace"), ("email", "ada@example.com")]].concat();
    make(&Browser::new(&console.app), "openid", &fields).await.code();
    let answer = console.get(&format!("{ACCOUNTS}?sort=name")).await;
    assert!(!answer.text().contains("argon2") && !answer.text().contains("password"), "{}", answer.text());
    let body = answer.ok();
    assert_eq!(names(&body), ["ada", "Bob", "carl"]);
    let ada = &body["accounts"][0];
    assert_eq!((&ada["name"], &ada["email"]), (&json!("Ada Lovelace"), &json!("ada@example.com")));
    assert_eq!(ada["created_at"], "2027-01-15T08:00:00Z");
    assert_eq!(body["accounts"][1].get("email"), None);
    let id = ada["id"].as_str().unwrap();
    let next = console.get(&format!("{ACCOUNTS}?sort=name&limit=1&after_account_id={id}")).await.ok();
    assert_eq!(names(&next), ["Bob"]);
    assert_eq!(names(&console.get(&format!("{ACCOUNTS}?search_phrase=BO")).await.ok()), ["Bob"]);
    let viewer = console.app.get(&format!("/api/admin/default{ACCOUNTS}")).bearer(&console.view);
    assert_eq!(names(&viewer.await.ok()).len(), 3);
    for elsewhere in
        ["/servers/default/idps/other/accounts", "/servers/developer/idps/default-people/accounts"]
    {
        assert_eq!(console.get(elsewhere).await.status, 404, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_deleted_account_is_logged_in_nowhere_and_has_nothing() {
    let console = console(&["bob"]).await;
    let browser = Browser::new(&console.app);
    console
        .app
        .change_client("client", |client| client.backchannel_logout_uri = Some(LOGOUT.to_owned()))
        .await;
    let code = make(&browser, "openid offline_access", ADA).await.code();
    let tokens = console.app.redeem(&code).await;
    assert_eq!(userinfo(&console, &tokens).await, 200);
    let account = accounts(&console.app).await.into_iter().find(|account| account.username == "ada").unwrap();
    let path = format!("{ACCOUNTS}/{}", account.id);
    let elsewhere = format!("/servers/default/idps/other/accounts/{}", account.id);
    assert_eq!(console.delete(&elsewhere).await.status, 404);
    assert_eq!(console.delete(&path).await.status, 204);
    assert_eq!(console.delete(&path).await.status, 404);
    let silent = browser.get(&request_with("openid", &[("prompt", "none")])).await;
    assert_eq!(silent.sends("error").as_deref(), Some("login_required"));
    assert_eq!((userinfo(&console, &tokens).await, &*refreshed(&console, &tokens).await), (401, REVOKED));
    assert_eq!(console.app.rows_of("sessions").await, 1, "bob is still logged in");
    assert_eq!(console.app.rows_of("scope_grants").await, 1, "and has his consent");
    assert_eq!(console.app.rows_of("logout_notices").await, 1);
    assert_eq!(names(&console.get(ACCOUNTS).await.ok()), ["bob"]);
}

#[tokio::test]
async fn another_password_ends_the_sessions_of_its_account_alone() {
    let console = console(&[]).await;
    let (ada, bob) = (Browser::new(&console.app), Browser::new(&console.app));
    make(&ada, "openid", ADA).await.code();
    make(&bob, "openid", &[("username", "bob"), ("password", PASSWORD)]).await.code();
    let account = accounts(&console.app).await.into_iter().find(|account| account.username == "ada").unwrap();
    let path = format!("{ACCOUNTS}/{}/password", account.id);
    for (password, fault) in [
        ("short", "must have at least 8 characters"),
        ("password1", "is one that many people use"),
        ("adaadaada", "has the username or the name of the workspace in it"),
    ] {
        let answer = console.put(&path, &json!({"password": password})).await;
        assert_eq!((answer.status, &answer.json()["details"]), (422, &json!({"password": fault})));
        assert!(!answer.text().contains(password));
    }
    let silent = request_with("openid", &[("prompt", "none")]);
    ada.get(&silent).await.code();
    let new = "seven brittle lanterns hum";
    assert_eq!(console.put(&path, &json!({"password": new})).await.status, 204);
    assert_eq!(ada.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    bob.get(&silent).await.code();
    let browser = Browser::new(&console.app);
    let (path, page) = browser.open(&request("openid")).await;
    assert_eq!(browser.log_in(&path, &page, "ada", PASSWORD).await.record().reason, "password_wrong");
    browser.log_in(&path, &page, "ada", new).await.location();
    let unknown = console.put(&format!("{ACCOUNTS}/unknown/password"), &json!({"password": new})).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn accounts_go_with_their_identity_provider() {
    let console = console(&["bob"]).await;
    console
        .app
        .change_client("client", |client| client.backchannel_logout_uri = Some(LOGOUT.to_owned()))
        .await;
    let (browser, listed) = (Browser::new(&console.app), Browser::new(&console.app));
    let code = make(&browser, "openid offline_access", ADA).await.code();
    let own = console.app.redeem(&code).await;
    let code = listed.sign_in(&request("openid offline_access"), "user").await.code();
    let listed = console.app.redeem(&code).await;
    assert_eq!(console.delete("/servers/default/idps/default-people").await.status, 204);
    assert_eq!(console.app.rows_of("accounts").await, 0);
    for tokens in [own, listed] {
        assert_eq!((userinfo(&console, &tokens).await, &*refreshed(&console, &tokens).await), (401, REVOKED));
    }
    assert_eq!(console.app.rows_of("sessions").await, 0);
    assert_eq!(
        console.app.rows_of("logout_notices").await,
        3,
        "each of their sessions is over for the client"
    );
}

#[tokio::test]
async fn a_listed_user_takes_no_name_of_an_account() {
    let console = console(&["bob"]).await;
    let path = "/servers/default/idps/static/default-people";
    let with = |name: &str| {
        let users = json!([{"username": "user"}, {"username": name, "password": "x"}]);
        json!({"name": "People", "credentials": {"users": users}})
    };
    let answer = console.put(path, &with("BOB")).await;
    let fault = json!({"credentials.users[1].username": "is the name of an account that somebody has made"});
    assert_eq!((answer.status, &answer.json()["details"]), (422, &fault));
    console.put(path, &with("carl")).await.ok();
}

#[tokio::test]
async fn nobody_opens_a_workspace_of_administrators() {
    let console = console(&[]).await;
    let open = json!({"name": "Open", "settings": {"public_registration_allowed": true}});
    console.app.change_workspace(|server| server.kind = WorkspaceKind::System).await;
    let answer = console.post("/servers/default/idps/static", &open).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(answer.json()["details"].get("settings.public_registration_allowed").is_some());
    console.app.change_workspace(|server| server.kind = WorkspaceKind::Regular).await;
    assert_eq!(console.post("/servers/default/idps/static", &open).await.status, 201);
}
