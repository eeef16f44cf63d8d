//! Request objects and pushed requests.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, EncryptionKey, JweEncrypter, Jwk, KeyManagement};

use super::{asked, discovery, everything, everything_with, signed_in, values};
use crate::harness::{CALLBACK, NOW, Remote, SECRET, Signer, TestApp, authorize, mac, unsigned};

const ISSUER: &str = "https://localhost:8443/default/default";

fn claims() -> Value {
    json!({
        "iss": "client", "aud": ISSUER, "client_id": "client", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid", "state": "inner", "exp": NOW.seconds() + 300,
    })
}

async fn with_keys(app: &TestApp) -> Vec<Signer> {
    let rsa = Signer::new(Algorithm::RS256, "rsa");
    let signers = vec![
        Signer::new(Algorithm::ES256, "es"),
        Signer::new(Algorithm::EdDSA, "ed"),
        rsa.with_algorithm(Algorithm::PS256),
        rsa,
    ];
    let mut public = signers[3].public();
    public.as_object_mut().unwrap().remove("alg");
    let keys = json!({"keys": [signers[0].public(), signers[1].public(), public]});
    let keys = serde_json::from_value(keys).unwrap();
    app.change_client("client", |client| client.jwks = Some(keys)).await;
    signers
}

#[tokio::test]
async fn every_request_object() {
    let app = everything().await;
    let document = discovery(&app).await;
    assert_eq!(document["request_parameter_supported"], true);
    let signers = with_keys(&app).await;
    let browser = signed_in(&app).await;
    let ask = async |object: &str, what: &str| {
        let answer = browser.get(&authorize(&[("client_id", "client"), ("request", object)])).await;
        assert_eq!(answer.sends("state").as_deref(), Some("inner"), "{what}");
        let form = [("request", object)];
        let pushed = app.post("/default/default/par").basic("client", SECRET).form(&form).await;
        assert_eq!(pushed.status, 201, "{what} {}", pushed.text());
    };
    let algorithms = values(&document, "request_object_signing_alg_values_supported");
    assert!(algorithms.len() >= 6, "{algorithms:?}");
    for alg in &algorithms {
        app.change_client("client", |client| client.request_object_signing_alg.clone_from(alg)).await;
        let object = match alg.as_str() {
            "none" => unsigned(&json!({"alg": "none"}), &claims(), b""),
            "HS256" => mac(SECRET.as_bytes(), &claims()),
            alg => {
                let algorithm: Algorithm = alg.parse().unwrap();
                signers.iter().find(|signer| signer.serves(algorithm)).unwrap().sign(&claims())
            }
        };
        ask(&object, alg).await;
    }
    app.change_client("client", |client| client.request_object_signing_alg = "any".to_owned()).await;
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    let keys: Vec<Jwk> = serde_json::from_value(jwks["keys"].clone()).unwrap();
    let signed = signers[0].sign(&claims());
    for alg in values(&document, "request_object_encryption_alg_values_supported") {
        let algorithm: KeyManagement = alg.parse().unwrap();
        let key = match algorithm.is_symmetric() {
            true => EncryptionKey::from_client_secret(SECRET),
            false => EncryptionKey::choose(&keys, algorithm).unwrap(),
        };
        // A secret encrypts where the client has said so.
        app.change_client("client", |client| client.request_object_encryption_alg = Some(alg.clone())).await;
        for enc in values(&document, "request_object_encryption_enc_values_supported") {
            let encrypter = JweEncrypter::new(key.clone(), algorithm, enc.parse().unwrap()).unwrap();
            ask(&encrypter.encrypt_jwt(&signed).unwrap(), &format!("{alg} {enc}")).await;
        }
    }
}

#[tokio::test]
async fn an_object_by_reference() {
    let remote = Remote::start("").await;
    let app = everything_with(&remote.settings()).await;
    let document = discovery(&app).await;
    assert_eq!(document["request_uri_parameter_supported"], true);
    assert_eq!(document["require_request_uri_registration"], true);
    let signers = with_keys(&app).await;
    remote.publish(&signers[0].sign(&claims()));
    let browser = signed_in(&app).await;
    let request = asked("code", &[("request_uri", &remote.url)]);
    let refused = browser.get(&request).await;
    assert_eq!(refused.record().reason, "request_uri_not_registered");
    let url = remote.url.clone();
    app.change_client("client", |client| client.request_uris = vec![url]).await;
    assert_eq!(browser.get(&request).await.sends("state").as_deref(), Some("inner"));
}

#[tokio::test]
async fn what_is_not_required_is_not() {
    let app = everything().await;
    let document = discovery(&app).await;
    assert_eq!(document["require_pushed_authorization_requests"], false);
    assert_eq!(document["require_signed_request_object"], false);
    signed_in(&app).await.get(&asked("code", &[])).await.code();
}
