//! A person's name and password at the client (RFC 6749 §4.3).

use serde_json::{Value, json};
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{Answer, Browser, SECRET, TOKEN, TestApp, client, decode, request};

const INTROSPECT: &str = "/default/default/oauth2/introspect";

/// A server that allows the grant, with the people `user` and `other` and a client that may use it.
async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.grant_types.push("password".to_owned())).await;
    let mut client = client("trusted");
    client["grant_types"] = json!(["password", "refresh_token"]);
    app.add_client(client).await;
    app
}

async fn log_in(app: &TestApp, more: &[(&str, &str)]) -> Answer {
    let form = [&[("grant_type", "password")], more].concat();
    app.post(TOKEN).basic("trusted", SECRET).form(&form).await
}

async fn tokens(app: &TestApp) -> Value {
    let form = [("username", "user"), ("password", "user"), ("scope", "openid email offline_access")];
    log_in(app, &form).await.ok()
}

async fn refresh(app: &TestApp, token: &Value) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
    app.post(TOKEN).basic("trusted", SECRET).form(&form).await
}

async fn is_active(app: &TestApp, token: &Value) -> bool {
    let form = [("token", token.as_str().unwrap())];
    app.post(INTROSPECT).basic("trusted", SECRET).form(&form).await.ok()["active"].as_bool().unwrap()
}

