//! Clients that are described by a document at the URL they are called by.

mod document;
mod fetching;
mod flows;
mod logout;

use serde_json::{Value, json};
use symbolon_store::entity::server::ClientIdMetadataDocumentSettings;

use crate::harness::{Answer, Browser, Remote, TOKEN, TestApp, authorize, changed};

const BACK: &str = "http://127.0.0.1:52111/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A host whose documents are JSON.
async fn host() -> Remote {
    let remote = Remote::start("").await;
    remote.answer("200 OK\r\ncontent-type: application/json");
    remote
}

/// A host, and a server at which `user` can log in and that lets clients describe themselves.
async fn server() -> (Remote, TestApp) {
    let remote = host().await;
    remote.publish(&document(&remote, json!({})).to_string());
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    configure(&app, |_| {}).await;
    (remote, app)
}

async fn configure(app: &TestApp, change: impl FnOnce(&mut ClientIdMetadataDocumentSettings)) {
    app.change_workspace(|server| {
        let settings = server.client_id_metadata_documents.get_or_insert_default();
        settings.enabled = true;
        change(settings);
    })
    .await;
}

/// The document of a public client, with changes; null takes a member away.
fn document(remote: &Remote, changes: Value) -> Value {
    let usual = json!({
        "client_id": remote.url,
        "client_name": "Notes",
        "redirect_uris": ["http://127.0.0.1/callback", "https://localhost/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
        "scope": "openid email offline_access",
    });
    changed(usual, changes)
}

fn request(client_id: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let usual = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    authorize(&usual.chain(more.iter().copied()).collect::<Vec<_>>())
}

async fn redeem(app: &TestApp, client_id: &str, code: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    app.post(TOKEN).form(&form).await
}

/// How a document is refused: for the client's developer, and in the log.
async fn refusal(remote: &Remote, app: &TestApp, changes: Value) -> String {
    remote.publish(&document(remote, changes).to_string());
    Browser::new(app).get(&request(&remote.url, &[])).await.record().reason.clone()
}
