//! What one side of the crate makes, the other takes.

use serde_json::json;
use symbolon_jose::{
    Algorithm, Error, Jwk, JwkSet, JwtSigner, KeySet, SigningKey, UnverifiedJwt, VerificationKey, verify,
};

use crate::keys;

#[test]
fn every_algorithm_signs_what_it_verifies() {
    for key in keys::all() {
        let algorithm = key.algorithm();
        let signer = JwtSigner::new(key.clone(), "k1", "at+jwt").unwrap();
        let token = signer.sign_json(&json!({"sub": "me", "n": 1})).unwrap();
        assert_eq!(token.capacity(), token.len(), "{algorithm}: one allocation, exactly as long as needed");

        let jwt = verify(&token, &keys::set("k1", key), &[algorithm]).unwrap();
        assert_eq!(jwt.header.alg, algorithm);
        assert_eq!(jwt.header.kid.as_deref(), Some("k1"));
        assert_eq!(jwt.require_typ("application/AT+jwt"), Ok(()));
        assert_eq!(jwt.require_typ("JWT"), Err(Error::WrongType));
        assert_eq!(jwt.claims["sub"], "me");

        let other = Algorithm::ALL.into_iter().filter(|a| *a != algorithm).collect::<Vec<_>>();
        assert_eq!(
            verify(&token, &keys::set("k1", key), &other),
            Err(Error::AlgorithmNotAllowed(algorithm)),
            "{algorithm}"
        );
    }
}

#[test]
fn claims_become_the_type_asked_for() {
    #[derive(serde::Deserialize, PartialEq, Debug)]
    struct Mine {
        sub: String,
    }
    let key = keys::of(Algorithm::ES256);
    let token = JwtSigner::new(key.clone(), "", "").unwrap().sign_json(&json!({"sub": "me"})).unwrap();
    let jwt = verify(&token, &keys::set("k1", key), &[Algorithm::ES256]).unwrap();
    assert_eq!((jwt.header.kid.as_ref(), jwt.header.typ.as_ref()), (None, None));
    assert_eq!(jwt.clone().deserialize::<Mine>(), Ok(Mine { sub: "me".into() }));
    assert_eq!(jwt.deserialize::<Vec<u8>>(), Err(Error::ClaimsShape));
}

#[test]
fn published_keys_verify_and_hold_no_private_member() {
    for key in keys::all().iter().filter(|key| !key.algorithm().is_symmetric()) {
        let jwk = Jwk { kid: Some("k1".into()), ..key.public_jwk().unwrap() };
        assert!(!jwk.is_private());
        let published = serde_json::to_string(&JwkSet { keys: vec![jwk] }).unwrap();
        let set: JwkSet = serde_json::from_str(&published).unwrap();
        let keys = KeySet::from_jwk_set(&set);
        assert!(keys.rejected().is_empty());

        let token = JwtSigner::new(key.clone(), "k1", "JWT").unwrap().sign_json(&json!({})).unwrap();
        assert!(verify(&token, &keys, &[key.algorithm()]).is_ok(), "{}", key.algorithm());
    }
}

#[test]
fn private_keys_survive_pkcs8() {
    for key in keys::all().iter().filter(|key| !key.algorithm().is_symmetric()) {
        let pkcs8 = key.to_pkcs8().unwrap().unwrap();
        let again = SigningKey::from_pkcs8(key.algorithm(), &pkcs8).unwrap();
        assert_eq!(again.public_jwk(), key.public_jwk());
        let signature = again.sign(b"message").unwrap();
        assert_eq!(key.verification_key().unwrap().verify(key.algorithm(), b"message", &signature), Ok(()));
    }
}

#[test]
fn pkcs8_of_another_type_is_refused() {
    for key in keys::all().iter().filter(|key| !key.algorithm().is_symmetric()) {
        let pkcs8 = key.to_pkcs8().unwrap().unwrap();
        for algorithm in Algorithm::ALL {
            let same = key.algorithm() == algorithm || (key.algorithm().is_rsa() && algorithm.is_rsa());
            assert_eq!(SigningKey::from_pkcs8(algorithm, &pkcs8).is_ok(), same, "{key:?} as {algorithm}");
        }
    }
    assert!(SigningKey::from_pkcs8(Algorithm::ES256, b"").is_err());
    assert!(SigningKey::from_pkcs8(Algorithm::EdDSA, &[0x30; 40]).is_err());
}

