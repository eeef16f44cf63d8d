//! Details that grants without an authorization request bring.

use super::*;
use crate::harness::TestIssuer;

/// RFC 9396 §6: any grant may bring them; those of a password are what the client asks for.
#[tokio::test]
async fn a_password_gives_the_details_that_were_asked_for() {
    let server = server().await;
    server.change_workspace(|workspace| workspace.grant_types.push("password".to_owned())).await;
    server.change_client("client", |client| client.grant_types.push("password".to_owned())).await;
    let ask = async |password: &str, details: &Value| {
        let details = details.to_string();
        let form = [
            ("grant_type", "password"),
            ("username", "user"),
            ("password", password),
            ("scope", "openid offline_access"),
            ("authorization_details", &details),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let granted = json!([accounts(), payment()]);
    let tokens = ask("user", &granted).await.ok();
    assert_eq!(tokens["authorization_details"], granted);
    assert_eq!(told(&server, &tokens).await, granted);
    // A refresh may ask for fewer, and for no other.
    let one = refresh(&server, &tokens["refresh_token"], Some(&json!([payment()]))).await.ok();
    assert_eq!(told(&server, &one).await, json!([payment()]));
    let mut dearer = payment();
    dearer["instructedAmount"]["amount"] = json!("999.00");
    let answer = refresh(&server, &one["refresh_token"], Some(&json!([dearer]))).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_not_granted");
    // RFC 9396 §5. What would fail anyway is no try of a password.
    for _ in 0..20 {
        let answer = ask("wrong", &json!([{"type": "unknown"}])).await;
        assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_type_unknown");
    }
    ask("user", &granted).await.ok();
}

#[tokio::test]
async fn an_assertion_gives_the_details_that_were_asked_for_where_its_issuer_may() {
    const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let server = server().await;
    let issuer = TestIssuer::new("https://idp.example.com");
    server.change_workspace(|workspace| workspace.grant_types.push(JWT_BEARER.to_owned())).await;
    server.change_client("client", |client| client.grant_types.push(JWT_BEARER.to_owned())).await;
    server.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
    let ask = async |jti: &str, details: &Value| {
        let (assertion, details) = (issuer.sign(json!({"jti": jti})), details.to_string());
        let form = [
            ("grant_type", JWT_BEARER),
            ("assertion", assertion.as_str()),
            ("authorization_details", details.as_str()),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let tokens = ask("1", &json!([payment()])).await.ok();
    assert_eq!(tokens["authorization_details"], json!([payment()]));
    assert_eq!(told(&server, &tokens).await, json!([payment()]));
    let answer = ask("2", &json!([{"type": "unknown"}])).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_type_unknown");
    // An issuer that is held to scopes gives nothing else, and the assertion stays good.
    server.change_workspace(|workspace| workspace.trusted_issuers[0].scopes = vec!["email".to_owned()]).await;
    let answer = ask("2", &json!([payment()])).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_beyond_issuer");
    let assertion = issuer.sign(json!({"jti": "2"}));
    let form = [("grant_type", JWT_BEARER), ("assertion", assertion.as_str())];
    let tokens = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!((tokens.get("authorization_details"), &tokens["scope"]), (None, &json!("email")));
}
