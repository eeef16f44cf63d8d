//! JWTs and key sets.

use symbolon_jose::{
    Algorithm, ContentEncryption, DecryptionKey, Jwe, Jwk, JwkSet, KeyManagement, KeySet, UnverifiedJwt,
    parse_unsecured,
};

/// The public key of RFC 7515 Appendix A.3.1.
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// What the holder of that key signed.
const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const ALLOWED: &[Algorithm] =
    &[Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::HS256];

/// A JWT: nothing verifies but what the holder of the key signed.
pub fn jwt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if parse_unsecured(text).is_ok() {
        let has_signature = UnverifiedJwt::parse(text).is_ok() || !text.ends_with('.');
        assert!(!has_signature, "a signed token passes for an unsecured one");
    }
    let Ok(token) = UnverifiedJwt::parse(text) else { return };
    token.claims_unverified().ok();
    let Ok(set) = serde_json::from_str::<JwkSet>(KEYS) else { unreachable!("the RFC's key is a key") };
    if token.verify(&KeySet::from_jwk_set(&set), ALLOWED).is_ok() {
        // ECDSA lets anyone make a second signature from one; it says the same.
        let (signed, _) = text.rsplit_once('.').unwrap_or_default();
        assert_eq!(signed, SIGNED, "a forged token verifies");
    }
}

/// The keys of RFC 7516 Appendix A.3.3 and RFC 7520 §5.5.1.
const DECRYPTION_KEYS: [&str; 2] = [
    r#"{"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}"#,
    r#"{"kty":"EC","kid":"meriadoc.brandybuck@buckland.example","use":"enc","crv":"P-256","x":"Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0","y":"HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw","d":"r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8"}"#,
];
/// How what was encrypted to them begins.
const PLAINTEXTS: [&[u8]; 2] = [b"Live long and prosper.", b"You can trust us"];

/// A JWE: nothing decrypts but what somebody encrypted to the key.
pub fn jwe(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(token) = Jwe::parse(text, 16 * 1024) else { return };
    let keys: Vec<_> = DECRYPTION_KEYS
        .iter()
        .filter_map(|key| DecryptionKey::from_jwk(&serde_json::from_str::<Jwk>(key).ok()?).ok())
        .collect();
    assert!(keys.len() == DECRYPTION_KEYS.len(), "the RFCs' keys are keys");
    if let Ok(plain) = token.decrypt(&keys, &KeyManagement::ALL, &ContentEncryption::ALL) {
        assert!(PLAINTEXTS.iter().any(|known| plain.starts_with(known)), "a forged token decrypts");
    }
}

/// A JWK Set that a stranger serves at his `jwks_uri`: no shared secret becomes a key, and every key has a
/// thumbprint.
pub fn jwk_set(data: &[u8]) {
    let Ok(set) = serde_json::from_slice::<JwkSet>(data) else { return };
    let keys = KeySet::from_jwk_set(&set);
    assert!(keys.len() + keys.rejected().len() == set.keys.len(), "a key is lost");
    for jwk in set.keys {
        jwk.thumbprint().ok();
        let public = jwk.without_private();
        assert!(!format!("{public:?}").is_empty());
    }
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        assert!(keys.candidates(None, algorithm).next().is_none(), "a published secret is a key");
    }
}
