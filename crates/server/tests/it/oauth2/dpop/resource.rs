//! Bound tokens at resources: userinfo, introspection, revocation, the management APIs (RFC 9449 §7).

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
};
use serde_json::json;

use super::{USERINFO, key, persons_tokens, server, text};
use crate::harness::{SECRET, TOKEN, TestApp, decode};

const INTROSPECT: &str = "/default/default/oauth2/introspect";
const REVOKE: &str = "/default/default/oauth2/revoke";

#[tokio::test]
async fn a_bound_token_is_used_with_a_proof_for_it() {
    let server = server().await;
    let key = key();
    let token = text(&persons_tokens(&server, &key).await["access_token"]);
    let answer = server.get(USERINFO).dpop(&token, &key.proof_of("GET", USERINFO, &token)).await;
    assert_eq!(answer.ok()["sub"], "subject-of-user");
    let answer = server.post(USERINFO).dpop(&token, &key.proof_of("POST", USERINFO, &token)).await;
    assert_eq!(answer.ok()["sub"], "subject-of-user");
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing_without_the_key() {
    let server = server().await;
    let (own, other) = (key(), key());
    let token = text(&persons_tokens(&server, &own).await["access_token"]);
    insta::assert_snapshot!(server.get(USERINFO).bearer(&token).await.refused(), @r#"
    401 invalid_token: The access token is bound to a key: send it with the DPoP scheme and a proof.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The access token is bound to a key: send it with the DPoP scheme and a proof.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_without_proof
    expected: Authorization: DPoP
    got: Bearer
    "#);
    let form = [("access_token", token.as_str())];
    assert_eq!(
        server.post(USERINFO).form(&form).await.reason(),
        "401 invalid_token access_token_without_proof"
    );
    let both = server.get(USERINFO).bearer(&token).proof(&own.proof_of("GET", USERINFO, &token)).await;
    assert_eq!(both.reason(), "401 invalid_token access_token_without_proof");
    let answer = server.get(USERINFO).dpop(&token, &other.proof_of("GET", USERINFO, &token)).await;
    assert_eq!(answer.reason(), "401 invalid_token access_token_key_mismatch");
    let naked = server.get(USERINFO).header(http::header::AUTHORIZATION, &format!("DPoP {token}")).await;
    insta::assert_snapshot!(naked.refused(), @r#"
    401 invalid_dpop_proof: The request needs a DPoP proof in the DPoP header.
    challenge: DPoP algs="ES256 ES384 ES512 PS256 PS384 PS512 EdDSA", error="invalid_dpop_proof", error_description="The request needs a DPoP proof in the DPoP header.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: dpop_proof_missing
    "#);
}

#[tokio::test]
async fn a_proof_goes_with_one_token_and_is_good_once() {
    let server = server().await;
    let key = key();
    let tokens = persons_tokens(&server, &key).await;
    let token = text(&tokens["access_token"]);
    let refused = async |proof| server.get(USERINFO).dpop(&token, &proof).await.reason();
    assert_eq!(
        refused(key.proof("GET", USERINFO)).await,
        "401 invalid_dpop_proof dpop_proof_for_another_token"
    );
    let other = key.proof_of("GET", USERINFO, &text(&tokens["id_token"]));
    assert_eq!(refused(other).await, "401 invalid_dpop_proof dpop_proof_for_another_token");
    let elsewhere = key.proof_of("GET", TOKEN, &token);
    assert_eq!(refused(elsewhere).await, "401 invalid_dpop_proof dpop_proof_other_address");
    assert_eq!(
        refused(key.proof_of("POST", USERINFO, &token)).await,
        "401 invalid_dpop_proof dpop_proof_other_method"
    );
    let proof = key.proof_of("GET", USERINFO, &token);
    server.get(USERINFO).dpop(&token, &proof).await.ok();
    assert_eq!(refused(proof).await, "401 invalid_dpop_proof dpop_proof_used_twice");
}

#[tokio::test]
async fn a_bearer_token_is_not_made_better_by_a_proof() {
    let server = server().await;
    super::add_code(&server, None).await;
    let tokens = super::redeem(&server, None).await.ok();
    let (token, key) = (text(&tokens["access_token"]), key());
    assert_eq!(tokens["token_type"], "bearer");
    let answer = server.get(USERINFO).dpop(&token, &key.proof_of("GET", USERINFO, &token)).await;
    assert_eq!(answer.reason(), "401 invalid_token access_token_not_bound_to_key");
    server.get(USERINFO).bearer(&token).await.ok();
}

#[tokio::test]
async fn opaque_tokens_are_bound_as_well() {
    let server = server().await;
    server
        .change_workspace(|server| {
            server.access_token_strategy = symbolon_store::entity::server::AccessTokenStrategy::Opaque;
        })
        .await;
    let key = key();
    let token = text(&persons_tokens(&server, &key).await["access_token"]);
    assert!(!token.contains('.'));
    assert_eq!(
        server.get(USERINFO).bearer(&token).await.reason(),
        "401 invalid_token access_token_without_proof"
    );
    server.get(USERINFO).dpop(&token, &key.proof_of("GET", USERINFO, &token)).await.ok();
}

#[tokio::test]
async fn introspection_tells_the_key() {
    let server = server().await;
    let key = key();
    let token = text(&super::own_token(&server, &key.proof("POST", TOKEN)).await.ok()["access_token"]);
    let body = server.post(INTROSPECT).basic("client", SECRET).form(&[("token", &token)]).await.ok();
    assert_eq!(
        (&body["active"], &body["token_type"], &body["cnf"]),
        (&json!(true), &json!("DPoP"), &json!({"jkt": key.jkt()}))
    );
}

#[tokio::test]
async fn a_bound_token_may_revoke_others() {
    let server = server().await;
    server.change_client("client", |client| client.scopes.push("revoke_tokens".to_owned())).await;
    let key = key();
    let caller = text(&super::own_token(&server, &key.proof("POST", TOKEN)).await.ok()["access_token"]);
    let victim = text(&persons_tokens(&server, &key).await["access_token"]);
    let request = server.post(REVOKE).form(&[("token", victim.as_str())]);
    assert_eq!(request.bearer(&caller).await.reason(), "401 invalid_token access_token_without_proof");
    let request = server.post(REVOKE).form(&[("token", victim.as_str())]);
    assert_eq!(request.dpop(&caller, &key.proof_of("POST", REVOKE, &caller)).await.status, 200);
    let answer = server.get(USERINFO).dpop(&victim, &key.proof_of("GET", USERINFO, &victim)).await;
    assert_eq!(answer.reason(), "401 invalid_token access_token_revoked");
}

#[tokio::test]
async fn the_management_apis_take_bound_tokens() {
    const CLIENTS: &str = "/api/admin/default/servers/default/clients";
    let server = TestApp::new().await;
    let client = json!({
        "client_id": "bound", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["view_tenant"], "dpop_bound_access_tokens": true,
    });
    server.add_client_in("default", "admin", client).await;
    let (own, other, path) = (key(), key(), "/default/admin/oauth2/token");
    let request = server.post(path).basic("bound", SECRET).form(&[("grant_type", "client_credentials")]);
    let token = text(&request.proof(&own.proof("POST", path)).await.ok()["access_token"]);
    assert_eq!(decode(&token).1["cnf"], json!({"jkt": own.jkt()}));

    let proof = own.proof_of("GET", CLIENTS, &token);
    assert_eq!(server.get(CLIENTS).dpop(&token, &proof).await.status, 200);
    assert_eq!(server.get(CLIENTS).dpop(&token, &proof).await.status, 401);
    assert_eq!(server.get(CLIENTS).dpop(&token, &other.proof_of("GET", CLIENTS, &token)).await.status, 401);
    let bearer = server.get(CLIENTS).bearer(&token).await;
    assert_eq!(bearer.status, 401);
    assert_eq!(
        bearer.json()["error"],
        "The access token is bound to a key: send it with the DPoP scheme and a proof."
    );
}

#[tokio::test]
async fn a_browser_may_send_proofs_and_read_nonces() {
    let server = TestApp::new().await;
    let preflight = server.options(TOKEN).header(ACCESS_CONTROL_REQUEST_METHOD, "POST").await;
    assert!(preflight.header(ACCESS_CONTROL_ALLOW_HEADERS).contains("DPoP"));
    assert!(preflight.header(ACCESS_CONTROL_EXPOSE_HEADERS).contains("DPoP-Nonce"));
}
