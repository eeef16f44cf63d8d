//! What bad bodies get, and what goes through.

use serde_json::json;

use super::Console;
use crate::harness::TestApp;

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_before_anything_is_made() {
    let console = Console::new().await;
    let answer = console.request("POST", "/clients").body("application/json", "{\"client_id\": ").await;
    assert_eq!(answer.fault(), "400 bad_request: The body is not JSON (line 1 column 14).");
    let answer = console.request("POST", "/clients").body("text/plain", "{}").await;
    assert_eq!(answer.fault(), "415 unsupported_media_type: The body must be application/json.");
    let answer = console.request("POST", "/clients").body("application/json", "[]").await;
    assert_eq!(answer.fault(), "422 validation_failed: The body must be a JSON object.");
    let answer = console.request("POST", "/clients").body("application/json", vec![b'{', b'"', 0xff]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let app = TestApp::with_settings(&[("limits.management_body_size", "1KiB")]).await;
    let console = Console::of(app).await;
    let answer = console.post("/clients", &json!({"description": "x".repeat(2000)})).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["status_code"], 413);
}

#[tokio::test]
async fn all_faults_come_at_once_with_their_paths() {
    let console = Console::new().await;
    let answer = console
        .post(
            "/clients",
            &json!({
                "authorization_server_id": "default",
                "client_id": "no spaces please",
                "client_secret": "too-short",
                "redirect_uris": ["https://fine.example/callback", "/relative", "https://a.example/#fragment"],
                "grant_types": ["authorization_code", "magic"],
                "response_types": ["code", "magic"],
                "scopes": ["openid", "nonsense"],
                "token_endpoint_auth_method": "password_in_a_bottle",
                "id_token_signed_response_alg": "none",
                "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
                "jwks_uri": "http://a.example/keys",
                "logo_uri": "not a url",
                "token_ttls": {"access_token_ttl": "-1h0m0s"},
                "use_custom_token_ttls": true,
            }),
        )
        .await;
    insta::assert_snapshot!(answer.fault(), @r"
    422 validation_failed: 13 members cannot be accepted; see details.
    client_id: must be at most 200 visible ASCII characters without slashes
    client_secret: must have 32 characters or more
    grant_types[1]: is no grant type that this server knows
    id_token_signed_response_alg: must be one of RS256, ES256, PS256, EdDSA, HS256
    jwks.keys[0]: JWK member x is malformed
    jwks_uri: must be an https URL
    logo_uri: must be an absolute http or https URL
    redirect_uris[1]: it is not an absolute URI
    redirect_uris[2]: it has a fragment
    response_types[1]: is no response type that this server knows
    scopes[1]: is no scope of the workspace
    token_endpoint_auth_method: is no client authentication method that this server knows
    token_ttls.access_token_ttl: must be at least 1s
    ");
}

#[tokio::test]
async fn a_member_of_a_wrong_type_is_named_and_not_repeated() {
    let console = Console::new().await;
    let answer = console.post("/clients", &json!({"token_ttls": {"access_token_ttl": "soon"}})).await;
    assert_eq!(
        answer.fault(),
        "422 validation_failed: token_ttls.access_token_ttl: expected text such as 1h0m0s, 90s or 1.5h.\n\
         token_ttls.access_token_ttl: expected text such as 1h0m0s, 90s or 1.5h"
    );
    let answer = console.post("/clients", &json!({"client_secret": 4711_0815})).await;
    assert!(!answer.text().contains("4711") && !format!("{:?}", answer.refusal).contains("4711"));
}
