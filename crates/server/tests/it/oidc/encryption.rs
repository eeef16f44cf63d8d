//! ID tokens, userinfo and introspection as a client has registered them: signed, encrypted, both.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use symbolon_jose::{Algorithm, KeySet, VerificationKey, verify};

use crate::harness::{Browser, Recipient, SECRET, TestApp, decode, request};

const USERINFO: &str = "/default/default/userinfo";
const INTROSPECT: &str = "/default/default/oauth2/introspect";

/// Tokens for `user`.
async fn tokens(app: &TestApp) -> Value {
    let code = Browser::new(app).sign_in(&request("openid email"), "user").await.code();
    app.redeem(&code).await
}

async fn userinfo(app: &TestApp) -> (String, String) {
    let tokens = tokens(app).await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let answer = app.get(USERINFO).header(AUTHORIZATION, &bearer).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    (answer.header(CONTENT_TYPE).to_owned(), answer.text().to_owned())
}

async fn verified(app: &TestApp, token: &str) -> Value {
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    let keys = KeySet::from_jwk_set(&serde_json::from_value(jwks).unwrap());
    Value::Object(verify(token, &keys, &Algorithm::ALL).unwrap().claims)
}

#[tokio::test]
async fn an_id_token_is_signed_then_encrypted() {
    let app = TestApp::with_people().await;
    let recipient = Recipient::new("RSA-OAEP");
    app.change_client("client", |client| {
        client.jwks = Some(recipient.jwks());
        client.id_token_encrypted_response_alg = Some("RSA-OAEP".to_owned());
    })
    .await;
    let tokens = tokens(&app).await;
    let (header, signed) = recipient.open(tokens["id_token"].as_str().unwrap());
    assert_eq!((&header["alg"], &header["enc"]), (&json!("RSA-OAEP"), &json!("A128CBC-HS256")));
    assert_eq!(header["cty"], "JWT");
    let claims = verified(&app, &signed).await;
    assert_eq!(claims["aud"], json!(["client"]));
    assert!(claims["at_hash"].is_string());
}

/// OIDC Core §10.2.
#[tokio::test]
async fn a_secret_encrypts_where_the_client_has_registered_that() {
    let app = TestApp::with_people().await;
    let recipient = Recipient::with_secret(SECRET);
    for (alg, enc) in [
        ("dir", "A128CBC-HS256"),
        ("dir", "A256GCM"),
        ("A128KW", "A128GCM"),
        ("A192KW", "A128CBC-HS256"),
        ("A256KW", "A256CBC-HS512"),
    ] {
        app.change_client("client", |client| {
            client.id_token_encrypted_response_alg = Some(alg.to_owned());
            client.id_token_encrypted_response_enc = Some(enc.to_owned());
            client.userinfo_encrypted_response_alg = Some(alg.to_owned());
            client.userinfo_encrypted_response_enc = Some(enc.to_owned());
        })
        .await;
        let tokens = tokens(&app).await;
        let (header, signed) = recipient.open(tokens["id_token"].as_str().unwrap());
        assert_eq!((&header["alg"], &header["enc"]), (&json!(alg), &json!(enc)));
        assert_eq!(verified(&app, &signed).await["aud"], json!(["client"]));
        let (header, claims) = recipient.open(&userinfo(&app).await.1);
        assert_eq!(header["alg"], alg);
        assert!(claims.contains("user@example.com"), "{claims}");
    }
}

#[tokio::test]
async fn an_id_token_by_way_of_the_browser_is_encrypted_too() {
    let app = TestApp::with_people().await;
    let recipient = Recipient::new("ECDH-ES");
    app.change_workspace(|server| server.grant_types.push("implicit".to_owned())).await;
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types.push("code id_token".to_owned());
        client.jwks = Some(recipient.jwks());
        client.id_token_encrypted_response_alg = Some("ECDH-ES".to_owned());
        client.id_token_encrypted_response_enc = Some("A256GCM".to_owned());
    })
    .await;
    let request = request("openid").replace("response_type=code", "response_type=code+id_token&nonce=n");
    let answer = Browser::new(&app).sign_in(&request, "user").await;
    let (header, signed) = recipient.open(&answer.fragment()["id_token"]);
    assert_eq!((&header["alg"], &header["enc"]), (&json!("ECDH-ES"), &json!("A256GCM")));
    assert_eq!(verified(&app, &signed).await["nonce"], "n");
}

