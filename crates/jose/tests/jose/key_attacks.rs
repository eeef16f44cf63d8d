//! Keys and signatures made to deceive.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    signature::{self as aws, EcdsaKeyPair, KeyPair, RsaPublicKeyComponents, UnparsedPublicKey},
};
use serde_json::{Value, json};
use symbolon_jose::{
    Algorithm, Error, Jwk, JwkSet, KeySet, SecretMember, SigningKey, VerificationKey, base64url,
};

use crate::keys;

fn jwk(value: Value) -> Jwk {
    serde_json::from_value(value).expect("the members have the right types")
}

/// The key's public JWK with some members replaced; null removes.
fn altered(algorithm: Algorithm, members: &Value) -> Result<VerificationKey, Error> {
    let public = keys::of(algorithm).public_jwk().expect("not a secret");
    let mut value = serde_json::to_value(public).expect("a JWK serialises");
    let map = value.as_object_mut().expect("a JWK is an object");
    for (name, member) in members.as_object().expect("members are an object") {
        map.insert(name.clone(), member.clone());
    }
    map.retain(|_, member| !member.is_null());
    VerificationKey::from_jwk(&jwk(value))
}

#[test]
fn signatures_of_the_wrong_length_are_refused() {
    for key in keys::all() {
        let public = key.verification_key().unwrap();
        let good = key.sign(b"message").unwrap();
        assert_eq!(public.verify(key.algorithm(), b"message", &good), Ok(()));
        let longer = [&good[..], &[0]].concat();
        let padded = [&[0], &good[..]].concat();
        for bad in
            [&good[..0], &good[..1], &good[..good.len() / 2], &good[..good.len() - 1], &longer, &padded]
        {
            let refused = public.verify(key.algorithm(), b"message", bad);
            assert_eq!(refused, Err(Error::BadSignature), "{key:?} with {} bytes", bad.len());
        }
    }
}

#[test]
fn ecdsa_signatures_in_der_are_refused() {
    let key = keys::of(Algorithm::ES256);
    let pkcs8 = key.to_pkcs8().unwrap().unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&aws::ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8).unwrap();
    let der = pair.sign(&SystemRandom::new(), b"message").unwrap();
    let valid = UnparsedPublicKey::new(&aws::ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref());
    assert!(valid.verify(b"message", der.as_ref()).is_ok(), "the signature itself is good");
    let refused = key.verification_key().unwrap().verify(Algorithm::ES256, b"message", der.as_ref());
    assert_eq!(refused, Err(Error::BadSignature));
}

#[test]
fn ecdsa_signatures_of_zeros_and_of_the_order_are_refused() {
    // The order of P-256.
    let order = base64url::decode("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").unwrap();
    let (zero, one) = (vec![0; 32], [vec![0; 31], vec![1]].concat());
    let public = keys::of(Algorithm::ES256).verification_key().unwrap();
    for r in [&zero, &one, &order] {
        for s in [&zero, &one, &order] {
            let signature = [&r[..], s].concat();
            assert_eq!(public.verify(Algorithm::ES256, b"message", &signature), Err(Error::BadSignature));
        }
    }
    for (algorithm, len) in [(Algorithm::ES384, 96), (Algorithm::ES512, 132), (Algorithm::EdDSA, 64)] {
        let public = keys::of(algorithm).verification_key().unwrap();
        assert_eq!(
            public.verify(algorithm, b"message", &vec![0; len]),
            Err(Error::BadSignature),
            "{algorithm}"
        );
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512] {
        let public = keys::of(algorithm).public_jwk().unwrap();
        let mut y = base64url::decode(public.y.as_ref().unwrap()).unwrap();
        *y.last_mut().unwrap() ^= 1;
        let zero = base64url::encode(vec![0; y.len()]);
        assert_eq!(altered(algorithm, &json!({"y": base64url::encode(&y)})).err(), Some(Error::KeyRejected));
        assert_eq!(altered(algorithm, &json!({"x": zero, "y": zero})).err(), Some(Error::KeyRejected));
        assert_eq!(
            altered(algorithm, &json!({"x": public.y, "y": public.x})).err(),
            Some(Error::KeyRejected)
        );
    }
}

