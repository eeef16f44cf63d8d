//! A key whose holder makes `DPoP` proofs, right and wrong ones.

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey, sha256_b64url};

use super::NOW;

/// A client's key.
pub(crate) struct DpopKey {
    key: SigningKey,
    jwk: Jwk,
}

/// What a proof says: changed by tests before it is signed.
pub(crate) struct Proof<'a> {
    pub(crate) key: &'a DpopKey,
    pub(crate) typ: &'static str,
    /// What the header has besides `alg` and `typ`.
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Value,
}

impl DpopKey {
    /// A new key for this algorithm.
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm).unwrap();
        Self { jwk: key.public_jwk().unwrap(), key }
    }

    /// `jkt`.
    pub(crate) fn jkt(&self) -> String {
        self.jwk.thumbprint().unwrap()
    }

    /// A proof for a request to this server, made now. Each has its own `jti`.
    pub(crate) fn proof(&self, method: &str, path: &str) -> Proof<'_> {
        let claims = json!({
            "jti": uuid::Uuid::from_bytes(symbolon_server::rng::Rng::system().bytes()).to_string(),
            "htm": method, "htu": format!("https://localhost:8443{path}"), "iat": NOW.seconds(),
        });
        let header = Map::from_iter([("jwk".to_owned(), serde_json::to_value(&self.jwk).unwrap())]);
        Proof { key: self, typ: "dpop+jwt", header, claims }
    }

    /// A proof that goes with an access token.
    pub(crate) fn proof_of(&self, method: &str, path: &str, token: &str) -> Proof<'_> {
        self.proof(method, path).with("ath", sha256_b64url(token.as_bytes()))
    }
}

impl Proof<'_> {
    /// Changes a claim.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    /// Takes a claim away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    /// The proof, signed.
    pub(crate) fn sign(&self) -> String {
        let signer = JwtSigner::with_members(self.key.key.clone(), "", self.typ, &self.header).unwrap();
        signer.sign_json(&self.claims).unwrap()
    }
}
