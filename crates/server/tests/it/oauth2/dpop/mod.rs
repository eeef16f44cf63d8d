//! `DPoP` (RFC 9449)

mod attacks;
mod binding;
mod exchange;
mod nonce;
mod resource;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::harness::{Answer, DpopKey, Proof, SECRET, TOKEN, TestApp, TestCode};

const CALLBACK: &str = "https://example.com/callback";
const USERINFO: &str = "/default/default/userinfo";

/// A server with a client `client` that has a secret, and a public client `app`.
async fn server() -> TestApp {
    let server = TestApp::new().await;
    for (id, method) in [("client", "client_secret_basic"), ("app", "none")] {
        server
            .add_client(json!({
                "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method,
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "redirect_uris": [CALLBACK],
                "response_types": ["code"], "scopes": ["openid", "email", "offline_access"],
            }))
            .await;
    }
    server
}

fn key() -> DpopKey {
    DpopKey::new(Algorithm::ES256)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A token request of `client` for itself.
async fn own_token(server: &TestApp, proof: &Proof<'_>) -> Answer {
    let form = [("grant_type", "client_credentials")];
    server.post(TOKEN).basic("client", SECRET).form(&form).proof(proof).await
}

/// Redeems `the-code` as the public client.
async fn redeem(server: &TestApp, proof: Option<&Proof<'_>>) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", "the-code"),
        ("redirect_uri", CALLBACK),
    ];
    let request = server.post(TOKEN).form(&form);
    match proof {
        Some(proof) => request.proof(proof).await,
        None => request.await,
    }
}

async fn add_code(server: &TestApp, dpop_jkt: Option<String>) {
    let scope = "openid email offline_access";
    server.add_code(TestCode { client_id: "app", scope, dpop_jkt, ..TestCode::default() }).await;
}

/// A person's access token that is bound to the key.
async fn persons_tokens(server: &TestApp, key: &DpopKey) -> Value {
    add_code(server, None).await;
    redeem(server, Some(&key.proof("POST", TOKEN))).await.ok()
}
