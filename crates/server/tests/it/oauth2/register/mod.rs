//! `POST /{tid}/{aid}/oauth2/register` and what manages it (RFC 7591, RFC 7592)

mod access;
mod localized;
mod management;
mod metadata;
mod refused;
mod statement;

use serde_json::{Value, json};
use symbolon_store::entity::server::DynamicClientRegistrationSettings;

use crate::harness::{Answer, TestApp};

const REGISTER: &str = "/default/default/oauth2/register";

/// A server at which everybody may register.
async fn open() -> TestApp {
    open_with(&[]).await
}

async fn open_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_settings(settings).await;
    configure(&app, |_| {}).await;
    app
}

/// Switches registration on, with changes.
async fn configure(app: &TestApp, change: impl FnOnce(&mut DynamicClientRegistrationSettings)) {
    app.change_workspace(|server| {
        let settings = server.dynamic_client_registration.get_or_insert_default();
        settings.enabled = true;
        change(settings);
    })
    .await;
}

async fn register(app: &TestApp, metadata: Value) -> Answer {
    app.post(REGISTER).body("application/json", metadata.to_string()).await
}

/// Registers a client with these members beside a redirect URI.
async fn registered(app: &TestApp, more: Value) -> Value {
    let answer = register(app, with(more)).await;
    assert_eq!(answer.status, 201, "{} {:?}", answer.text(), answer.refusal);
    answer.json()
}

fn with(mut more: Value) -> Value {
    let mut metadata = json!({"redirect_uris": ["https://client.example.org/callback"]});
    metadata.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    metadata
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_else(|| panic!("{member} in {answer}"))
}
