//! Backchannel authentication (CIBA): `/{tid}/{aid}/backchannel…` and the grant at the token endpoint.

mod attacks;
mod demo;
mod page;
mod polling;
mod request;
mod resource;
mod signed;
mod told;

use serde_json::{Value, json};

use crate::harness::{Answer, Browser, SECRET, TOKEN, TestApp};

pub(crate) const GRANT: &str = "urn:openid:params:grant-type:ciba";
pub(crate) const ENDPOINT: &str = "/default/default/backchannel/authentication";
const PAGE: &str = "/default/default/backchannel";

/// A server at which `user` and `other` can log in, with the clients `bank` and `shop`.
async fn app() -> TestApp {
    app_with(&[]).await
}

async fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_people_and_settings(settings).await;
    app.change_workspace(|server| server.grant_types.push(GRANT.to_owned())).await;
    for id in ["bank", "shop"] {
        app.add_client(json!({
            "client_id": id, "client_name": "Northwind Bank", "client_secret": SECRET,
            "grant_types": [GRANT, "refresh_token"], "scopes": ["openid", "email", "offline_access"],
        }))
        .await;
    }
    app
}

/// A request of `bank` about `user`, with more parameters; a later one of a name counts.
async fn ask(app: &TestApp, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("scope", "openid email"), ("login_hint", "user")];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    app.post(ENDPOINT).basic("bank", SECRET).form(&form).await
}

/// The `auth_req_id` of such a request.
async fn begin(app: &TestApp) -> String {
    id_of(&ask(app, &[]).await)
}

#[track_caller]
fn id_of(answer: &Answer) -> String {
    answer.ok()["auth_req_id"].as_str().unwrap().to_owned()
}

async fn poll(app: &TestApp, auth_req_id: &str) -> Answer {
    poll_as(app, "bank", auth_req_id).await
}

async fn poll_as(app: &TestApp, client: &str, auth_req_id: &str) -> Answer {
    let form = [("grant_type", GRANT), ("auth_req_id", auth_req_id)];
    app.post(TOKEN).basic(client, SECRET).form(&form).await
}

/// The error that a poll is answered with.
#[track_caller]
fn error(answer: &Answer) -> Value {
    assert_eq!(answer.status, 400, "{}", answer.text());
    answer.json()["error"].clone()
}

/// The page after a login.
async fn page_of(browser: &Browser<'_>, username: &str) -> Answer {
    let (path, page) = browser.open(PAGE).await;
    assert_eq!(page.page().heading(), "Sign in");
    let logged_in = browser.log_in(&path, &page, username, username).await;
    browser.follow(&path, logged_in).await.1
}

/// The forms of the page: each request's id, and what protects its form.
fn forms(page: &Answer) -> Vec<(String, String)> {
    let value = |text: &str| text.split('"').next().unwrap().to_owned();
    let forms = page.text().split("name=\"csrf\" value=\"").skip(1);
    let form = |text: &str| {
        let (_, id) = text.split_once("name=\"request\" value=\"")?;
        Some((value(id), value(text)))
    };
    forms.filter_map(form).collect()
}

/// Presses a button of the only request on the page.
async fn press(browser: &Browser<'_>, page: &Answer, action: &str) -> Answer {
    let forms = forms(page);
    let [(id, csrf)] = forms.as_slice() else { panic!("{} requests wait", forms.len()) };
    browser.post(PAGE, &[("csrf", csrf), ("request", id), ("action", action)]).await
}

/// Has `user` allow the only request that waits.
pub(crate) async fn approve(app: &TestApp) {
    let browser = Browser::new(app);
    let page = page_of(&browser, "user").await;
    assert_eq!(
        press(&browser, &page, "accept").await.location(),
        "/default/default/backchannel?answered=allowed"
    );
}
