//! Token exchange (RFC 8693) with keys: a binding is won, and never lost.

use serde_json::json;

use super::{add_code, key, persons_tokens, redeem, server, text};
use crate::harness::{Answer, Proof, SECRET, TOKEN, TestApp, decode};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// [`server`], where `backend` exchanges the tokens of `app`.
async fn with_backend() -> TestApp {
    let server = server().await;
    server.change_workspace(|workspace| workspace.grant_types.push(EXCHANGE.to_owned())).await;
    server
        .change_client("app", |app| app.audience = vec!["client_id".to_owned(), "backend".to_owned()])
        .await;
    server
        .add_client(json!({
            "client_id": "backend", "client_secret": SECRET, "grant_types": [EXCHANGE], "scopes": ["openid", "email"],
        }))
        .await;
    server
}

async fn exchange(server: &TestApp, token: &str, proof: Option<&Proof<'_>>) -> Answer {
    let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
    let request = server.post(TOKEN).basic("backend", SECRET).form(&form);
    match proof {
        Some(proof) => request.proof(proof).await,
        None => request.await,
    }
}

/// Who it is meant for has it from its sender: a binding is not lost, and becomes its own.
#[tokio::test]
async fn a_bound_token_is_exchanged_for_a_bound_one() {
    let server = with_backend().await;
    let (senders, own) = (key(), key());
    let token = text(&persons_tokens(&server, &senders).await["access_token"]);
    let unbound = exchange(&server, &token, None).await;
    assert_eq!(unbound.reason(), "400 invalid_request token_binding_lost");
    let body = exchange(&server, &token, Some(&own.proof("POST", TOKEN))).await.ok();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("DPoP"), &json!("openid email")));
    let ((_, old), (_, new)) = (decode(&token), decode(text(&body["access_token"])));
    assert_eq!(old["cnf"], json!({"jkt": senders.jkt()}));
    assert_eq!((&new["cnf"], &new["sub"]), (&json!({"jkt": own.jkt()}), &old["sub"]));
    assert_eq!(new["client_id"], "backend");
    // What it has got so is its own: it is its sender now.
    let token = text(&body["access_token"]);
    let stolen = exchange(&server, &token, Some(&senders.proof("POST", TOKEN))).await;
    assert_eq!(stolen.reason(), "400 invalid_request token_key_mismatch");
    exchange(&server, &token, Some(&own.proof("POST", TOKEN))).await.ok();
}

#[tokio::test]
async fn a_bearer_token_is_exchanged_for_one_that_is_bound() {
    let server = with_backend().await;
    add_code(&server, None).await;
    let token = text(&redeem(&server, None).await.ok()["access_token"]);
    let own = key();
    let body = exchange(&server, &token, Some(&own.proof("POST", TOKEN))).await.ok();
    assert_eq!(decode(text(&body["access_token"])).1["cnf"], json!({"jkt": own.jkt()}));
}
