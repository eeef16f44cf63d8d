//! Access tokens in the shape of RFC 9068, by a setting of the workspace.

use serde_json::{Value, json};
use symbolon_store::entity::server::AccessTokenStrategy;

use crate::harness::{SECRET, TOKEN, TestApp, TestCode, decode};

const USERINFO: &str = "/default/default/userinfo";
const INTROSPECT: &str = "/default/default/oauth2/introspect";

async fn server() -> TestApp {
    let server = TestApp::new().await;
    server
        .add_client(json!({
            "client_id": "client", "client_secret": SECRET, "grant_types": ["client_credentials", "authorization_code"],
            "redirect_uris": ["https://example.com/callback"], "scopes": ["openid", "email"],
        }))
        .await;
    server
        .change_workspace(|server| server.advanced.get_or_insert_default().rfc9068_access_tokens = true)
        .await;
    server
}

async fn persons_token(server: &TestApp) -> String {
    server.add_code(TestCode { scope: "openid email", ..TestCode::default() }).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", "https://example.com/callback"),
    ];
    let body = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_persons_token_has_what_rfc_9068_wants() {
    let server = server().await;
    let token = persons_token(&server).await;
    let (header, claims) = decode(&token);
    assert_eq!(header["typ"], "at+jwt");
    // RFC 9068 §2.2: required, then §2.2.1 and §2.2.3.
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(!claims[name].is_null(), "{name}");
    }
    assert_eq!(
        (&claims["client_id"], &claims["scope"], &claims["auth_time"], &claims["amr"]),
        (&json!("client"), &json!("openid email"), &json!(1_799_999_940), &json!(["pwd"]))
    );
    assert_eq!(server.get(USERINFO).bearer(&token).await.ok()["email"], "user@example.com");
}

#[tokio::test]
async fn a_clients_own_token_is_about_the_client() {
    let server = server().await;
    let form = [("grant_type", "client_credentials"), ("scope", "email")];
    let body = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let (header, claims) = decode(body["access_token"].as_str().unwrap());
    assert_eq!(
        (&header["typ"], &claims["sub"], &claims["client_id"]),
        (&json!("at+jwt"), &json!("client"), &json!("client"))
    );
    assert_eq!(claims.get("auth_time"), None);
}

#[tokio::test]
async fn the_shape_is_that_of_acp_unless_asked_otherwise() {
    let server = server().await;
    server.change_workspace(|server| server.advanced = None).await;
    let (header, claims) = decode(persons_token(&server).await);
    assert_eq!((&header["typ"], &claims["scp"]), (&json!("JWT"), &json!(["openid", "email"])));
    assert_eq!((claims.get("client_id"), claims.get("scope")), (None, None));
}

#[tokio::test]
async fn introspection_tells_when_the_person_authenticated() {
    let server = server().await;
    for strategy in [AccessTokenStrategy::Jwt, AccessTokenStrategy::Opaque] {
        server.change_workspace(|server| server.access_token_strategy = strategy).await;
        let form = [("grant_type", "client_credentials"), ("scope", "email")];
        let own = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
        let ask = async |token: &Value| {
            let form = [("token", token.as_str().unwrap())];
            server.post(INTROSPECT).basic("client", SECRET).form(&form).await.ok()
        };
        let answer = ask(&own["access_token"]).await;
        assert_eq!((&answer["active"], answer.get("auth_time")), (&json!(true), None));
        if strategy == AccessTokenStrategy::Jwt {
            let answer = ask(&json!(persons_token(&server).await)).await;
            assert_eq!((&answer["active"], &answer["auth_time"]), (&json!(true), &json!(1_799_999_940)));
        }
    }
}
