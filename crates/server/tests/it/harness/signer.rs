//! A client that signs what it asks for.

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey, base64url};
use symbolon_store::entity::ClientJwks;

/// A key pair with its name.
pub(crate) struct Signer {
    key: SigningKey,
    kid: &'static str,
}

impl Signer {
    /// A new one.
    pub(crate) fn new(algorithm: Algorithm, kid: &'static str) -> Self {
        Self { key: SigningKey::generate(algorithm).unwrap(), kid }
    }

    /// The public half.
    pub(crate) fn public(&self) -> Value {
        let jwk = Jwk { kid: Some(self.kid.to_owned()), ..self.key.public_jwk().unwrap() };
        serde_json::to_value(jwk).unwrap()
    }

    /// The key set that a client registers.
    pub(crate) fn jwks(signers: &[&Self]) -> ClientJwks {
        let keys: Vec<_> = signers.iter().map(|signer| signer.public()).collect();
        serde_json::from_value(json!({ "keys": keys })).unwrap()
    }

    /// Whether it signs with this algorithm.
    pub(crate) fn serves(&self, algorithm: Algorithm) -> bool {
        self.key.algorithm() == algorithm
    }

    /// The same key for another algorithm that it serves.
    pub(crate) fn with_algorithm(&self, algorithm: Algorithm) -> Self {
        Self { key: self.key.with_algorithm(algorithm).unwrap(), kid: self.kid }
    }

    /// A JWT.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as("oauth-authz-req+jwt", claims)
    }

    /// A JWT of another kind.
    pub(crate) fn sign_as(&self, typ: &str, claims: &Value) -> String {
        JwtSigner::new(self.key.clone(), self.kid, typ).unwrap().sign_json(claims).unwrap()
    }

    /// A JWT with these members in its header.
    pub(crate) fn sign_with_header(&self, kid: &str, header: &Value, claims: &Value) -> String {
        let header: Map<String, Value> = header.as_object().unwrap().clone();
        JwtSigner::with_members(self.key.clone(), kid, "JWT", &header).unwrap().sign_json(claims).unwrap()
    }
}

/// A JWT with an HMAC by a secret.
pub(crate) fn mac(secret: &[u8], claims: &Value) -> String {
    mac_with_header(secret, &json!({"alg": "HS256", "typ": "JWT"}), claims)
}

/// A JWT with this header, and an HMAC by a secret.
pub(crate) fn mac_with_header(secret: &[u8], header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    let input = format!("{}.{}", part(header), part(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    format!("{input}.{}", base64url::encode(aws_lc_rs::hmac::sign(&key, input.as_bytes())))
}

/// A JWT that nobody has signed, with this header and this in place of a signature.
pub(crate) fn unsigned(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), base64url::encode(signature))
}