#[tokio::test]
async fn a_workspace_may_insist_on_encryption() {
    let app = TestApp::with_people().await;
    let code = Browser::new(&app).sign_in(&request("openid"), "user").await.code();
    app.change_workspace(|server| server.enforce_id_token_encryption = true).await;
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", crate::harness::CALLBACK)];
    let answer = app.post(crate::harness::TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 unauthorized_client id_token_encryption_missing");
    // Nobody logs in and consents for nothing.
    let answer = Browser::new(&app).get(&request("openid")).await;
    assert_eq!(
        answer.refused_to_client(),
        "https://example.com/callback unauthorized_client [id_token_encryption_missing]"
    );
    // An algorithm without a key is no more than none.
    app.change_client("client", |client| client.id_token_encrypted_response_alg = Some("ECDH-ES".to_owned()))
        .await;
    let answer = Browser::new(&app).get(&request("openid")).await;
    assert_eq!(
        answer.refused_to_client(),
        "https://example.com/callback unauthorized_client [id_token_encryption_missing]"
    );
    let recipient = Recipient::new("ECDH-ES");
    app.change_client("client", |client| client.jwks = Some(recipient.jwks())).await;
    let tokens = tokens(&app).await;
    let (header, _) = recipient.open(tokens["id_token"].as_str().unwrap());
    assert_eq!(header["alg"], "ECDH-ES");
}

#[tokio::test]
async fn an_id_token_may_be_signed_with_the_clients_secret() {
    let app = TestApp::with_people().await;
    app.change_client("client", |client| {
        client.id_token_signed_response_alg = Some("HS256".to_owned());
    })
    .await;
    let tokens = tokens(&app).await;
    let token = tokens["id_token"].as_str().unwrap();
    assert_eq!(decode(token).0, json!({"alg": "HS256", "typ": "JWT"}));
    let key = |secret: &str| KeySet::single(VerificationKey::from_secret(secret.as_bytes()).unwrap());
    let claims = verify(token, &key(SECRET), &[Algorithm::HS256]).unwrap().claims;
    assert_eq!(claims["aud"], json!(["client"]));
    assert!(verify(token, &key("another secret of thirty-two characters"), &[Algorithm::HS256]).is_err());
}

#[tokio::test]
async fn userinfo_is_signed_encrypted_or_both() {
    let app = TestApp::with_people().await;
    assert_eq!(userinfo(&app).await.0, "application/json");
    let recipient = Recipient::new("RSA-OAEP-256");
    app.change_client("client", |client| {
        client.jwks = Some(recipient.jwks());
        client.userinfo_encrypted_response_alg = Some("RSA-OAEP-256".to_owned());
    })
    .await;
    let (kind, token) = userinfo(&app).await;
    assert_eq!(kind, "application/jwt");
    let (header, text) = recipient.open(&token);
    assert_eq!(header.get("cty"), None);
    let claims: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(claims["aud"], "client");
    assert_eq!(claims["email"], "user@example.com");

    app.change_client("client", |client| client.userinfo_signed_response_alg = "ES256".to_owned()).await;
    let (kind, token) = userinfo(&app).await;
    assert_eq!(kind, "application/jwt");
    let (header, signed) = recipient.open(&token);
    assert_eq!(header["cty"], "JWT");
    let claims = verified(&app, &signed).await;
    assert_eq!(claims["iss"], "https://localhost:8443/default/default");
    assert_eq!(claims["aud"], "client");
}

#[tokio::test]
async fn introspection_is_signed_for_who_accepts_it() {
    let app = TestApp::with_people().await;
    let access_token = tokens(&app).await["access_token"].as_str().unwrap().to_owned();
    for (token, active) in [(access_token.as_str(), true), ("unknown", false)] {
        let ask = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", token)]);
        let answer = ask.header(ACCEPT, "application/token-introspection+jwt, application/json;q=0.5").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/token-introspection+jwt");
        assert_eq!(decode(answer.text()).0["typ"], "token-introspection+jwt");
        let claims = verified(&app, answer.text()).await;
        assert_eq!(claims["iss"], "https://localhost:8443/default/default");
        assert_eq!(claims["aud"], "client");
        assert_eq!(claims["iat"], crate::harness::NOW.seconds());
        assert_eq!(claims["token_introspection"]["active"], active);
        // RFC 9701 §8.1: it cannot be taken for an access token.
        assert_eq!(claims.get("sub"), None);
        assert_eq!(claims.get("exp"), None);
        let bearer = format!("Bearer {}", answer.text());
        assert_eq!(app.get(USERINFO).header(AUTHORIZATION, &bearer).await.status, 401);
    }
    let ask = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", "unknown")]);
    assert_eq!(ask.await.json(), json!({"active": false}));
}

/// RFC 9701 §6.
#[tokio::test]
async fn introspection_is_signed_and_encrypted_for_who_has_registered_it() {
    let app = TestApp::with_people().await;
    let access_token = tokens(&app).await["access_token"].as_str().unwrap().to_owned();
    let ask = async |accepted: &str| {
        let ask = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", &access_token)]);
        let answer = ask.header(ACCEPT, accepted).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/token-introspection+jwt");
        answer.text().to_owned()
    };
    app.change_client("client", |client| {
        client.introspection_signed_response_alg = Some("ES256".to_owned());
    })
    .await;
    // Whoever has registered it gets no other, whatever is said on the way.
    let signed = ask("application/json").await;
    assert_eq!(decode(&signed).0["alg"], "ES256");
    assert_eq!(verified(&app, &signed).await["token_introspection"]["active"], true);

    let recipient = Recipient::new("RSA-OAEP-256");
    app.change_client("client", |client| {
        client.jwks = Some(recipient.jwks());
        client.introspection_signed_response_alg = None;
        client.introspection_encrypted_response_alg = Some("RSA-OAEP-256".to_owned());
    })
    .await;
    let (header, signed) = recipient.open(&ask("*/*").await);
    assert_eq!((&header["alg"], &header["enc"]), (&json!("RSA-OAEP-256"), &json!("A128CBC-HS256")));
    assert_eq!(header["cty"], "JWT");
    assert_eq!(decode(&signed).0["typ"], "token-introspection+jwt");
    assert_eq!(verified(&app, &signed).await["aud"], "client");

    // What cannot be encrypted is not told.
    app.change_client("client", |client| client.jwks = None).await;
    let answer = app.post(INTROSPECT).basic("client", SECRET).form(&[("token", &access_token)]).await;
    assert_eq!(answer.reason(), "500 server_error encryption_key_missing");
}
