//! Properties: nothing panics on any input, and no change to a token goes unnoticed.

use proptest::prelude::*;
use serde_json::json;
use symbolon_jose::{
    Algorithm, Claims, ContentEncryption, DecryptionKey, EncryptionKey, Jwe, JweEncrypter, Jwk, JwkSet,
    JwtSigner, KeyManagement, KeySet, SigningKey, UnverifiedJwt, Validation, VerificationKey, base64url,
    verify,
};

use crate::keys;

const FAST: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::HS256];

/// JSON of any shape, with the member names this crate looks at among the keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let names = proptest::sample::select(vec![
        "alg", "kid", "typ", "cty", "crit", "b64", "kty", "crv", "x", "y", "n", "e", "k", "d", "use",
        "key_ops", "aud", "exp", "iat", "nbf", "iss", "sub", "other",
    ]);
    let words = proptest::sample::select(vec![
        "ES256", "HS256", "none", "EC", "RSA", "OKP", "oct", "P-256", "Ed25519", "AQAB", "AA", "sig", "",
        "b64",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>()
            .prop_map(|number| serde_json::Number::from_f64(number).map_or_else(|| json!(0), Into::into)),
        words.prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| base64url::encode(bytes).into()),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map(names.clone(), inner, 0..8).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Claims>().into()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parsing_never_panics(token in any::<String>()) {
        let _ = UnverifiedJwt::parse(&token);
    }

    #[test]
    fn parsing_what_looks_like_a_token_never_panics(token in "[A-Za-z0-9_=-]{0,60}(\\.[A-Za-z0-9_=-]{0,60}){0,4}") {
        let _ = UnverifiedJwt::parse(&token);
    }

    #[test]
    fn no_header_and_no_claims_make_it_panic(header in any_json(), claims in any_json()) {
        let [header, claims] = [header, claims].map(|json| base64url::encode(json.to_string()));
        let token = format!("{header}.{claims}.AA");
        if let Ok(jwt) = UnverifiedJwt::parse(&token) {
            prop_assert!(jwt.verify(&keys::set("", keys::of(Algorithm::ES256)), &Algorithm::ALL).is_err());
            if let Ok(claims) = jwt.claims_unverified() {
                let _ = Validation { audiences: &["us"], issuer: Some("them"), ..Validation::at(0) }.check(&claims);
            }
        }
    }

    #[test]
    fn times_never_overflow(exp in any::<f64>(), nbf in any::<i64>(), now in any::<i64>(), span in any::<i64>()) {
        let claims = json!({"exp": exp, "nbf": nbf, "iat": exp});
        let strict = Validation {
            leeway: span.saturating_abs(),
            max_age: Some(span),
            max_lifetime: Some(span),
            ..Validation::at(now)
        };
        if let Some(claims) = claims.as_object() {
            let _ = strict.check(claims);
        }
    }

    #[test]
    fn no_jwk_makes_it_panic(value in any_json()) {
        if let Ok(set) = serde_json::from_value::<JwkSet>(json!({"keys": [value]})) {
            let _ = KeySet::from_jwk_set(&set);
            for jwk in &set.keys {
                let _ = jwk.thumbprint();
                for algorithm in FAST {
                    let _ = SigningKey::from_jwk(algorithm, jwk);
                }
            }
        }
    }

    #[test]
    fn no_key_file_makes_it_panic(der in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(VerificationKey::from_spki_der(&der).is_err());
        for algorithm in Algorithm::ALL {
            prop_assert!(SigningKey::from_pkcs8(algorithm, &der).is_err());
        }
    }

    #[test]
    fn a_changed_key_file_is_refused_or_another_key(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for algorithm in FAST.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
            let key = keys::of(algorithm);
            let mut pkcs8 = key.to_pkcs8().expect("the key encodes").expect("not a secret");
            let at = at.index(pkcs8.len());
            pkcs8[at] = byte;
            if let Ok(changed) = SigningKey::from_pkcs8(algorithm, &pkcs8) {
                prop_assert!(changed.sign(b"message").is_ok());
            }
        }
    }

    #[test]
    fn no_signature_makes_it_panic(signature in proptest::collection::vec(any::<u8>(), 0..300)) {
        for algorithm in FAST {
            let key = keys::of(algorithm).verification_key().expect("our own key");
            prop_assert!(key.verify(algorithm, b"message", &signature).is_err());
        }
    }

    #[test]
    fn any_changed_character_is_noticed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9._=-]") {
        for algorithm in FAST {
            let key = keys::of(algorithm);
            let signer = JwtSigner::new(key.clone(), "k1", "JWT").expect("the header is plain");
            let mut token = signer.sign_json(&json!({"sub": "me", "n": 7})).expect("the key signs");
            let at = at.index(token.len());
            prop_assume!(token[at..=at] != to);
            token.replace_range(at..=at, &to);
            prop_assert!(verify(&token, &keys::set("k1", key), &Algorithm::ALL).is_err(), "{} at {}", algorithm, at);
        }
    }

    #[test]
    fn what_is_signed_is_what_is_verified(claims in any_json(), kid in "[ -~]{0,20}") {
        prop_assume!(claims.is_object());
        let key = keys::of(Algorithm::EdDSA);
        let signer = JwtSigner::new(key.clone(), &kid, "at+jwt").expect("the header is plain");
        let token = signer.sign_json(&claims).expect("the key signs");
        let jwt = verify(&token, &keys::set(&kid, key), &[Algorithm::EdDSA]).expect("our own token");
        // serde_json may read a float one unit off what it wrote.
        let read_again: Claims = serde_json::from_str(&claims.to_string()).expect("our own JSON");
        prop_assert_eq!(jwt.claims, read_again);
        prop_assert_eq!(jwt.header.kid.unwrap_or_default(), kid);
    }

    #[test]
    fn what_is_encrypted_is_what_is_decrypted(
        plaintext in proptest::collection::vec(any::<u8>(), 0..300),
        secret in "[ -~]{1,60}",
        algorithm in proptest::sample::select(KeyManagement::SYMMETRIC.to_vec()),
        enc in proptest::sample::select(ContentEncryption::ALL.to_vec()),
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9_-]",
    ) {
        let encrypter = JweEncrypter::new(EncryptionKey::from_client_secret(&secret), algorithm, enc).expect("it serves");
        let mut token = encrypter.encrypt(&plaintext, None).expect("it encrypts");
        let keys = [DecryptionKey::from_client_secret(&secret)];
        let decrypt = |token: &str| {
            let jwe = Jwe::parse(token, 4096)?;
            jwe.decrypt(&keys, &KeyManagement::ALL, &ContentEncryption::ALL).map(|text| text.to_vec())
        };
        prop_assert_eq!(decrypt(&token).expect("our own token"), plaintext);
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != to);
        token.replace_range(at..=at, &to);
        prop_assert!(decrypt(&token).is_err());
    }

    #[test]
    fn no_encrypted_token_makes_it_panic(
        header in any_json(),
        parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 4),
    ) {
        let mut token = base64url::encode(header.to_string());
        for part in parts {
            token.push('.');
            token.push_str(&base64url::encode(part));
        }
        if let Ok(jwe) = Jwe::parse(&token, 4096) {
            let keys = [DecryptionKey::from_client_secret("secret")];
            prop_assert!(jwe.decrypt(&keys, &KeyManagement::ALL, &ContentEncryption::ALL).is_err());
        }
    }

    #[test]
    fn no_jwk_to_encrypt_to_makes_it_panic(value in any_json()) {
        if let Ok(jwk) = serde_json::from_value::<Jwk>(value) {
            let _ = DecryptionKey::from_jwk(&jwk);
            if let Ok(key) = EncryptionKey::from_jwk(&jwk) {
                for algorithm in KeyManagement::ALL {
                    if let Ok(encrypter) = JweEncrypter::new(key.clone(), algorithm, ContentEncryption::A128Gcm) {
                        let _ = encrypter.encrypt(b"text", None);
                    }
                }
            }
        }
    }

    #[test]
    fn base64url_has_one_spelling(text in "[A-Za-z0-9_-]{0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(decoded) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(decoded), text);
        }
        prop_assert_eq!(base64url::decode(&base64url::encode(&bytes)).expect("our own"), bytes);
    }
}

#[test]
fn every_single_byte_of_every_kind_of_token_counts() {
    for key in keys::all() {
        let algorithm = key.algorithm();
        let token =
            JwtSigner::new(key.clone(), "k1", "JWT").unwrap().sign_json(&json!({"sub": "me"})).unwrap();
        let keys = keys::set("k1", key);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&changed, &keys, &Algorithm::ALL).is_err(), "{algorithm} at {at}");
        }
    }
}

#[test]
fn any_one_private_member_makes_a_key_private() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        let jwk: Jwk =
            serde_json::from_value(json!({"kty": "RSA", "n": "AQ", "e": "AQAB", name: "x"})).unwrap();
        assert!(jwk.is_private(), "{name}");
        let public = jwk.without_private();
        assert!(!public.is_private(), "{name}");
        assert_eq!(serde_json::to_value(public).unwrap(), json!({"kty": "RSA", "n": "AQ", "e": "AQAB"}));
    }
}
