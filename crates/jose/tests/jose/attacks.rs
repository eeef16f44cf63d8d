//! Tokens made to deceive.

use serde_json::{Value, json};
use symbolon_jose::{
    Algorithm, DEFAULT_MAX_BYTES, Error, Jwk, JwtSigner, KeySet, ParseOptions, Part, SigningKey,
    UnverifiedJws, UnverifiedJwt, VerificationKey, base64url, verify,
};

use crate::keys;

/// Signs exactly this header and payload, whatever they say.
fn signed(key: &SigningKey, header: &str, payload: &str) -> String {
    let signing_input = format!("{}.{}", base64url::encode(header), base64url::encode(payload));
    let signature = key.sign(signing_input.as_bytes()).expect("the key signs");
    format!("{signing_input}.{}", base64url::encode(signature))
}

/// A token of our ES256 key, and the set that verifies it.
fn honest() -> (String, KeySet) {
    let key = keys::of(Algorithm::ES256);
    let signer = JwtSigner::new(key.clone(), "k1", "JWT").expect("the header is plain");
    (signer.sign_json(&json!({"sub": "me"})).expect("the key signs"), keys::set("k1", key))
}

fn refused(header: &str) -> Error {
    let key = keys::of(Algorithm::ES256);
    let token = signed(key, header, "{}");
    verify(&token, &keys::set("k1", key), &Algorithm::ALL).expect_err("the token must be refused")
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let rsa = keys::of(Algorithm::RS256);
    let jwk = rsa.public_jwk().unwrap();
    let n = base64url::decode(jwk.n.as_ref().unwrap()).unwrap();
    let secrets = [n, jwk.n.clone().unwrap().into_bytes(), serde_json::to_vec(&jwk).unwrap()];
    // With and without alg in the JWK, and though the caller allows HS256.
    for jwk in [jwk.clone(), Jwk { alg: None, ..jwk }] {
        let mut keys = KeySet::new();
        keys.insert(Some("k1"), VerificationKey::from_jwk(&jwk).unwrap());
        for secret in &secrets {
            for algorithm in Algorithm::HMAC {
                let forger = SigningKey::from_secret(algorithm, secret).unwrap();
                let token = JwtSigner::new(forger, "k1", "JWT").unwrap().sign_json(&json!({})).unwrap();
                assert_eq!(
                    verify(&token, &keys, &Algorithm::ALL),
                    Err(Error::NoMatchingKey { kid: Some("k1".into()), algorithm })
                );
            }
        }
    }
}

#[test]
fn a_key_serves_no_algorithm_but_its_own() {
    for key in keys::all() {
        let public = key.verification_key().unwrap();
        let signature = key.sign(b"message").unwrap();
        for algorithm in Algorithm::ALL.into_iter().filter(|a| *a != key.algorithm()) {
            assert_eq!(
                public.verify(algorithm, b"message", &signature),
                Err(Error::AlgorithmMismatch(algorithm)),
                "{key:?}"
            );
        }
    }
}

