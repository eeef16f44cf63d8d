//! What is signed and encrypted to clients: ID tokens, userinfo, authorization and introspection responses.

use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use symbolon_jose::{Algorithm, KeySet, VerificationKey, verify};
use symbolon_store::entity::Client;

use super::{asked, discovery, everything, signed_in, values};
use crate::harness::{Recipient, SECRET, TestApp, TestCode, decode};

const USERINFO: &str = "/default/default/userinfo";

/// A client's keys, one for each family of algorithms.
struct Recipients([(&'static str, Recipient); 4]);

impl Recipients {
    fn new() -> Self {
        Self([
            ("RSA", Recipient::new("RSA-OAEP")),
            ("ECDH", Recipient::new("ECDH-ES")),
            ("A", Recipient::with_secret(SECRET)),
            ("dir", Recipient::with_secret(SECRET)),
        ])
    }

    fn of(&self, alg: &str) -> &Recipient {
        let found = self.0.iter().find(|(family, _)| alg.starts_with(family));
        &found.unwrap_or_else(|| panic!("who reads {alg}?")).1
    }
}

/// Every `alg` with one `enc`, and every `enc` with one `alg`.
fn ways(document: &Value, what: &str) -> Vec<(String, String)> {
    let algorithms = values(document, &format!("{what}_encryption_alg_values_supported"));
    let encryptions = values(document, &format!("{what}_encryption_enc_values_supported"));
    let first = algorithms.iter().map(|alg| (alg.clone(), encryptions[0].clone()));
    let more = encryptions.iter().skip(1).map(|enc| ("ECDH-ES".to_owned(), enc.clone()));
    let ways: Vec<_> = first.chain(more).collect();
    assert!(ways.len() >= 11, "{what}: {ways:?}");
    ways
}

/// The claims of a JWT of this workspace, or by the client's secret; its algorithm is this one.
async fn verified(app: &TestApp, token: &str, alg: &str) -> Value {
    assert_eq!(decode(token).0["alg"], alg);
    let keys = if alg.starts_with("HS") {
        KeySet::single(VerificationKey::from_secret(SECRET.as_bytes()).unwrap())
    } else {
        let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
        KeySet::from_jwk_set(&serde_json::from_value(jwks).unwrap())
    };
    Value::Object(verify(token, &keys, &Algorithm::ALL).unwrap().claims)
}

async fn change(app: &TestApp, change: impl FnOnce(&mut Client)) {
    app.change_client("client", change).await;
}

/// Tokens of `user`, by a code of this name.
async fn tokens(app: &TestApp, code: String) -> Value {
    // A code's name lives as long as the test.
    let code: &'static str = code.leak();
    app.add_code(TestCode { code, scope: "openid email", ..TestCode::default() }).await;
    app.redeem(code).await
}

#[tokio::test]
async fn id_tokens() {
    let app = everything().await;
    let document = discovery(&app).await;
    let algorithms = values(&document, "id_token_signing_alg_values_supported");
    assert!(
        ["ES256", "RS256", "PS256", "EdDSA", "HS256"]
            .iter()
            .all(|alg| algorithms.iter().any(|own| own == alg))
    );
    for alg in &algorithms {
        change(&app, |client| client.id_token_signed_response_alg = Some(alg.clone())).await;
        let tokens = tokens(&app, format!("signed {alg}")).await;
        verified(&app, tokens["id_token"].as_str().unwrap(), alg).await;
    }
    change(&app, |client| client.id_token_signed_response_alg = None).await;
    let recipients = Recipients::new();
    for (alg, enc) in ways(&document, "id_token") {
        let recipient = recipients.of(&alg);
        change(&app, |client| {
            client.jwks = Some(recipient.jwks());
            client.id_token_encrypted_response_alg = Some(alg.clone());
            client.id_token_encrypted_response_enc = Some(enc.clone());
        })
        .await;
        let tokens = tokens(&app, format!("encrypted {alg} {enc}")).await;
        let (header, signed) = recipient.open(tokens["id_token"].as_str().unwrap());
        assert_eq!((&header["alg"], &header["enc"]), (&alg.into(), &enc.into()));
        verified(&app, &signed, "ES256").await;
    }
}

#[tokio::test]
async fn userinfo() {
    let app = everything().await;
    let document = discovery(&app).await;
    let token = tokens(&app, "for userinfo".to_owned()).await["access_token"].as_str().unwrap().to_owned();
    let ask = async || {
        let answer = app.get(USERINFO).bearer(&token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/jwt");
        answer.text().to_owned()
    };
    for alg in values(&document, "userinfo_signing_alg_values_supported") {
        change(&app, |client| client.userinfo_signed_response_alg.clone_from(&alg)).await;
        assert_eq!(verified(&app, &ask().await, &alg).await["email"], "user@example.com");
    }
    change(&app, |client| client.userinfo_signed_response_alg = "ES256".to_owned()).await;
    let recipients = Recipients::new();
    for (alg, enc) in ways(&document, "userinfo") {
        let recipient = recipients.of(&alg);
        change(&app, |client| {
            client.jwks = Some(recipient.jwks());
            client.userinfo_encrypted_response_alg = Some(alg.clone());
            client.userinfo_encrypted_response_enc = Some(enc.clone());
        })
        .await;
        let (header, signed) = recipient.open(&ask().await);
        assert_eq!((&header["alg"], &header["enc"]), (&alg.into(), &enc.into()));
        verified(&app, &signed, "ES256").await;
    }
}

#[tokio::test]
async fn authorization_responses() {
    let app = everything().await;
    let document = discovery(&app).await;
    let browser = signed_in(&app).await;
    let ask =
        async || browser.get(&asked("code", &[("response_mode", "jwt")])).await.sends("response").unwrap();
    for alg in values(&document, "authorization_signing_alg_values_supported") {
        change(&app, |client| client.authorization_signed_response_alg = Some(alg.clone())).await;
        let claims = verified(&app, &ask().await, &alg).await;
        app.redeem(claims["code"].as_str().unwrap()).await;
    }
    change(&app, |client| client.authorization_signed_response_alg = None).await;
    let recipients = Recipients::new();
    for (alg, enc) in ways(&document, "authorization") {
        let recipient = recipients.of(&alg);
        change(&app, |client| {
            client.jwks = Some(recipient.jwks());
            client.authorization_encrypted_response_alg = Some(alg.clone());
            client.authorization_encrypted_response_enc = Some(enc.clone());
        })
        .await;
        let (header, signed) = recipient.open(&ask().await);
        assert_eq!((&header["alg"], &header["enc"]), (&alg.into(), &enc.into()));
        assert!(verified(&app, &signed, "ES256").await["code"].is_string());
    }
}

#[tokio::test]
async fn introspection() {
    let app = everything().await;
    let document = discovery(&app).await;
    let token =
        tokens(&app, "for introspection".to_owned()).await["access_token"].as_str().unwrap().to_owned();
    let form = [("token", token.as_str())];
    let ask = async || {
        let answer = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form);
        let answer = answer.header(ACCEPT, "application/token-introspection+jwt").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/token-introspection+jwt");
        answer.text().to_owned()
    };
    let algorithms = values(&document, "introspection_signing_alg_values_supported");
    assert!(algorithms.len() >= 4, "{algorithms:?}");
    for alg in algorithms {
        change(&app, |client| client.introspection_signed_response_alg = Some(alg.clone())).await;
        assert_eq!(verified(&app, &ask().await, &alg).await["token_introspection"]["active"], true);
    }
    change(&app, |client| client.introspection_signed_response_alg = None).await;
    let recipients = Recipients::new();
    for (alg, enc) in ways(&document, "introspection") {
        let recipient = recipients.of(&alg);
        change(&app, |client| {
            client.jwks = Some(recipient.jwks());
            client.introspection_encrypted_response_alg = Some(alg.clone());
            client.introspection_encrypted_response_enc = Some(enc.clone());
        })
        .await;
        let (header, signed) = recipient.open(&ask().await);
        assert_eq!((&header["alg"], &header["enc"]), (&alg.into(), &enc.into()));
        assert_eq!(verified(&app, &signed, "ES256").await["token_introspection"]["active"], true);
    }
}
