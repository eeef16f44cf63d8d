//! The public keys that somebody else has published or registered: parsed once, for each of their uses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_jose::{Jwk, JwkSet, KeySet, KeyType, sha256};
use symbolon_pki::Certificate;
use symbolon_store::entity::ClientJwks;

/// A key set of another party. What cannot be used is left out.
#[derive(Debug, Default)]
pub struct PublicKeys {
    /// The keys that verify signatures.
    pub verification: KeySet,
    certificates: Vec<Registered>,
    encryption: Vec<Jwk>,
}

#[derive(Debug)]
enum Registered {
    /// SHA-256 of a certificate.
    Certificate([u8; 32]),
    /// RFC 7638 thumbprint of a public key.
    Key(String),
}

impl PublicKeys {
    /// The keys in a client's `jwks`.
    pub fn of_client(jwks: Option<&ClientJwks>) -> Self {
        let keys = jwks.map(|jwks| serde_json::to_value(jwks).unwrap_or_default()).unwrap_or_default();
        Self::of_set(serde_json::from_value(keys).unwrap_or_default())
    }

    /// The keys of a JWK Set (RFC 7517 §5).
    pub fn of_set(set: JwkSet) -> Self {
        let verification = KeySet::from_jwk_set(&set);
        let certificates = set.keys.iter().filter_map(Registered::of).collect();
        let encryption = set.keys.into_iter().filter(may_encrypt).map(Jwk::without_private).collect();
        Self { verification, certificates, encryption }
    }

    /// Whether this certificate, or its key, is among them (RFC 8705 §2.2).
    pub fn holds(&self, certificate: &Certificate) -> bool {
        let key = Jwk::from_spki_der(certificate.spki_der()).and_then(|jwk| jwk.thumbprint()).ok();
        self.certificates.iter().any(|registered| match registered {
            Registered::Certificate(digest) => digest == certificate.sha256_thumbprint(),
            Registered::Key(thumbprint) => key.as_ref() == Some(thumbprint),
        })
    }

    /// A key to encrypt to with a JWE `alg` (RFC 7518 §4.1), one that says it is for that before one that says
    /// nothing. `kid` picks one by name.
    pub fn encryption(&self, alg: &str, kid: Option<&str>) -> Option<&Jwk> {
        let fits = |jwk: &&Jwk| {
            wraps(jwk.kty, alg)
                && jwk.alg.as_deref().is_none_or(|own| own == alg)
                && kid.is_none_or(|kid| jwk.kid.as_deref() == Some(kid))
        };
        let said = |jwk: &Jwk| u8::from(jwk.key_use.is_some()) + u8::from(jwk.alg.is_some());
        // Of equals the first, as in the document.
        self.encryption.iter().filter(fits).rev().max_by_key(|jwk| said(jwk))
    }
}

impl Registered {
    fn of(jwk: &Jwk) -> Option<Self> {
        match jwk.x5c.as_ref().and_then(|chain| chain.first()) {
            Some(certificate) => Some(Self::Certificate(sha256(&STANDARD.decode(certificate).ok()?))),
            None => jwk.thumbprint().ok().map(Self::Key),
        }
    }
}

/// RFC 7517 §4.2: a key without `use` serves both. What was published is no secret, so symmetric keys serve neither.
fn may_encrypt(jwk: &Jwk) -> bool {
    jwk.kty != KeyType::Oct && jwk.key_use.as_deref().is_none_or(|key_use| key_use == "enc")
}

/// Whether keys of this type wrap content keys with `alg`.
fn wraps(kty: KeyType, alg: &str) -> bool {
    match kty {
        KeyType::RSA => alg.starts_with("RSA"),
        KeyType::EC | KeyType::OKP => alg.starts_with("ECDH-ES"),
        KeyType::Oct => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn keys(keys: &Value) -> PublicKeys {
        PublicKeys::of_set(serde_json::from_value(json!({ "keys": keys })).unwrap())
    }

    fn kid<'a>(keys: &'a PublicKeys, alg: &str, kid: Option<&str>) -> Option<&'a str> {
        keys.encryption(alg, kid)?.kid.as_deref()
    }

    #[test]
    fn a_key_for_encryption_is_one_that_may_encrypt_with_the_algorithm() {
        let set = keys(&json!([
            {"kty": "RSA", "kid": "sig", "use": "sig", "n": "AA", "e": "AQAB"},
            {"kty": "RSA", "kid": "any", "n": "AA", "e": "AQAB"},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": "AA", "e": "AQAB"},
            {"kty": "RSA", "kid": "enc2", "use": "enc", "n": "AA", "e": "AQAB"},
            {"kty": "RSA", "kid": "other", "use": "enc", "alg": "RSA-OAEP", "n": "AA", "e": "AQAB"},
            {"kty": "EC", "kid": "ec", "use": "enc", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "oct", "kid": "secret", "use": "enc", "k": "AA"},
        ]));
        assert_eq!(kid(&set, "RSA-OAEP-256", None), Some("enc"));
        assert_eq!(kid(&set, "RSA-OAEP", None), Some("other"));
        assert_eq!(kid(&set, "ECDH-ES+A256KW", None), Some("ec"));
        assert_eq!(kid(&set, "RSA-OAEP-256", Some("any")), Some("any"));
        for (alg, named) in [("dir", None), ("A256KW", Some("secret")), ("RSA-OAEP-256", Some("sig"))] {
            assert_eq!(kid(&set, alg, named), None, "{alg}");
        }
        let only_signs = keys(&json!([{"kty": "RSA", "use": "sig", "n": "AA", "e": "AQAB"}]));
        assert!(only_signs.encryption("RSA-OAEP-256", None).is_none());
    }

    #[test]
    fn private_members_that_somebody_published_are_dropped() {
        let set = keys(&json!([{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "c2VjcmV0"}]));
        assert!(!set.encryption("ECDH-ES", None).unwrap().is_private());
    }
}