#[test]
fn unsecured_tokens_are_refused() {
    let (_, keys) = honest();
    let rfc_7515_a5 = "eyJhbGciOiJub25lIn0.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    assert_eq!(verify(rfc_7515_a5, &keys, &Algorithm::ALL), Err(Error::AlgorithmNone));
    assert_eq!(refused(r#"{"alg":"none"}"#), Error::AlgorithmNone);
    for name in ["None", "NONE", "nOnE", "none ", ""] {
        assert_eq!(refused(&json!({"alg": name}).to_string()), Error::UnknownAlgorithm, "{name}");
    }
}

#[test]
fn the_algorithm_must_be_text_and_there() {
    for header in ["{}", r#"{"alg":null}"#, r#"{"alg":["ES256"]}"#, r#"{"alg":1}"#, r#"{"ALG":"ES256"}"#] {
        assert_eq!(refused(header), Error::MalformedHeader("alg"), "{header}");
    }
    for header in [r#"{"alg":"ES256","kid":7}"#, r#"{"alg":"ES256","kid":null}"#] {
        assert_eq!(refused(header), Error::MalformedHeader("kid"), "{header}");
    }
    assert_eq!(refused(r#"{"alg":"ES256","typ":{}}"#), Error::MalformedHeader("typ"));
}

#[test]
fn duplicated_members_are_refused() {
    for header in [
        r#"{"alg":"none","alg":"ES256"}"#,
        r#"{"alg":"ES256","kid":"k1","kid":"k2"}"#,
        r#"{"alg":"ES256","\u0061lg":"none"}"#,
        r#"{"alg":"ES256","jwk":{"kty":"EC","kty":"oct"}}"#,
    ] {
        assert_eq!(refused(header), Error::DuplicateMember(Part::Header), "{header}");
    }
    let key = keys::of(Algorithm::ES256);
    let token = signed(key, r#"{"alg":"ES256"}"#, r#"{"sub":"me","sub":"root"}"#);
    let jwt = UnverifiedJwt::parse(&token).unwrap();
    assert_eq!(jwt.claims_unverified(), Err(Error::DuplicateMember(Part::Claims)));
    assert_eq!(
        jwt.verify(&keys::set("k1", key), &[Algorithm::ES256]),
        Err(Error::DuplicateMember(Part::Claims))
    );
}

#[test]
fn critical_extensions_are_refused_unless_understood() {
    assert_eq!(refused(r#"{"alg":"ES256","crit":["exp"],"exp":1}"#), Error::UnknownCritical);
    assert_eq!(refused(r#"{"alg":"ES256","crit":["b64"],"b64":true}"#), Error::UnknownCritical);
    for crit in
        [json!([]), json!(null), json!("exp"), json!([1]), json!(["absent"]), json!(["alg"]), json!({})]
    {
        let header = json!({"alg": "ES256", "exp": 1, "crit": crit}).to_string();
        assert_eq!(refused(&header), Error::MalformedHeader("crit"), "{header}");
    }
    let key = keys::of(Algorithm::ES256);
    let understands = ParseOptions { understood: &["exp"], ..ParseOptions::default() };
    let token = signed(key, r#"{"alg":"ES256","crit":["exp"],"exp":1}"#, "{}");
    let jwt = UnverifiedJwt::parse_with(&token, &understands).unwrap();
    assert_eq!(jwt.header().crit, ["exp"]);
    assert!(jwt.verify(&keys::set("k1", key), &[Algorithm::ES256]).is_ok());
    let another = signed(key, r#"{"alg":"ES256","crit":["exp","other"],"exp":1,"other":1}"#, "{}");
    assert_eq!(UnverifiedJwt::parse_with(&another, &understands).err(), Some(Error::UnknownCritical));
    let twice = signed(key, r#"{"alg":"ES256","crit":["exp","exp"],"exp":1}"#, "{}");
    assert_eq!(UnverifiedJwt::parse_with(&twice, &understands).err(), Some(Error::MalformedHeader("crit")));
}

#[test]
fn unencoded_payloads_are_refused() {
    // Even where the caller claims to understand the extension of RFC 7797.
    let understands = ParseOptions { understood: &["b64"], ..ParseOptions::default() };
    let token = signed(keys::of(Algorithm::ES256), r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, "{}");
    assert_eq!(UnverifiedJws::parse_with(&token, &understands).err(), Some(Error::UnencodedPayload));
    assert_eq!(refused(r#"{"alg":"ES256","b64":false}"#), Error::UnencodedPayload);
    assert_eq!(refused(r#"{"alg":"ES256","b64":"false"}"#), Error::MalformedHeader("b64"));
}

#[test]
fn keys_in_the_header_are_never_used() {
    let attacker = SigningKey::generate(Algorithm::ES256).unwrap();
    let (_, keys) = honest();
    let jwk = attacker.public_jwk().unwrap();
    for (name, value) in [
        ("jwk", serde_json::to_value(&jwk).unwrap()),
        ("jku", json!("http://127.0.0.1:1/jwks.json")),
        ("x5u", json!("http://127.0.0.1:1/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let members = json!({name: value});
        for kid in ["", "k1"] {
            let signer = JwtSigner::with_members(attacker.clone(), kid, "JWT", members.as_object().unwrap());
            let token = signer.unwrap().sign_json(&json!({})).unwrap();
            assert_eq!(verify(&token, &keys, &Algorithm::ALL), Err(Error::BadSignature), "{name}");
        }
    }
}

#[test]
fn a_compact_token_has_three_strict_parts() {
    let (token, keys) = honest();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    let refuse = |token: &str, error: &Error| {
        assert_eq!(verify(token, &keys, &Algorithm::ALL).as_ref(), Err(error), "{token}");
    };
    for parts in
        ["", "a", header, signing_input, &format!("{token}."), &format!("{token}.{signature}"), "...."]
    {
        refuse(parts, &Error::PartCount);
    }
    refuse(&format!("{header}.{payload}.{signature}.{signature}.{signature}"), &Error::PartCount);
    for damaged in [
        format!("{signing_input}.{signature}="),
        format!("{signing_input}.{signature}=="),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{header}.{payload} .{signature}"),
        format!("{signing_input}.{}", signature.replace(['-', '_'], "+") + "+"),
    ] {
        refuse(&damaged, &Error::Base64);
    }
    refuse(&format!("{header}..{signature}"), &Error::BadSignature);
    refuse(&format!("{signing_input}."), &Error::BadSignature);
    refuse(&format!(".{payload}.{signature}"), &Error::NotJsonObject(Part::Header));
}

#[test]
fn headers_and_claims_are_json_objects() {
    for header in ["", "null", "[]", "\"alg\"", "{", r#"{"alg":"ES256"}x"#, "\u{feff}{\"alg\":\"ES256\"}"] {
        assert_eq!(refused(header), Error::NotJsonObject(Part::Header), "{header}");
    }
    let key = keys::of(Algorithm::ES256);
    for payload in ["", "null", "[]", "1", "{} {}", "not json"] {
        let token = signed(key, r#"{"alg":"ES256"}"#, payload);
        assert_eq!(
            verify(&token, &keys::set("k1", key), &[Algorithm::ES256]),
            Err(Error::NotJsonObject(Part::Claims))
        );
        // As a JWS, any payload is fine.
        let jws = UnverifiedJws::parse(&token).unwrap();
        let verified = jws.verify(&keys::set("k1", key), &[Algorithm::ES256]).unwrap();
        assert_eq!(verified.payload, payload.as_bytes());
    }
}

#[test]
fn tokens_have_a_longest_length() {
    let (token, _) = honest();
    let exactly = ParseOptions { max_bytes: token.len(), ..ParseOptions::default() };
    assert!(UnverifiedJwt::parse_with(&token, &exactly).is_ok());
    let shorter = ParseOptions { max_bytes: token.len() - 1, ..ParseOptions::default() };
    let too_long = Error::TooLong { len: token.len(), max: token.len() - 1 };
    assert_eq!(UnverifiedJwt::parse_with(&token, &shorter).err(), Some(too_long));
    let long = format!("e.{}.s", "A".repeat(DEFAULT_MAX_BYTES));
    assert!(matches!(UnverifiedJwt::parse(&long), Err(Error::TooLong { .. })));
}

#[test]
fn a_deeply_nested_header_does_not_exhaust_the_stack() {
    let deep = format!("{{\"alg\":\"ES256\",\"x\":{}{}}}", "[".repeat(4000), "]".repeat(4000));
    assert_eq!(refused(&deep), Error::NotJsonObject(Part::Header));
}

#[test]
fn the_key_is_found_by_kid() {
    let (token, right) = honest();
    let key = keys::of(Algorithm::ES256);
    assert!(verify(&token, &right, &[Algorithm::ES256]).is_ok());
    let none = Err(Error::NoMatchingKey { kid: Some("k1".into()), algorithm: Algorithm::ES256 });
    // The right key under another kid, and under none.
    assert_eq!(verify(&token, &keys::set("k2", key), &[Algorithm::ES256]), none);
    let mut unnamed = KeySet::new();
    unnamed.insert(None, key.verification_key().unwrap());
    assert_eq!(verify(&token, &unnamed, &[Algorithm::ES256]), none);
    assert_eq!(verify(&token, &KeySet::new(), &[Algorithm::ES256]), none);
    // Another key under the right kid.
    let other = SigningKey::generate(Algorithm::ES256).unwrap();
    assert_eq!(verify(&token, &keys::set("k1", &other), &[Algorithm::ES256]), Err(Error::BadSignature));
}

#[test]
fn without_kid_every_compatible_key_is_tried_up_to_a_bound() {
    let key = keys::of(Algorithm::EdDSA);
    let token = JwtSigner::new(key.clone(), "", "JWT").unwrap().sign_json(&json!({})).unwrap();
    let with_others_before = |count: usize| {
        let mut keys = KeySet::new();
        keys.insert(Some("rsa"), keys::of(Algorithm::RS256).verification_key().unwrap());
        for _ in 0..count {
            let other = SigningKey::generate(Algorithm::EdDSA).unwrap();
            keys.insert(Some("other"), other.verification_key().unwrap());
        }
        keys.insert(Some("k1"), key.verification_key().unwrap());
        keys
    };
    assert!(verify(&token, &with_others_before(3), &[Algorithm::EdDSA]).is_ok());
    assert!(verify(&token, &with_others_before(15), &[Algorithm::EdDSA]).is_ok());
    assert_eq!(verify(&token, &with_others_before(16), &[Algorithm::EdDSA]), Err(Error::BadSignature));
}

#[test]
fn claims_of_one_token_do_not_go_with_the_signature_of_another() {
    let (token, keys) = honest();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = signing_input.split_once('.').unwrap();
    let forged: Value = json!({"sub": "root"});
    let forged = format!("{header}.{}.{signature}", base64url::encode(forged.to_string()));
    assert_eq!(verify(&forged, &keys, &Algorithm::ALL), Err(Error::BadSignature));
}
