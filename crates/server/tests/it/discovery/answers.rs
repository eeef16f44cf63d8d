//! What is signed and encrypted to clients: ID tokens, userinfo, authorization and introspection responses.

use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use symbolon_jose::{Algorithm, KeySet, VerificationKey, verify};
use symbolon_store::entity::Client;

use super::walk::{INTROSPECT, PROFILES, USERINFO, Walk};
use crate::harness::{Browser, Recipient, SECRET, decode};

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
fn ways(walk: &Walk, what: &str) -> Vec<(String, String)> {
    let algorithms = walk.values(&format!("{what}_encryption_alg_values_supported"));
    let encryptions = walk.values(&format!("{what}_encryption_enc_values_supported"));
    let first = algorithms.iter().map(|alg| (alg.clone(), encryptions[0].clone()));
    let more = encryptions.iter().skip(1).map(|enc| ("ECDH-ES".to_owned(), enc.clone()));
    let ways: Vec<_> = first.chain(more).collect();
    assert!(ways.len() >= 11, "{} {what}: {ways:?}", walk.name);
    ways
}

/// The claims of a JWT of this workspace, or by the client's secret; its algorithm is this one.
async fn verified(walk: &Walk, token: &str, alg: &str) -> Value {
    assert_eq!(decode(token).0["alg"], alg, "{}", walk.name);
    let keys = if alg.starts_with("HS") {
        KeySet::single(VerificationKey::from_secret(SECRET.as_bytes()).unwrap())
    } else {
        let jwks = walk.app.get("/default/default/.well-known/jwks.json").await.ok();
        KeySet::from_jwk_set(&serde_json::from_value(jwks).unwrap())
    };
    Value::Object(verify(token, &keys, &Algorithm::ALL).unwrap().claims)
}

async fn change(walk: &Walk, change: impl FnOnce(&mut Client)) {
    walk.app.change_client("client", change).await;
}

/// The keys that the client signs with, and one that others encrypt to.
fn keys(walk: &Walk, recipient: &Recipient) -> Option<symbolon_store::entity::ClientJwks> {
    let mut keys = walk.jwks();
    let own = serde_json::to_value(recipient.jwks()).unwrap();
    keys["keys"].as_array_mut().unwrap().extend(own["keys"].as_array().unwrap().iter().cloned());
    Some(serde_json::from_value(keys).unwrap())
}

/// The header of what is encrypted is this way's.
#[track_caller]
fn is_way(header: &Value, (alg, enc): (&str, &str)) {
    assert_eq!((header["alg"].as_str(), header["enc"].as_str()), (Some(alg), Some(enc)));
}

async fn access_token(walk: &Walk, browser: &Browser<'_>) -> String {
    let tokens = walk.tokens(browser, &[("scope", "openid email")]).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn id_tokens() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let algorithms = walk.values("id_token_signing_alg_values_supported");
        assert!(algorithms.len() >= 2, "{}: {algorithms:?}", walk.name);
        for alg in &algorithms {
            change(&walk, |client| client.id_token_signed_response_alg = Some(alg.clone())).await;
            let tokens = walk.tokens(&browser, &[]).await;
            verified(&walk, tokens["id_token"].as_str().unwrap(), alg).await;
        }
        change(&walk, |client| client.id_token_signed_response_alg = None).await;
        let recipients = Recipients::new();
        for (alg, enc) in ways(&walk, "id_token") {
            let recipient = recipients.of(&alg);
            change(&walk, |client| {
                client.jwks = keys(&walk, recipient);
                client.id_token_encrypted_response_alg = Some(alg.clone());
                client.id_token_encrypted_response_enc = Some(enc.clone());
            })
            .await;
            let tokens = walk.tokens(&browser, &[]).await;
            let (header, signed) = recipient.open(tokens["id_token"].as_str().unwrap());
            is_way(&header, (&alg, &enc));
            verified(&walk, &signed, "ES256").await;
        }
    }
}

