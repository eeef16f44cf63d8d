//! What the tokens of a device are for (RFC 8707).

use serde_json::{Value, json};
use symbolon_store::entity::Service;
use symbolon_store::entity::server::AdvancedConfiguration;

use super::{ENDPOINT, GRANT, app, consent};
use crate::harness::{Answer, Browser, NOW, TOKEN, TestApp, decode};

const TOOLS: &str = "https://tools.example/mcp";
const OTHERS: &str = "spiffe://localhost/default/default/payments";

/// `tv` may have scopes of two services, of which one has an address.
async fn server() -> TestApp {
    let app = app().await;
    app.add_scopes("tools", &["tools:call"]).await;
    app.add_scopes("payments", &["pay"]).await;
    let mut tools = app.store().find::<Service>("tools").await.unwrap().unwrap().value;
    tools.custom_audience = Some(TOOLS.to_owned());
    app.store().update(tools, None, NOW.millis()).await.unwrap();
    app.change_client("tv", |client| client.scopes.extend(["tools:call".to_owned(), "pay".to_owned()])).await;
    app
}

async fn ask(app: &TestApp, resources: &[&str]) -> Answer {
    let mut form = vec![("client_id", "tv"), ("scope", "offline_access tools:call pay")];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    app.post(ENDPOINT).form(&form).await
}

/// Has `user` allow it. Returns the device code.
async fn allowed(app: &TestApp, resources: &[&str]) -> String {
    let codes = ask(app, resources).await.ok();
    let browser = Browser::new(app);
    let (path, page) = consent(&browser, codes["user_code"].as_str().unwrap(), "user").await;
    assert_eq!(browser.press(&path, &page, "accept").await.status, 200);
    codes["device_code"].as_str().unwrap().to_owned()
}

async fn fetch(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    app.post(TOKEN).form(&[&[("client_id", "tv")], form].concat()).await
}

#[track_caller]
fn target(tokens: &Value) -> (Value, Value) {
    (decode(tokens["access_token"].as_str().unwrap()).1["aud"].clone(), tokens["scope"].clone())
}

#[tokio::test]
async fn what_is_no_resource_here_is_refused() {
    let app = server().await;
    for (resources, expected) in [
        (vec!["not a uri"], "400 invalid_target resource_malformed"),
        (vec!["https://tools.example/mcp#part"], "400 invalid_target resource_malformed"),
        (vec!["https://evil.example/"], "400 invalid_target resource_unknown"),
        (vec![TOOLS, "https://evil.example/"], "400 invalid_target resource_unknown"),
    ] {
        assert_eq!(ask(&app, &resources).await.reason(), expected, "{resources:?}");
    }
}

#[tokio::test]
async fn tokens_are_for_what_was_asked_for_and_may_narrow_never_widen() {
    let app = server().await;
    let code = allowed(&app, &[TOOLS]).await;
    let poll = [("grant_type", GRANT), ("device_code", &*code)];
    let answer = fetch(&app, &[poll[0], poll[1], ("resource", OTHERS)]).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_not_granted");
    let tokens = fetch(&app, &poll).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("offline_access tools:call")));
    let again =
        [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let answer = fetch(&app, &[again[0], again[1], ("resource", OTHERS)]).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_not_granted");
    let tokens = fetch(&app, &again).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("offline_access tools:call")));

    let code = allowed(&app, &[TOOLS, OTHERS]).await;
    let poll = [("grant_type", GRANT), ("device_code", &*code), ("resource", OTHERS)];
    let tokens = fetch(&app, &poll).await.ok();
    assert_eq!(target(&tokens), (json!([OTHERS]), json!("offline_access pay")));
}

#[tokio::test]
async fn where_resources_are_required_a_device_names_one() {
    let app = server().await;
    let advanced = AdvancedConfiguration { require_resource_indicators: true, ..Default::default() };
    app.change_workspace(|server| server.advanced = Some(advanced)).await;
    assert_eq!(ask(&app, &[]).await.reason(), "400 invalid_target resource_missing");
    let code = allowed(&app, &[TOOLS]).await;
    let tokens = fetch(&app, &[("grant_type", GRANT), ("device_code", &code)]).await.ok();
    assert_eq!(target(&tokens), (json!([TOOLS]), json!("offline_access tools:call")));
}