#[test]
fn a_secret_has_no_public_key_and_no_pkcs8() {
    let key = keys::of(Algorithm::HS256);
    assert_eq!(key.public_jwk(), None);
    assert_eq!(key.to_pkcs8(), Ok(None));
}

#[test]
fn one_rsa_key_serves_the_whole_family_and_nothing_else() {
    let rsa = keys::of(Algorithm::RS256);
    for algorithm in Algorithm::ALL {
        assert_eq!(rsa.with_algorithm(algorithm).is_ok(), algorithm.is_rsa(), "{algorithm}");
    }
    let ec = keys::of(Algorithm::ES256);
    assert_eq!(ec.with_algorithm(Algorithm::ES384).err(), Some(Error::AlgorithmMismatch(Algorithm::ES384)));
    // Without alg, the public key verifies all six.
    let jwk = Jwk { alg: None, ..rsa.public_jwk().unwrap() };
    let public = VerificationKey::from_jwk(&jwk).unwrap();
    for algorithm in Algorithm::RSA {
        let signature = rsa.with_algorithm(algorithm).unwrap().sign(b"message").unwrap();
        assert_eq!(public.verify(algorithm, b"message", &signature), Ok(()), "{algorithm}");
    }
}

#[test]
fn secrets_serve_the_hashes_they_are_long_enough_for() {
    let key = VerificationKey::from_secret(&[7; 48]).unwrap();
    assert_eq!(key.algorithms().collect::<Vec<_>>(), [Algorithm::HS256, Algorithm::HS384]);
    let weak = Error::WeakSecret { bytes: 31, least: 32 };
    assert_eq!(VerificationKey::from_secret(&[7; 31]).err(), Some(weak.clone()));
    assert_eq!(SigningKey::from_secret(Algorithm::HS256, &[7; 31]).err(), Some(weak));
    let short = SigningKey::from_secret(Algorithm::HS256, &[7; 32]).unwrap();
    assert_eq!(
        short.with_algorithm(Algorithm::HS512).err(),
        Some(Error::WeakSecret { bytes: 32, least: 64 })
    );
}

#[test]
fn rsa_keys_are_made_in_the_sizes_that_make_sense() {
    let key = SigningKey::generate_rsa(Algorithm::PS256, 3072).unwrap();
    assert_eq!(key.sign(b"message").unwrap().len(), 384);
    for bits in [0, 512, 1024, 2047, 8192] {
        assert_eq!(
            SigningKey::generate_rsa(Algorithm::PS256, bits).err(),
            Some(Error::RsaModulusSize { bits })
        );
    }
    assert!(SigningKey::generate_rsa(Algorithm::ES256, 2048).is_err());
}

#[test]
fn extra_header_members_are_written_but_not_the_reserved() {
    let key = keys::of(Algorithm::EdDSA);
    let extra = json!({"jwk": {"kty": "OKP"}, "htm": "x"});
    let signer = JwtSigner::with_members(key.clone(), "k", "dpop+jwt", extra.as_object().unwrap()).unwrap();
    let token = signer.sign_json(&json!({})).unwrap();
    assert_eq!(UnverifiedJwt::parse(&token).unwrap().header().raw["jwk"]["kty"], "OKP");
    for name in ["alg", "kid", "typ", "crit", "b64"] {
        let extra = json!({name: "none"});
        let refused = JwtSigner::with_members(key.clone(), "k", "t", extra.as_object().unwrap());
        assert_eq!(refused.err(), Some(Error::MalformedHeader(name)));
    }
}

#[test]
fn keys_and_signers_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<SigningKey>();
    shared::<VerificationKey>();
    shared::<JwtSigner>();
    shared::<KeySet>();
}

#[test]
fn debug_output_holds_no_secret() {
    let secret = SigningKey::from_secret(Algorithm::HS256, b"correct horse battery staple 1234").unwrap();
    let jwk: Jwk = serde_json::from_value(json!({"kty": "oct", "k": "c2VjcmV0", "d": "cHJpdmF0ZQ"})).unwrap();
    let signer = JwtSigner::new(secret.clone(), "k", "t").unwrap();
    let token = signer.sign_json(&json!({})).unwrap();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let jwt = UnverifiedJwt::parse(&token).unwrap();
    let shown = format!("{secret:?} {signer:?} {:?} {jwk:?} {jwt:?}", secret.verification_key().unwrap());
    for hidden in [signing_input, signature, "correct", "horse", "c2VjcmV0", "cHJpdmF0ZQ", "99, 111"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