#[tokio::test]
async fn userinfo() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let token = access_token(&walk, &walk.signed_in().await).await;
        let ask = async || {
            let answer = walk.app.get(USERINFO).bearer(&token).certificate(&walk.certificate).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.header(CONTENT_TYPE), "application/jwt");
            answer.text().to_owned()
        };
        for alg in walk.values("userinfo_signing_alg_values_supported") {
            change(&walk, |client| client.userinfo_signed_response_alg.clone_from(&alg)).await;
            assert_eq!(verified(&walk, &ask().await, &alg).await["email"], "user@example.com");
        }
        change(&walk, |client| client.userinfo_signed_response_alg = "ES256".to_owned()).await;
        let recipients = Recipients::new();
        for (alg, enc) in ways(&walk, "userinfo") {
            let recipient = recipients.of(&alg);
            change(&walk, |client| {
                client.jwks = keys(&walk, recipient);
                client.userinfo_encrypted_response_alg = Some(alg.clone());
                client.userinfo_encrypted_response_enc = Some(enc.clone());
            })
            .await;
            let (header, signed) = recipient.open(&ask().await);
            is_way(&header, (&alg, &enc));
            verified(&walk, &signed, "ES256").await;
        }
    }
}

#[tokio::test]
async fn authorization_responses() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let ask = async || {
            let answer = browser.get(&walk.asked("code", &[("response_mode", "jwt")]).await).await;
            answer.sends("response").unwrap()
        };
        for alg in walk.values("authorization_signing_alg_values_supported") {
            change(&walk, |client| client.authorization_signed_response_alg = Some(alg.clone())).await;
            let claims = verified(&walk, &ask().await, &alg).await;
            walk.redeem(claims["code"].as_str().unwrap()).await;
        }
        change(&walk, |client| client.authorization_signed_response_alg = None).await;
        let recipients = Recipients::new();
        for (alg, enc) in ways(&walk, "authorization") {
            let recipient = recipients.of(&alg);
            change(&walk, |client| {
                client.jwks = keys(&walk, recipient);
                client.authorization_encrypted_response_alg = Some(alg.clone());
                client.authorization_encrypted_response_enc = Some(enc.clone());
            })
            .await;
            let (header, signed) = recipient.open(&ask().await);
            is_way(&header, (&alg, &enc));
            assert!(verified(&walk, &signed, "ES256").await["code"].is_string());
        }
    }
}

#[tokio::test]
async fn introspection() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let token = access_token(&walk, &walk.signed_in().await).await;
        let ask = async || {
            let answer = walk.post(INTROSPECT, &[("token", &token)]);
            let answer = answer.header(ACCEPT, "application/token-introspection+jwt").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.header(CONTENT_TYPE), "application/token-introspection+jwt");
            answer.text().to_owned()
        };
        let algorithms = walk.values("introspection_signing_alg_values_supported");
        assert!(algorithms.len() >= 2, "{}: {algorithms:?}", walk.name);
        for alg in algorithms {
            change(&walk, |client| client.introspection_signed_response_alg = Some(alg.clone())).await;
            assert_eq!(verified(&walk, &ask().await, &alg).await["token_introspection"]["active"], true);
        }
        change(&walk, |client| client.introspection_signed_response_alg = None).await;
        let recipients = Recipients::new();
        for (alg, enc) in ways(&walk, "introspection") {
            let recipient = recipients.of(&alg);
            change(&walk, |client| {
                client.jwks = keys(&walk, recipient);
                client.introspection_encrypted_response_alg = Some(alg.clone());
                client.introspection_encrypted_response_enc = Some(enc.clone());
            })
            .await;
            let (header, signed) = recipient.open(&ask().await);
            is_way(&header, (&alg, &enc));
            assert_eq!(verified(&walk, &signed, "ES256").await["token_introspection"]["active"], true);
        }
    }
}
