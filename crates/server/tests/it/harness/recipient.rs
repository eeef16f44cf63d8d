//! A client to which answers are encrypted.

use serde_json::{Value, json};
use symbolon_jose::{ContentEncryption, DecryptionKey, Jwe, KeyManagement};
use symbolon_store::entity::ClientJwks;

/// A client's private key.
pub(crate) struct Recipient(DecryptionKey);

impl Recipient {
    /// A new key for a JWE `alg`.
    pub(crate) fn new(alg: &str) -> Self {
        let algorithm: KeyManagement = alg.parse().unwrap();
        let pkcs8 = DecryptionKey::generate_pkcs8(algorithm).unwrap();
        Self(DecryptionKey::from_pkcs8(Some("the-client-s"), algorithm, &pkcs8).unwrap())
    }

    /// The key that follows from a client's secret.
    pub(crate) fn with_secret(secret: &str) -> Self {
        Self(DecryptionKey::from_client_secret(secret))
    }

    /// The key set that the client registers.
    pub(crate) fn jwks(&self) -> ClientJwks {
        // A secret is in no set.
        let keys: Vec<_> = self.0.public_jwk().into_iter().collect();
        serde_json::from_value(json!({ "keys": keys })).unwrap()
    }

    /// Decrypts a token: its header, and what is in it.
    #[track_caller]
    pub(crate) fn open(&self, token: &str) -> (Value, String) {
        let jwe = Jwe::parse(token, 64 * 1024).unwrap();
        let keys = [self.0.clone()];
        let text = jwe.decrypt(&keys, &KeyManagement::ALL, &ContentEncryption::ALL).unwrap();
        (Value::Object(jwe.header().raw.clone()), String::from_utf8(text.to_vec()).unwrap())
    }
}
