//! Nonces of the server (RFC 9449 §8, §9).

use serde_json::json;
use symbolon_server::oauth2::dpop::DPOP_NONCE;

use super::{USERINFO, key, own_token, persons_tokens, redeem, server, text};
use crate::harness::{Answer, NOW, SECRET, TOKEN, TestApp};

async fn demanding() -> TestApp {
    let server = server().await;
    demand(&server, true).await;
    server
}

async fn demand(server: &TestApp, on: bool) {
    server.change_workspace(|server| server.advanced.get_or_insert_default().require_dpop_nonce = on).await;
}

fn nonce(answer: &Answer) -> String {
    answer.header(DPOP_NONCE).to_owned()
}

#[tokio::test]
async fn a_proof_without_nonce_is_told_one() {
    let server = demanding().await;
    let key = key();
    let answer = own_token(&server, &key.proof("POST", TOKEN)).await;
    insta::assert_snapshot!(answer.refused(), @r"
    400 use_dpop_nonce: The DPoP proof must carry the nonce of the DPoP-Nonce header.
    reason: dpop_nonce_missing
    client: client
    ");
    let given = nonce(&answer);
    let answer = own_token(&server, &key.proof("POST", TOKEN).with("nonce", given.as_str())).await;
    assert_eq!(answer.ok()["token_type"], "DPoP");
    assert_eq!(nonce(&answer), given);
    // One nonce serves several requests, a proof does not.
    own_token(&server, &key.proof("POST", TOKEN).with("nonce", given.as_str())).await.ok();
    let proof = key.proof("POST", TOKEN).with("nonce", given);
    own_token(&server, &proof).await.ok();
    assert_eq!(own_token(&server, &proof).await.reason(), "400 invalid_dpop_proof dpop_proof_used_twice");
}

#[tokio::test]
async fn nonces_rotate_and_end() {
    let server = demanding().await;
    let key = key();
    let given = nonce(&own_token(&server, &key.proof("POST", TOKEN)).await);
    server.advance(120);
    let with = |offset: i64| {
        let proof = key.proof("POST", TOKEN).with("nonce", given.as_str());
        proof.with("iat", NOW.seconds() + offset)
    };
    // Of a client whose clock is wrong, the nonce says the time.
    let answer = own_token(&server, &with(-7200)).await;
    answer.ok();
    assert_ne!(nonce(&answer), given);
    server.advance(200);
    let answer = own_token(&server, &with(320)).await;
    assert_eq!(answer.reason(), "400 use_dpop_nonce dpop_nonce_unknown");
    assert!(!nonce(&answer).is_empty());
}

#[tokio::test]
async fn a_nonce_is_accepted_where_none_is_demanded() {
    let server = demanding().await;
    let key = key();
    let given = nonce(&own_token(&server, &key.proof("POST", TOKEN)).await);
    demand(&server, false).await;
    let answer = own_token(&server, &key.proof("POST", TOKEN).with("nonce", given)).await;
    answer.ok();
    assert_eq!(nonce(&answer), "");
}

#[tokio::test]
async fn nobody_makes_a_nonce_but_the_workspace() {
    let server = demanding().await;
    let key = key();
    let given = nonce(&own_token(&server, &key.proof("POST", TOKEN)).await);
    let changed =
        if given.starts_with('A') { given.replacen('A', "B", 1) } else { format!("A{}", &given[1..]) };
    for forged in ["x", "", &changed, &given[..given.len() - 2]] {
        let answer = own_token(&server, &key.proof("POST", TOKEN).with("nonce", forged)).await;
        assert_ne!(answer.status, 200, "{forged}");
    }
    let path = "/default/admin/oauth2/token";
    let client =
        json!({"client_id": "there", "client_secret": SECRET, "grant_types": ["client_credentials"]});
    server.add_client_in("default", "admin", client).await;
    let request = server.post(path).basic("there", SECRET).form(&[("grant_type", "client_credentials")]);
    let answer = request.proof(&key.proof("POST", path).with("nonce", given)).await;
    assert_eq!(answer.reason(), "400 use_dpop_nonce dpop_nonce_unknown");
}

#[tokio::test]
async fn resources_demand_it_too() {
    let server = server().await;
    let key = key();
    let token = text(&persons_tokens(&server, &key).await["access_token"]);
    demand(&server, true).await;
    let answer = server.get(USERINFO).dpop(&token, &key.proof_of("GET", USERINFO, &token)).await;
    assert_eq!(answer.status, 401);
    let challenge = answer.header(http::header::WWW_AUTHENTICATE);
    assert!(challenge.starts_with("DPoP ") && challenge.contains("error=\"use_dpop_nonce\""), "{challenge}");
    let given = nonce(&answer);
    let answer =
        server.get(USERINFO).dpop(&token, &key.proof_of("GET", USERINFO, &token).with("nonce", given)).await;
    assert_eq!(answer.ok()["sub"], "subject-of-user");
    assert!(!nonce(&answer).is_empty());
}

#[tokio::test]
async fn the_code_survives_the_first_try() {
    let server = demanding().await;
    super::add_code(&server, None).await;
    let key = key();
    let given = nonce(&redeem(&server, Some(&key.proof("POST", TOKEN))).await);
    redeem(&server, Some(&key.proof("POST", TOKEN).with("nonce", given))).await.ok();
}
