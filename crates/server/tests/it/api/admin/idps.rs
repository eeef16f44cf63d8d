//! `/api/admin/{tid}/servers/{wid}/idps`

use serde_json::json;
use symbolon_store::entity::Idp;

use crate::api::Console;
use crate::harness::{Browser, TestApp, request, request_with};

const STATIC: &str = "/servers/default/idps/static";

#[tokio::test]
async fn passwords_go_in_and_never_come_out() {
    let console = Console::new().await;
    let body = json!({
        "id": "sandbox", "name": "Sandbox", "settings": {"hint": true},
        "credentials": {"users": [{"username": "user", "password": "correct horse", "email": "u@example.com"}]},
    });
    let created = console.post(STATIC, &body).await;
    assert!(!created.text().contains("correct horse") && !created.text().contains("argon2"));
    let created = created.created();
    assert_eq!(created["method"], "static");
    assert_eq!(created["settings"], json!({"hint": true}));
    assert_eq!(created["credentials"]["users"][0]["email"], "u@example.com");
    assert_eq!(console.get(&format!("{STATIC}/sandbox")).await.ok(), created);
    let list = console.get("/servers/default/idps").await;
    assert!(!list.text().contains("username"), "{}", list.text());
    assert_eq!(list.ok()["idps"][0]["name"], "Sandbox");

    let stored = console.app.store().find::<Idp>("sandbox").await.unwrap().unwrap();
    let hash = stored.credentials.clone().unwrap().users[0].password.clone().unwrap();
    assert!(hash.reveal().starts_with("$argon2id$"));
    let passwords = &console.app.app.passwords;
    assert!(passwords.verify("correct horse", Some(hash.reveal())).await.unwrap());
}

#[tokio::test]
async fn settings_are_booleans() {
    let console = Console::new().await;
    for (name, value) in [("hint", json!("yes")), ("public_registration_allowed", json!("true"))] {
        let answer = console.post(STATIC, &json!({"name": "Sandbox", "settings": {name: value}})).await;
        assert_eq!(answer.json()["details"], json!({format!("settings.{name}"): "expected a boolean"}));
    }
    let open = json!({"id": "open", "name": "Open", "settings": {"public_registration_allowed": true}});
    let created = console.post(STATIC, &open).await.created();
    assert_eq!(created["settings"], json!({"public_registration_allowed": true}));
}

#[tokio::test]
async fn an_update_without_a_password_keeps_it() {
    let console = Console::new().await;
    let body = json!({"id": "sandbox", "name": "Sandbox", "credentials": {"users": [
        {"username": "one", "password": "first"}, {"username": "two", "password": "second"}]}});
    console.post(STATIC, &body).await.created();
    let hash = async |name: &str| {
        let stored = console.app.store().find::<Idp>("sandbox").await.unwrap().unwrap();
        let users = stored.credentials.clone().unwrap().users;
        users.into_iter().find(|user| user.username == name).and_then(|user| user.password)
    };
    let first = hash("one").await;

    let got = console.get(&format!("{STATIC}/sandbox")).await.ok();
    console.put(&format!("{STATIC}/sandbox"), &got).await.ok();
    assert_eq!(hash("one").await, first, "what was got and put back changes nothing");

    let body = json!({"name": "Sandbox", "credentials": {"users": [
        {"username": "one"}, {"username": "three", "password": "third"}]}});
    console.put(&format!("{STATIC}/sandbox"), &body).await.ok();
    assert_eq!(hash("one").await, first);
    assert!(hash("two").await.is_none() && hash("three").await.is_some());

    console.put(&format!("{STATIC}/sandbox"), &json!({"name": "Renamed"})).await.ok();
    assert_eq!(hash("one").await, first, "without credentials the users stay");
}

#[tokio::test]
async fn users_need_a_name_each_and_new_ones_a_password() {
    let console = Console::new().await;
    let body = json!({"id": "sandbox", "name": "Sandbox", "credentials": {"users": [
        {"username": "one", "password": "x"}, {"username": "one", "password": "y"}, {"password": "z"},
        {"username": "two"}]}});
    let answer = console.post(STATIC, &body).await;
    assert_eq!(
        answer.json()["details"],
        json!({
            "credentials.users[1].username": "is there twice",
            "credentials.users[2].username": "must have 1 to 200 bytes",
            "credentials.users[3].password": "must be given for a new user",
        })
    );
    assert_eq!(console.get(&format!("{STATIC}/sandbox")).await.status, 404);
}

#[tokio::test]
async fn a_deleted_identity_provider_is_gone() {
    let console = Console::new().await;
    console.post(STATIC, &json!({"id": "sandbox", "name": "Sandbox"})).await.created();
    let again = console.post(STATIC, &json!({"id": "sandbox", "name": "Sandbox"})).await;
    assert_eq!(again.fault(), "409 conflict: There is a identity provider sandbox already.");
    assert_eq!(console.delete("/servers/default/idps/sandbox").await.status, 204);
    assert_eq!(console.get(&format!("{STATIC}/sandbox")).await.status, 404);
    assert_eq!(console.delete("/servers/default/idps/sandbox").await.status, 404);
}

/// Who knew the password of before, or was let in before, is logged in no more.
#[tokio::test]
async fn another_password_ends_the_sessions_of_its_user_alone() {
    let console = Console::of(TestApp::with_people().await).await;
    let silent = request_with("openid", &[("prompt", "none")]);
    let (user, other) = (Browser::new(&console.app), Browser::new(&console.app));
    user.sign_in(&request("openid"), "user").await.code();
    other.sign_in(&request("openid"), "other").await.code();
    let path = format!("{STATIC}/default-people");

    let renamed =
        json!({"name": "Persons", "credentials": {"users": [{"username": "user"}, {"username": "other"}]}});
    console.put(&path, &renamed).await.ok();
    user.get(&silent).await.code();

    let users = json!([{"username": "user", "password": "another password"}, {"username": "other"}]);
    console.put(&path, &json!({"name": "People", "credentials": {"users": users}})).await.ok();
    assert_eq!(user.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    other.get(&silent).await.code();

    let users = json!([{"username": "user"}]);
    console.put(&path, &json!({"name": "People", "credentials": {"users": users}})).await.ok();
    let users = json!([{"username": "user"}, {"username": "other", "password": "other"}]);
    console.put(&path, &json!({"name": "People", "credentials": {"users": users}})).await.ok();
    let again = other.get(&silent).await;
    assert_eq!(again.sends("error").as_deref(), Some("login_required"), "a namesake is somebody else");
}
