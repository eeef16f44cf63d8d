//! Request objects that are encrypted to the workspace (RFC 9101 §6.1, OpenID Connect Core §6.1).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, ContentEncryption, EncryptionKey, JweEncrypter, Jwk, KeyManagement};
use symbolon_server::seed::MadeKey;
use symbolon_store::KeyState;
use symbolon_store::entity::Secret;

use super::{app, by_value, claims, openid};
use crate::harness::{Browser, CALLBACK, NOW, Recipient, SECRET, Signer, TestApp, unsigned};

async fn add_key(app: &TestApp, algorithm: KeyManagement, state: KeyState) {
    let key = MadeKey::for_encryption(algorithm).await.unwrap();
    app.store().insert_key(&key.as_new(), state, NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
}

/// The workspace's keys to encrypt to, as everybody sees them.
async fn published(app: &TestApp) -> Vec<Jwk> {
    let jwks = app.get("/default/default/.well-known/jwks.json").await.ok();
    let keys = jwks["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc");
    keys.map(|key| serde_json::from_value(key.clone()).unwrap()).collect()
}

fn to(jwk: &Jwk, algorithm: KeyManagement, encryption: ContentEncryption) -> JweEncrypter {
    JweEncrypter::new(EncryptionKey::from_jwk(jwk).unwrap(), algorithm, encryption).unwrap()
}

async fn refused(app: &TestApp, object: &str) -> String {
    let refused = Browser::new(app).get(&openid(object, &[])).await.refused_to_client();
    refused.strip_prefix(&format!("{CALLBACK} invalid_request_object ")).unwrap_or(&refused).to_owned()
}

#[tokio::test]
async fn every_way_to_encrypt_that_discovery_names_is_read() {
    let (app, signer) = app().await;
    let discovery = async || app.get("/default/default/.well-known/openid-configuration").await.ok();
    // Without a key of the workspace there are the secrets of clients.
    let by_secret = json!(["A128KW", "A192KW", "A256KW", "dir"]);
    assert_eq!(discovery().await["request_object_encryption_alg_values_supported"], by_secret);
    add_key(&app, KeyManagement::RsaOaep256, KeyState::Current).await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    let document = discovery().await;
    let words = |name: &str| {
        let words = document[name].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (algorithms, encryptions) = (
        words("request_object_encryption_alg_values_supported"),
        words("request_object_encryption_enc_values_supported"),
    );
    assert_eq!((algorithms.len(), encryptions.len()), (10, 6));
    let keys = published(&app).await;
    let object = signer.sign(&claims(json!({})));
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&object), "user").await.code();
    for algorithm in &algorithms {
        let algorithm: KeyManagement = algorithm.parse().unwrap();
        let key = match algorithm.is_symmetric() {
            true => EncryptionKey::from_client_secret(SECRET),
            false => EncryptionKey::choose(&keys, algorithm).unwrap(),
        };
        app.change_client("client", |client| {
            client.request_object_encryption_alg = Some(algorithm.as_str().to_owned());
        })
        .await;
        for encryption in &encryptions {
            let encrypter = JweEncrypter::new(key.clone(), algorithm, encryption.parse().unwrap()).unwrap();
            let encrypted = encrypter.encrypt_jwt(&object).unwrap();
            let answer = browser.get(&by_value(&encrypted)).await;
            assert_eq!(answer.sends("state").as_deref(), Some("inner"), "{algorithm} {encryption}");
        }
    }
}

#[tokio::test]
async fn an_encrypted_object_can_be_pushed() {
    let (app, signer) = app().await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    let encrypter = to(&published(&app).await[0], KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    let object = encrypter.encrypt_jwt(&signer.sign(&claims(json!({})))).unwrap();
    let pushed = app.post("/default/default/par").basic("client", SECRET).form(&[("request", &object)]).await;
    assert_eq!(pushed.status, 201, "{}", pushed.text());
}

#[tokio::test]
async fn encryption_proves_nothing() {
    let (app, signer) = app().await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    let encrypter = to(&published(&app).await[0], KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256);
    let stranger = Signer::new(Algorithm::ES256, "a");
    let own = claims(json!({}));
    let none = unsigned(&json!({"alg": "none"}), &own, b"");
    let twice = encrypter.encrypt_jwt(&encrypter.encrypt_jwt(&signer.sign(&own)).unwrap()).unwrap();
    for (object, reason) in [
        (encrypter.encrypt_jwt(&stranger.sign(&own)).unwrap(), "[request_object_signature]"),
        (encrypter.encrypt_jwt(&none).unwrap(), "[request_object_unsigned]"),
        (encrypter.encrypt(own.to_string().as_bytes(), None).unwrap(), "[request_object_malformed]"),
        (encrypter.encrypt(&[0xff, 0xfe], None).unwrap(), "[request_object_undecryptable]"),
        (twice, "[request_object_malformed]"),
        ("e30.e30.e30.e30.e30".to_owned(), "[request_object_undecryptable]"),
        ("....".to_owned(), "[request_object_undecryptable]"),
    ] {
        assert_eq!(refused(&app, &object).await, reason, "{object}");
    }
}

#[tokio::test]
async fn what_is_encrypted_to_somebody_else_or_changed_is_not_read() {
    let (app, signer) = app().await;
    let object = signer.sign(&claims(json!({})));
    let stranger: Value = serde_json::to_value(Recipient::new("ECDH-ES").jwks()).unwrap();
    let stranger: Jwk = serde_json::from_value(stranger["keys"][0].clone()).unwrap();
    let foreign =
        to(&stranger, KeyManagement::EcdhEs, ContentEncryption::A256Gcm).encrypt_jwt(&object).unwrap();
    assert_eq!(refused(&app, &foreign).await, "[request_object_undecryptable]", "without a key");
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    assert_eq!(refused(&app, &foreign).await, "[request_object_undecryptable]");
    let encrypter = to(&published(&app).await[0], KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    let good = encrypter.encrypt_jwt(&object).unwrap();
    let (rest, tag) = good.rsplit_once('.').unwrap();
    let flipped = if tag.starts_with('A') { "B" } else { "A" };
    assert_eq!(
        refused(&app, &format!("{rest}.{flipped}{}", &tag[1..])).await,
        "[request_object_undecryptable]"
    );
}

#[tokio::test]
async fn a_client_encrypts_as_it_is_registered() {
    let (app, signer) = app().await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    let key = &published(&app).await[0];
    let object = signer.sign(&claims(json!({})));
    let encrypt = |algorithm, encryption| to(key, algorithm, encryption).encrypt_jwt(&object).unwrap();
    app.change_client("client", |client| {
        client.request_object_encryption_alg = Some("ECDH-ES+A256KW".to_owned());
        client.request_object_encryption_enc = Some("A256GCM".to_owned());
    })
    .await;
    for (algorithm, encryption) in [
        (KeyManagement::EcdhEs, ContentEncryption::A256Gcm),
        (KeyManagement::EcdhEsA256Kw, ContentEncryption::A128Gcm),
    ] {
        assert_eq!(refused(&app, &encrypt(algorithm, encryption)).await, "[request_object_undecryptable]");
    }
    let registered = encrypt(KeyManagement::EcdhEsA256Kw, ContentEncryption::A256Gcm);
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&registered), "user").await.code();
    // It may do without: it is no promise to encrypt (OpenID Connect Registration §2).
    browser.get(&by_value(&object)).await.code();
}

