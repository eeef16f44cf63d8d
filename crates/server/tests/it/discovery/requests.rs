//! Request objects and pushed requests.

use symbolon_jose::{EncryptionKey, JweEncrypter, Jwk, KeyManagement};

use super::walk::{self, PAR, PROFILES, Walk, beside, claims};
use crate::harness::{Browser, SECRET, mac, unsigned};

/// Begins with this request object and gets an answer with a code.
async fn ask(walk: &Walk, browser: &Browser<'_>, object: String, what: &str) {
    let what = format!("{} {what}", walk.name);
    let form = walk.parameters("code", &[]);
    let address = walk.sent(&beside(object.clone(), &form)).await;
    let address = address.unwrap_or_else(|answer| panic!("{what}: {} {:?}", answer.text(), answer.refusal));
    let answer = browser.get(&address).await;
    assert_eq!(walk::sent(&answer).get("state").map(String::as_str), Some("of the client"), "{what}");
    walk::code(&answer);
    let pushed = walk.post(PAR, &[("request", &object)]).await;
    assert_eq!(pushed.status, 201, "{what} {}", pushed.text());
}

#[tokio::test]
async fn every_request_object() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert!(walk.says("request_parameter_supported"));
        let browser = walk.signed_in().await;
        let claims = claims(&walk.parameters("code", &[]));
        let algorithms = walk.values("request_object_signing_alg_values_supported");
        assert!(algorithms.len() >= 2, "{}: {algorithms:?}", walk.name);
        for alg in &algorithms {
            let change = |client: &mut symbolon_store::entity::Client| {
                client.request_object_signing_alg.clone_from(alg);
            };
            walk.app.change_client("client", change).await;
            let object = match alg.as_str() {
                "none" => unsigned(&serde_json::json!({"alg": "none"}), &claims, b""),
                "HS256" => mac(SECRET.as_bytes(), &claims),
                alg => walk.signer(alg).sign(&claims),
            };
            ask(&walk, &browser, object, alg).await;
        }
        walk.app.change_client("client", |client| client.request_object_signing_alg = "any".to_owned()).await;
        let jwks = walk.app.get("/default/default/.well-known/jwks.json").await.ok();
        let keys: Vec<Jwk> = serde_json::from_value(jwks["keys"].clone()).unwrap();
        let signed = walk.signer("ES256").sign(&claims);
        for alg in walk.values("request_object_encryption_alg_values_supported") {
            let algorithm: KeyManagement = alg.parse().unwrap();
            let key = match algorithm.is_symmetric() {
                true => EncryptionKey::from_client_secret(SECRET),
                false => EncryptionKey::choose(&keys, algorithm).unwrap(),
            };
            // A secret encrypts where the client has said so.
            let change = |client: &mut symbolon_store::entity::Client| {
                client.request_object_encryption_alg = Some(alg.clone());
            };
            walk.app.change_client("client", change).await;
            for enc in walk.values("request_object_encryption_enc_values_supported") {
                let encrypter = JweEncrypter::new(key.clone(), algorithm, enc.parse().unwrap()).unwrap();
                ask(&walk, &browser, encrypter.encrypt_jwt(&signed).unwrap(), &format!("{alg} {enc}")).await;
            }
        }
    }
}

#[tokio::test]
async fn an_object_by_reference() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert!(walk.says("require_request_uri_registration"));
        let browser = walk.signed_in().await;
        let form = walk.parameters("code", &[]);
        walk.remote.publish(&walk.signer("ES256").sign(&claims(&form)));
        let url = walk.remote.url.clone();
        let outer = beside(String::new(), &form).into_iter().filter(|(name, _)| name != "request");
        let outer: Vec<_> = outer
            .chain([("client_id".to_owned(), "client".to_owned()), ("request_uri".to_owned(), url.clone())])
            .collect();
        let outer: Vec<_> = outer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = crate::harness::authorize(&outer);
        if walk.says("request_uri_parameter_supported") {
            let refused = browser.get(&request).await;
            assert_eq!(refused.record().reason, "request_uri_not_registered", "{}", walk.name);
            walk.app.change_client("client", |client| client.request_uris = vec![url]).await;
            walk::code(&browser.get(&request).await);
        } else {
            walk.app.change_client("client", |client| client.request_uris = vec![url]).await;
            let refused = browser.get(&request).await;
            assert_eq!(refused.record().reason, "request_uri_not_supported", "{}", walk.name);
            assert_eq!(walk.remote.asked(), 0);
        }
    }
}

#[tokio::test]
async fn what_is_required_is_and_nothing_else() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let browser = walk.signed_in().await;
        let form = walk.parameters("code", &[]);
        let own = ("client_id", "client");
        let borrowed: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let plain = browser.get(&crate::harness::authorize(&[&[own], &borrowed[..]].concat())).await;
        let pushed = walk.post(PAR, &borrowed).await;
        let (must_push, must_sign) =
            (walk.says("require_pushed_authorization_requests"), walk.says("require_signed_request_object"));
        assert_eq!(pushed.status, if must_sign { 400 } else { 201 }, "{}: {}", walk.name, pushed.text());
        let reason = plain.refusal.as_ref().map(|refusal| refusal.reason.as_str());
        let expected = match (must_push, must_sign) {
            (true, _) => Some("pushed_request_required"),
            (false, true) => Some("request_object_required"),
            (false, false) => None,
        };
        assert_eq!(reason, expected, "{}", walk.name);
        if expected.is_none() {
            walk.redeem(&walk::code(&plain)).await;
        }
    }
}
