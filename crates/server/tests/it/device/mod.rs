//! Device authorization: `/{tid}/{aid}/device…` and the grant at the token endpoint.

mod attacks;
mod flow;
mod polling;
mod request;
mod resource;

use serde_json::{Value, json};

use crate::harness::{Answer, Browser, SECRET, TOKEN, TestApp};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const ENDPOINT: &str = "/default/default/device/authorization";
const PAGE: &str = "/default/default/device";

/// A server at which `user` and `other` can log in, with a public client `tv` and a confidential client `box`.
async fn app() -> TestApp {
    app_with(&[]).await
}

async fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_people_and_settings(settings).await;
    app.change_workspace(|server| server.grant_types.push(GRANT.to_owned())).await;
    app.add_client(json!({
        "client_id": "tv", "client_name": "Living room", "token_endpoint_auth_method": "none",
        "grant_types": [GRANT, "refresh_token"], "scopes": ["openid", "email", "offline_access"],
    }))
    .await;
    app.add_client(json!({
        "client_id": "box", "client_secret": SECRET, "grant_types": [GRANT], "scopes": ["openid"],
    }))
    .await;
    app
}

/// The codes of a device authorization of `tv`.
async fn begin(app: &TestApp) -> (String, String) {
    let codes = app.post(ENDPOINT).form(&[("client_id", "tv"), ("scope", "openid email")]).await.ok();
    let text = |name: &str| codes[name].as_str().unwrap().to_owned();
    (text("device_code"), text("user_code"))
}

async fn poll(app: &TestApp, device_code: &str) -> Answer {
    app.post(TOKEN).form(&[("client_id", "tv"), ("grant_type", GRANT), ("device_code", device_code)]).await
}

/// The error that a poll is answered with.
fn error(answer: &Answer) -> Value {
    assert_eq!(answer.status, 400, "{}", answer.text());
    answer.json()["error"].clone()
}

/// Types the code and logs in. Returns the address of the consent page, and the page.
async fn consent(browser: &Browser<'_>, user_code: &str, username: &str) -> (String, Answer) {
    let page = browser.get(PAGE).await;
    let csrf = page.page().csrf();
    let typed =
        browser.post(PAGE, &[("csrf", &csrf), ("action", "continue"), ("user_code", user_code)]).await;
    let (address, page) = browser.follow(PAGE, typed).await;
    if page.page().heading() != "Sign in" {
        return (address, page);
    }
    let logged_in = browser.log_in(&address, &page, username, username).await;
    browser.follow(&address, logged_in).await
}