/// RFC 6749 §4.3.2 and §4.3.3.
#[tokio::test]
async fn name_and_password_give_tokens() {
    let app = app().await;
    let body =
        log_in(&app, &[("username", "user"), ("password", "user"), ("scope", "openid email")]).await.ok();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("bearer"), &json!("openid email")));
    assert_eq!(body.get("refresh_token"), None, "offline_access was not asked for");
    let (_, access) = decode(body["access_token"].as_str().unwrap());
    assert_eq!((&access["amr"], &access["idp"]), (&json!(["pwd"]), &json!("default-people")));
    assert_eq!(access.get("client_id"), None, "the grant names the client");
    let (_, id_token) = decode(body["id_token"].as_str().unwrap());
    assert_eq!(id_token["sub"], access["sub"]);
    assert_eq!(
        (&id_token["auth_time"], id_token.get("email"), id_token.get("sid")),
        (&json!(1_800_000_000), None, None)
    );
    let about =
        app.get("/default/default/userinfo").bearer(body["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(about["sub"], access["sub"]);
}

#[tokio::test]
async fn the_person_is_the_one_who_logs_in_with_a_browser() {
    let app = app().await;
    let code = Browser::new(&app).sign_in(&request("openid"), "user").await.code();
    let body = tokens(&app).await;
    assert_eq!(decode(body["id_token"].as_str().unwrap()).1["sub"], app.id_token_of(&code).await["sub"],);
}

#[tokio::test]
async fn a_refresh_token_gives_access_again() {
    let app = app().await;
    let body = tokens(&app).await;
    app.advance(3600);
    let again = refresh(&app, &body["refresh_token"]).await.ok();
    assert_eq!(again["scope"], "openid email offline_access");
    assert!(is_active(&app, &again["access_token"]).await);
}

#[tokio::test]
async fn revoking_the_refresh_token_ends_everything() {
    for strategy in [AccessTokenStrategy::Jwt, AccessTokenStrategy::Opaque] {
        let app = app().await;
        app.change_workspace(|server| server.access_token_strategy = strategy).await;
        let body = tokens(&app).await;
        assert!(is_active(&app, &body["access_token"]).await);
        let form = [("token", body["refresh_token"].as_str().unwrap())];
        let revoked = app.post("/default/default/oauth2/revoke").basic("trusted", SECRET).form(&form).await;
        assert_eq!(revoked.status, 200);
        assert!(!is_active(&app, &body["access_token"]).await);
        let answer = refresh(&app, &body["refresh_token"]).await;
        assert_eq!(answer.reason(), "400 invalid_grant refresh_token_revoked");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_alike() {
    let app = app().await;
    let wrong = log_in(&app, &[("username", "user"), ("password", "wrong")]).await;
    insta::assert_snapshot!(wrong.refused(), @r"
    400 invalid_grant: The user name or the password is wrong.
    reason: password_wrong
    detail: The user exists; the password is another.
    client: trusted
    ");
    let unknown = log_in(&app, &[("username", "nobody"), ("password", "wrong")]).await;
    assert_eq!(unknown.json(), wrong.json());
    assert_eq!(unknown.refusal.unwrap().reason, "user_unknown");
    assert_eq!(app.rows_of("grants").await, 0);
}

#[tokio::test]
async fn a_parameter_that_is_missing_is_named() {
    let app = app().await;
    for (form, missing) in [
        (&[("username", "user")] as &[_], "password"),
        (&[("password", "user")], "username"),
        (&[("username", ""), ("password", "user")], "username"),
    ] {
        let answer = log_in(&app, form).await;
        assert_eq!(answer.reason(), "400 invalid_request missing_parameter");
        assert_eq!(answer.refusal.unwrap().expected.as_deref(), Some(missing));
    }
}

#[tokio::test]
async fn a_scope_that_the_client_lacks_is_refused_before_the_password_is_looked_at() {
    let app = app().await;
    let form = [("username", "user"), ("password", "wrong"), ("scope", "openid phone")];
    insta::assert_snapshot!(log_in(&app, &form).await.reason(), @"400 invalid_scope scope_not_registered");
}

/// The tries count together with those on the login page.
#[tokio::test]
async fn after_ten_failures_nothing_is_looked_at() {
    let app = app().await;
    for _ in 0..10 {
        let answer = log_in(&app, &[("username", "user"), ("password", "wrong")]).await;
        assert_eq!(answer.reason(), "400 invalid_grant password_wrong");
    }
    let right = log_in(&app, &[("username", "user"), ("password", "user")]).await;
    insta::assert_snapshot!(right.refused(), @r"
    400 invalid_grant: Too many tries have failed. Try again in 300 seconds.
    reason: too_many_login_failures
    detail: Tries are not looked at for 300 more seconds.
    client: trusted
    ");
    let browser = Browser::at(&app, [203, 0, 113, 9]);
    let (path, page) = browser.open(&request("openid")).await;
    let answer = browser.log_in(&path, &page, "user", "user").await;
    assert_eq!(answer.record().reason, "too_many_login_failures");
    app.advance(300);
    log_in(&app, &[("username", "user"), ("password", "user")]).await.ok();
}

/// RFC 9700 §2.4: nobody has it who has not asked for it.
#[tokio::test]
async fn workspace_and_client_must_both_list_the_grant() {
    let form = [("grant_type", "password"), ("username", "user"), ("password", "user")];
    let fresh = TestApp::with_people().await;
    let mut trusted = client("trusted");
    trusted["grant_types"] = json!(["password"]);
    fresh.add_client(trusted).await;
    let answer = fresh.post(TOKEN).basic("trusted", SECRET).form(&form).await;
    insta::assert_snapshot!(answer.reason(), @"400 unsupported_grant_type grant_type_not_allowed_by_workspace");
    let app = app().await;
    let answer = app.post(TOKEN).basic("client", SECRET).form(&form).await;
    insta::assert_snapshot!(answer.reason(), @"400 unauthorized_client grant_type_not_registered");
}

#[tokio::test]
async fn people_of_another_workspace_are_not_known() {
    let app = app().await;
    app.add_people("developer", &["user", "dev"]).await;
    let answer = log_in(&app, &[("username", "dev"), ("password", "dev")]).await;
    insta::assert_snapshot!(answer.reason(), @"400 invalid_grant user_unknown");
}

/// A public client has no secret to prove itself with: RFC 6749 §4.3.2 wants none of it.
#[tokio::test]
async fn a_public_client_may_use_the_grant_where_it_is_registered_for_it() {
    let app = app().await;
    let mut public = client("public");
    public["grant_types"] = json!(["password"]);
    public["token_endpoint_auth_method"] = json!("none");
    app.add_client(public).await;
    let form =
        [("grant_type", "password"), ("client_id", "public"), ("username", "user"), ("password", "user")];
    app.post(TOKEN).form(&form).await.ok();
}
