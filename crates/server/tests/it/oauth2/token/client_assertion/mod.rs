//! Clients that sign assertions: `private_key_jwt` and `client_secret_jwt` (RFC 7523 §2.2, OpenID Connect Core §9), and
//! whoever would like to be taken for one.

mod keys;
mod requests;
mod secrets;
mod statements;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_store::entity::Secret;
use symbolon_store::entity::server::WorkspaceProfile;

use crate::harness::{
    Answer, NOW, Remote, SECRET, Signer, TOKEN, TestApp, TestCertificate, changed, mac, mac_with_header,
    unsigned,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ISSUER: &str = "https://localhost:8443/default/default";
const REFUSED: &str = "401 invalid_client";

/// What a client says, some of it changed. `null` leaves a claim out.
fn claims(changes: Value) -> Value {
    let usual = json!({
        "iss": "robot", "sub": "robot", "aud": ISSUER, "jti": "one", "iat": NOW.seconds(), "exp": NOW.seconds() + 60,
    });
    changed(usual, changes)
}

/// What it says, signed with its key.
fn signed(signer: &Signer, claims: &Value) -> String {
    signer.sign_as("JWT", claims)
}

async fn app(keys: &[&Signer]) -> TestApp {
    let app = TestApp::new().await;
    let keys: Vec<_> = keys.iter().map(|pair| pair.public()).collect();
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": keys}, "token_endpoint_auth_signing_alg": "",
    }))
    .await;
    app.add_client(json!({
        "client_id": "shared", "token_endpoint_auth_method": "client_secret_jwt", "client_secret": SECRET,
        "grant_types": ["client_credentials"],
    }))
    .await;
    app
}

async fn ask(app: &TestApp, assertion: &str) -> Answer {
    ask_with(app, assertion, &[]).await
}

async fn ask_with(app: &TestApp, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    app.post(TOKEN).form(&[&own, more].concat()).await
}
