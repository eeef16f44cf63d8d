//! `/{tid}/{aid}/sso/sessions…`, and other ways in which sessions end: with a password, an account, by an administrator.

use http::header::{USER_AGENT, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use symbolon_server::oauth2::backchannel_logout::deliver;

use crate::api::console::{Console, token};
use crate::harness::{Answer, Browser, Remote, TestApp, client, decode, request, request_with};

const SESSIONS: &str = "/default/default/sso/sessions";

async fn people() -> TestApp {
    let app = TestApp::with_people().await;
    let scopes = ["openid", "view_sessions", "manage_sessions", "offline_access"];
    app.change_client("client", |client| client.scopes = scopes.map(str::to_owned).to_vec()).await;
    app
}

/// Signs somebody in, and returns the browser and the tokens.
async fn sign_in<'a>(app: &'a TestApp, username: &str, scope: &str) -> (Browser<'a>, Value) {
    let browser = Browser::new(app);
    let code = browser.sign_in(&request(scope), username).await.code();
    (browser, app.redeem(&code).await)
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

async fn list(app: &TestApp, tokens: &Value) -> Vec<Value> {
    let answer = app.get(SESSIONS).bearer(access(tokens)).await;
    assert_eq!(answer.header(http::header::CACHE_CONTROL), "no-store");
    let answer = answer.ok();
    answer["sessions"].as_array().unwrap().clone()
}

async fn delete(app: &TestApp, id: &str, tokens: &Value) -> Answer {
    app.request("DELETE", &format!("{SESSIONS}/{id}")).bearer(access(tokens)).await
}

#[tokio::test]
async fn a_person_sees_their_own_sessions() {
    let app = people().await;
    let (first, tokens) = sign_in(&app, "user", "openid view_sessions").await;
    app.advance(120);
    sign_in(&app, "user", "openid").await;
    sign_in(&app, "other", "openid").await;
    app.advance(60);
    let (path, page) = first.open(&request_with("openid", &[("prompt", "login")])).await;
    first.log_in(&path, &page, "user", "user").await.code();
    let sessions = list(&app, &tokens).await;
    assert_eq!(sessions.len(), 2);
    let sid = &decode(tokens["id_token"].as_str().unwrap()).1["sid"];
    assert_eq!(
        sessions[0],
        json!({
            "id": sid,
            "type": "sso",
            "issue_time": "2027-01-15T08:00:00Z",
            "auth_time": "2027-01-15T08:03:00Z",
            "active_time": "2027-01-15T08:03:00Z",
            "ip_address": "203.0.113.7",
            "user_agent": "",
        })
    );
    assert_eq!(sessions[1]["issue_time"], "2027-01-15T08:02:00Z");
}

#[tokio::test]
async fn a_person_ends_their_own_session_with_what_was_issued_in_it() {
    let app = people().await;
    let (here, tokens) = sign_in(&app, "user", "openid view_sessions manage_sessions").await;
    let (there, of_there) = sign_in(&app, "user", "openid").await;
    let id =
        |tokens: &Value| decode(tokens["id_token"].as_str().unwrap()).1["sid"].as_str().unwrap().to_owned();
    assert_eq!(delete(&app, &id(&of_there), &tokens).await.status, 204);
    let silent = request_with("openid", &[("prompt", "none")]);
    assert_eq!(there.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    assert_eq!(app.get("/default/default/userinfo").bearer(access(&of_there)).await.status, 401);
    assert_eq!(list(&app, &tokens).await.len(), 1);
    assert_eq!(delete(&app, &id(&of_there), &tokens).await.status, 404, "it is over");
    assert!(here.get(&silent).await.sends("code").is_some());
    assert_eq!(delete(&app, &id(&tokens), &tokens).await.status, 204, "one's own too");
    assert_eq!(app.get(SESSIONS).bearer(access(&tokens)).await.status, 401, "the token ends with it");
}

#[tokio::test]
async fn nobody_sees_or_ends_the_sessions_of_others() {
    let app = people().await;
    let (_, of_user) = sign_in(&app, "user", "openid view_sessions manage_sessions").await;
    let (victim, of_other) = sign_in(&app, "other", "openid").await;
    let sid = decode(of_other["id_token"].as_str().unwrap()).1["sid"].as_str().unwrap().to_owned();
    for id in [sid.as_str(), "unknown", "%27", "", "%25"] {
        let answer = delete(&app, id, &of_user).await;
        assert_eq!(answer.status, 404, "{id}");
    }
    assert!(victim.get(&request_with("openid", &[("prompt", "none")])).await.sends("code").is_some());
    app.add_tenant("acme").await;
    // Without a token, the scope, or a person.
    let path = format!("{SESSIONS}/{sid}");
    for (method, path, scope) in
        [("GET", SESSIONS, "view_sessions"), ("DELETE", path.as_str(), "manage_sessions")]
    {
        for token in [None, Some("nonsense"), Some("a.b.c"), of_other["id_token"].as_str()] {
            let mut request = app.request(method, path);
            if let Some(token) = token {
                request = request.bearer(token);
            }
            let answer = request.await;
            assert_eq!(
                (answer.status, &answer.json()["status_code"]),
                (401, &json!(401)),
                "{method} {token:?}"
            );
            assert!(answer.header(WWW_AUTHENTICATE).starts_with("Bearer "));
        }
        let answer = app.request(method, path).bearer(access(&of_other)).await;
        assert_eq!((answer.status, &answer.json()["details"]["scope"]), (403, &json!(scope)));
        assert!(answer.header(WWW_AUTHENTICATE).contains("insufficient_scope"));
        let of_nobody = token(&app, "default", "default", scope).await;
        assert_eq!(app.request(method, path).bearer(&of_nobody).await.status, 403, "a client's own token");
        let elsewhere = path.replace("/default/default/", "/default/developer/");
        assert_eq!(app.request(method, &elsewhere).bearer(access(&of_user)).await.status, 401);
        let elsewhere = path.replace("/default/default/", "/acme/default/");
        assert_eq!(app.request(method, &elsewhere).bearer(access(&of_user)).await.status, 401);
    }
    assert!(app.get("/default/nowhere/sso/sessions").await.status == 404);
}

#[tokio::test]
async fn what_a_browser_says_of_itself_is_kept_in_bounds() {
    let app = people().await;
    let browser = Browser::new(&app);
    let (path, page) = browser.open(&request("openid view_sessions")).await;
    let body = format!("csrf={}&action=login&username=user&password=user", page.page().csrf());
    let send = http::Request::builder()
        .method("POST")
        .uri(&path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header(USER_AGENT, "Firefox/".to_owned() + &"1".repeat(1000));
    let answer = browser.send(send, body.into()).await;
    let (path, page) = browser.follow(&path, answer).await;
    let code = browser.press(&path, &page, "accept").await.code();
    let sessions = list(&app, &app.redeem(&code).await).await;
    assert_eq!(sessions[0]["user_agent"].as_str().unwrap().len(), 256);
}

/// A server whose client is told of logouts, with somebody who may change its users.
async fn console(remote: &Remote) -> Console {
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(client("client")).await;
    app.change_client("client", |client| client.backchannel_logout_uri = Some(remote.url.clone())).await;
    let console = Console::of(app).await;
    let users = json!([{"username": "user", "password": "user"}, {"username": "other", "password": "other"}]);
    let idp = json!({"id": "staff", "name": "Staff", "credentials": {"users": users}});
    console.post("/servers/default/idps/static", &idp).await.created();
    console
}

async fn put_users(console: &Console, users: Value) {
    let idp = json!({"id": "staff", "name": "Staff", "credentials": {"users": users}});
    console.put("/servers/default/idps/static/staff", &idp).await.ok();
}

fn told(remote: &Remote) -> Vec<Value> {
    let token = |body: &str| decode(body.strip_prefix("logout_token=").unwrap()).1;
    remote.heard().iter().map(|heard| token(&heard.body)).collect()
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_tells_every_client() {
    let remote = Remote::start("").await;
    let console = console(&remote).await;
    let app = &console.app;
    let (_, first) = sign_in(app, "user", "openid").await;
    let (_, second) = sign_in(app, "user", "openid offline_access").await;
    let (other, _) = sign_in(app, "other", "openid").await;
    put_users(&console, json!([{"username": "user", "password": "changed"}, {"username": "other"}])).await;
    assert_eq!(app.rows_of("sessions").await, 1);
    assert!(other.get(&request_with("openid", &[("prompt", "none")])).await.sends("code").is_some());
    assert_eq!(deliver::run_once(&app.app).await, 2);
    let sid = |tokens: &Value| decode(tokens["id_token"].as_str().unwrap()).1["sid"].clone();
    let sids: Vec<_> = told(&remote).iter().map(|claims| claims["sid"].clone()).collect();
    assert!(sids.contains(&sid(&first)) && sids.contains(&sid(&second)), "{sids:?}");
    let userinfo =
        async |tokens: &Value| app.get("/default/default/userinfo").bearer(access(tokens)).await.status;
    assert_eq!((userinfo(&first).await, userinfo(&second).await), (401, 200), "offline access goes on");
}

#[tokio::test]
async fn with_an_account_everything_ends_and_every_client_is_told() {
    for delete_all in [false, true] {
        let remote = Remote::start("").await;
        let console = console(&remote).await;
        let app = &console.app;
        let (browser, offline) = sign_in(app, "user", "openid offline_access").await;
        let page = browser.get("/default/default/oidc/logout").await;
        browser.press("/default/default/oidc/logout", &page, "logout").await;
        assert_eq!(deliver::run_once(&app.app).await, 1);
        let (_, online) = sign_in(app, "user", "openid").await;
        match delete_all {
            false => put_users(&console, json!([{"username": "other"}])).await,
            true => assert_eq!(console.delete("/servers/default/idps/staff").await.status, 204),
        }
        assert_eq!(app.rows_of("sessions").await, 0);
        assert_eq!(deliver::run_once(&app.app).await, 2, "the client may know either session");
        let userinfo =
            async |tokens: &Value| app.get("/default/default/userinfo").bearer(access(tokens)).await.status;
        assert_eq!((userinfo(&online).await, userinfo(&offline).await), (401, 401));
    }
}

#[tokio::test]
async fn an_administrator_calls_back_everything_of_a_person() {
    let remote = Remote::start("").await;
    let console = console(&remote).await;
    let app = &console.app;
    let (browser, tokens) = sign_in(app, "user", "openid offline_access").await;
    let (other, _) = sign_in(app, "other", "openid").await;
    let subject = decode(access(&tokens)).1["sub"].clone();
    let path = "/servers/default/tokens";
    for body in [json!({}), json!({"subjects": []}), json!({"subjects": vec!["s"; 101]})] {
        assert_eq!(console.request("DELETE", path).json(&body).await.status, 422, "{body}");
    }
    let answer = console.request("DELETE", path).json(&json!({"subjects": ["nobody", subject]})).await;
    assert_eq!(answer.status, 204);
    let silent = request_with("openid", &[("prompt", "none")]);
    assert_eq!(browser.get(&silent).await.sends("error").as_deref(), Some("login_required"));
    assert!(other.get(&silent).await.sends("code").is_some());
    assert_eq!(app.get("/default/default/userinfo").bearer(access(&tokens)).await.status, 401);
    assert_eq!(deliver::run_once(&app.app).await, 1);
    assert_eq!(told(&remote)[0]["sub"], subject);
}