#[test]
fn coordinates_have_the_full_length_of_their_curve() {
    let public = keys::of(Algorithm::ES256).public_jwk().unwrap();
    let x = base64url::decode(public.x.as_ref().unwrap()).unwrap();
    for bad in [x[1..].to_vec(), [&[0], &x[..]].concat(), Vec::new()] {
        let refused = altered(Algorithm::ES256, &json!({"x": base64url::encode(bad)}));
        assert_eq!(refused.err(), Some(Error::MalformedMember("x")));
    }
    let padded = altered(Algorithm::ES256, &json!({"y": format!("{}=", public.y.unwrap())}));
    assert_eq!(padded.err(), Some(Error::MalformedMember("y")));
    let other_curve = altered(Algorithm::ES256, &json!({"crv": "P-384"}));
    assert_eq!(other_curve.err(), Some(Error::MalformedMember("x")));
}

#[test]
fn members_that_are_missing_or_unknown_are_named() {
    for (algorithm, members) in [
        (Algorithm::ES256, &["crv", "x", "y"][..]),
        (Algorithm::EdDSA, &["crv", "x"]),
        (Algorithm::RS256, &["n", "e"]),
    ] {
        for name in members {
            let refused = altered(algorithm, &json!({*name: null}));
            assert_eq!(refused.err(), Some(Error::MissingMember(name)), "{algorithm}");
        }
    }
    for (algorithm, curve) in [
        (Algorithm::ES256, "secp256k1"),
        (Algorithm::ES256, "p-256"),
        (Algorithm::EdDSA, "X25519"),
        (Algorithm::EdDSA, "Ed448"),
    ] {
        assert_eq!(
            altered(algorithm, &json!({"crv": curve})).err(),
            Some(Error::UnsupportedCurve),
            "{curve}"
        );
    }
}

#[test]
fn weak_rsa_keys_are_refused() {
    let n = vec![0xc3; 128];
    let weak = jwk(json!({"kty": "RSA", "n": base64url::encode(&n), "e": "AQAB"}));
    assert_eq!(VerificationKey::from_jwk(&weak).err(), Some(Error::RsaModulusSize { bits: 1024 }));
    let spki = RsaPublicKeyComponents { n, e: vec![1, 0, 1] }.as_der().unwrap();
    assert_eq!(
        VerificationKey::from_spki_der(spki.as_ref()).err(),
        Some(Error::RsaModulusSize { bits: 1024 })
    );
    for e in ["AQ", "Ag", "AA", "", "AQAA"] {
        assert_eq!(altered(Algorithm::RS256, &json!({"e": e})).err(), Some(Error::KeyRejected), "e = {e}");
    }
}

#[test]
fn what_a_jwk_says_of_its_purpose_binds() {
    for (members, error) in [
        (json!({"use": "enc"}), Error::NotForSignatures),
        (json!({"use": "other"}), Error::NotForSignatures),
        (json!({"key_ops": ["encrypt", "wrapKey"]}), Error::NotForSignatures),
        (json!({"key_ops": []}), Error::NotForSignatures),
        (json!({"alg": "RSA-OAEP-256"}), Error::NotForSignatures),
        (json!({"alg": "none"}), Error::NotForSignatures),
        (json!({"alg": "HS256"}), Error::NotForSignatures),
    ] {
        for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA] {
            assert_eq!(altered(algorithm, &members).err(), Some(error.clone()), "{algorithm} {members}");
        }
    }
    let narrowed = altered(Algorithm::RS256, &json!({"alg": "PS512", "key_ops": ["verify"]})).unwrap();
    assert_eq!(narrowed.algorithms().collect::<Vec<_>>(), [Algorithm::PS512]);
    assert_eq!(altered(Algorithm::ES256, &json!({"alg": "ES384"})).err(), Some(Error::NotForSignatures));
}

#[test]
fn a_published_set_yields_only_sound_public_keys() {
    let good = Jwk { kid: Some("good".into()), ..keys::of(Algorithm::ES256).public_jwk().unwrap() };
    let enc = Jwk { kid: Some("enc".into()), key_use: Some("enc".into()), ..good.clone() };
    let off = Jwk { kid: Some("off".into()), x: good.y.clone(), ..good.clone() };
    let secret = jwk(json!({"kty": "oct", "kid": "oct", "k": base64url::encode([7; 32])}));
    let keys = KeySet::from_jwk_set(&JwkSet { keys: vec![enc, off, secret, good] });
    assert_eq!(keys.len(), 1);
    let reasons: Vec<_> =
        keys.rejected().iter().map(|(kid, error)| (kid.as_deref(), error.clone())).collect();
    assert_eq!(
        reasons,
        [
            (Some("enc"), Error::NotForSignatures),
            (Some("off"), Error::KeyRejected),
            (Some("oct"), Error::SymmetricKey)
        ]
    );
    for algorithm in Algorithm::HMAC {
        assert_eq!(keys.candidates(None, algorithm).count(), 0);
    }
}