fn by_secret(secret: &str, algorithm: KeyManagement, object: &str) -> String {
    let key = EncryptionKey::from_client_secret(secret);
    let encrypter = JweEncrypter::new(key, algorithm, ContentEncryption::A256Gcm).unwrap();
    encrypter.encrypt_jwt(object).unwrap()
}

/// OIDC Core §10.2.
#[tokio::test]
async fn a_secret_encrypts_where_the_client_has_registered_that_and_nowhere_else() {
    let (app, signer) = app().await;
    let object = signer.sign(&claims(json!({})));
    let encrypted = by_secret(SECRET, KeyManagement::Dir, &object);
    assert_eq!(refused(&app, &encrypted).await, "[request_object_undecryptable]", "not registered");
    app.change_client("client", |client| client.request_object_encryption_alg = Some("dir".to_owned())).await;
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&encrypted), "user").await.code();
    let stranger = by_secret("another secret of thirty-two characters", KeyManagement::Dir, &object);
    let wrapped = by_secret(SECRET, KeyManagement::A256Kw, &object);
    for (object, what) in [(&stranger, "by another secret"), (&wrapped, "with another algorithm")] {
        assert_eq!(refused(&app, object).await, "[request_object_undecryptable]", "{what}");
    }
    // To know the secret is not to have signed.
    let none = unsigned(&json!({"alg": "none"}), &claims(json!({})), b"");
    let unsigned = by_secret(SECRET, KeyManagement::Dir, &none);
    assert_eq!(refused(&app, &unsigned).await, "[request_object_unsigned]");
}

#[tokio::test]
async fn an_earlier_secret_encrypts_as_long_as_it_counts() {
    let (app, signer) = app().await;
    let new = "a new secret of more than thirty-two characters";
    app.change_client("client", |client| {
        client.request_object_encryption_alg = Some("A128KW".to_owned());
        client.rotated_secrets = client.client_secret.replace(Secret::new(new)).into_iter().collect();
        client.rotated_secrets_expire_at = vec![NOW.seconds() + 60];
    })
    .await;
    let object = signer.sign(&claims(json!({})));
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&by_secret(new, KeyManagement::A128Kw, &object)), "user").await.code();
    let old = by_secret(SECRET, KeyManagement::A128Kw, &object);
    browser.get(&by_value(&old)).await.code();
    app.advance(60);
    assert_eq!(refused(&app, &old).await, "[request_object_undecryptable]");
    browser.get(&by_value(&by_secret(new, KeyManagement::A128Kw, &object))).await.code();
}

#[tokio::test]
async fn a_key_that_was_rotated_away_reads_and_a_revoked_one_does_not() {
    let (app, signer) = app().await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Current).await;
    add_key(&app, KeyManagement::EcdhEs, KeyState::Next).await;
    let old = published(&app).await.remove(0);
    let object = to(&old, KeyManagement::EcdhEs, ContentEncryption::A256Gcm)
        .encrypt_jwt(&signer.sign(&claims(json!({}))))
        .unwrap();
    let next = MadeKey::for_encryption(KeyManagement::EcdhEs).await.unwrap();
    app.store().rotate_keys(&next.as_new(), NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_ne!(published(&app).await[0].kid, old.kid);
    let browser = Browser::new(&app);
    browser.sign_in(&by_value(&object), "user").await.code();
    app.store().revoke_key(old.kid.as_deref().unwrap(), NOW.millis()).await.unwrap();
    app.app.snapshots.invalidate("default", "default");
    assert_eq!(refused(&app, &object).await, "[request_object_undecryptable]");
}