#[test]
fn ed25519_keys_of_small_order_are_refused() {
    // p - 1, p, p + 1, 0, 1 and the two of order 8, little-endian; then each with the sign bit set.
    let near_p = |low: u8| {
        let mut y = [0xff; 32];
        (y[0], y[31]) = (low, 0x7f);
        y
    };
    let near_0 = |low: u8| {
        let mut y = [0; 32];
        y[0] = low;
        y
    };
    let order_8 =
        ["JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"];
    let mut points = vec![near_p(0xec), near_p(0xed), near_p(0xee), near_0(0), near_0(1)];
    points.extend(order_8.map(|y| <[u8; 32]>::try_from(base64url::decode(y).unwrap()).unwrap()));
    for mut point in points {
        for sign in [0, 0x80] {
            point[31] |= sign;
            let refused = altered(Algorithm::EdDSA, &json!({"x": base64url::encode(point)}));
            assert_eq!(refused.err(), Some(Error::KeyRejected), "{point:x?}");
        }
    }
    // Why: the library itself takes such a key, and one signature (R = 1, S = 0) then fits any message.
    let weak = UnparsedPublicKey::new(&aws::ED25519, near_0(1));
    let universal = [&near_0(1)[..], &near_0(0)].concat();
    assert!(weak.verify(b"one message", &universal).is_ok() && weak.verify(b"another", &universal).is_ok());
}

#[test]
fn public_keys_of_certificates_are_read_strictly() {
    for key in keys::all().iter().filter(|key| !key.algorithm().is_symmetric()) {
        let spki = spki_of(key);
        let expected = Jwk { alg: None, key_use: None, ..key.public_jwk().unwrap() };
        assert_eq!(Jwk::from_spki_der(&spki).unwrap(), expected);
        let public = VerificationKey::from_spki_der(&spki).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert_eq!(public.verify(key.algorithm(), b"message", &signature), Ok(()));

        let trailing = [&spki[..], &[0]].concat();
        assert_eq!(Jwk::from_spki_der(&trailing).err(), Some(Error::KeyRejected));
        for len in 0..spki.len() {
            assert_eq!(Jwk::from_spki_der(&spki[..len]).err(), Some(Error::KeyRejected));
        }
    }
}

fn spki_of(key: &SigningKey) -> Vec<u8> {
    let pkcs8 = key.to_pkcs8().expect("the key encodes").expect("not a secret");
    let der = match key.algorithm() {
        Algorithm::ES256 => ec_spki(&aws::ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8),
        Algorithm::ES384 => ec_spki(&aws::ECDSA_P384_SHA384_FIXED_SIGNING, &pkcs8),
        Algorithm::ES512 => ec_spki(&aws::ECDSA_P521_SHA512_FIXED_SIGNING, &pkcs8),
        Algorithm::EdDSA => {
            aws::Ed25519KeyPair::from_pkcs8(&pkcs8).expect("our own key parses").public_key().as_der()
        }
        _ => aws::RsaKeyPair::from_pkcs8(&pkcs8).expect("our own key parses").public_key().as_der(),
    };
    der.expect("the key encodes").as_ref().to_vec()
}

fn ec_spki(
    algorithm: &'static aws::EcdsaSigningAlgorithm,
    pkcs8: &[u8],
) -> Result<aws_lc_rs::encoding::PublicKeyX509Der<'static>, aws_lc_rs::error::Unspecified> {
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).expect("our own key parses").public_key().as_der()
}

#[test]
fn private_and_public_members_belong_together() {
    let [a, b] = [0, 1].map(|_| SigningKey::generate(Algorithm::EdDSA).unwrap());
    let seed = base64url::encode(&a.to_pkcs8().unwrap().unwrap()[16..48]);
    let with_seed = |public: &SigningKey| Jwk {
        d: Some(SecretMember::from(seed.clone())),
        ..public.public_jwk().expect("not a secret")
    };
    let good = SigningKey::from_jwk(Algorithm::EdDSA, &with_seed(&a)).unwrap();
    assert_eq!(good.public_jwk(), a.public_jwk());
    assert_eq!(SigningKey::from_jwk(Algorithm::EdDSA, &with_seed(&b)).err(), Some(Error::KeyRejected));
    assert_eq!(
        SigningKey::from_jwk(Algorithm::EdDSA, &a.public_jwk().unwrap()).err(),
        Some(Error::MissingMember("d"))
    );
    assert_eq!(
        SigningKey::from_jwk(Algorithm::ES256, &with_seed(&a)).err(),
        Some(Error::AlgorithmMismatch(Algorithm::ES256))
    );
}
