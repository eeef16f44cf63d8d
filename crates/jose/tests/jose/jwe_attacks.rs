//! Encrypted tokens that somebody made up, and keys that must not be used.

use std::sync::LazyLock;

use serde_json::{Value, json};
use symbolon_jose::{
    ContentEncryption, DecryptionKey, EncryptionKey, Error, Jwe, JweEncrypter, Jwk, KeyManagement, base64url,
};

/// An RSA and a P-256 key, made once.
static KEYS: LazyLock<[DecryptionKey; 2]> = LazyLock::new(|| {
    [("r", KeyManagement::RsaOaep256), ("e", KeyManagement::EcdhEs)].map(|(kid, algorithm)| {
        let pkcs8 = DecryptionKey::generate_pkcs8(algorithm).expect("the library makes keys");
        DecryptionKey::from_pkcs8(Some(kid), algorithm, &pkcs8).expect("our own key")
    })
});

const ENC: ContentEncryption = ContentEncryption::A128CbcHs256;

fn jwk(value: Value) -> Jwk {
    serde_json::from_value(value).expect("a JWK")
}

fn encrypted(algorithm: KeyManagement) -> String {
    let jwks: Vec<_> = KEYS.iter().filter_map(DecryptionKey::public_jwk).collect();
    let key = EncryptionKey::choose(&jwks, algorithm).expect("a public key for each");
    let encrypter = JweEncrypter::new(key, algorithm, ENC).expect("the key serves");
    encrypter.encrypt_jwt("a.b.c").expect("it encrypts")
}

fn decrypt(token: &str) -> Result<Vec<u8>, Error> {
    let jwe = Jwe::parse(token, 8192)?;
    jwe.decrypt(&*KEYS, &KeyManagement::ALL, &ContentEncryption::ALL).map(|text| text.to_vec())
}

/// The token with another header, or other parts.
fn with_part(token: &str, at: usize, part: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[at] = part;
    parts.join(".")
}

fn with_header(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let header = base64url::decode(token.split('.').next().unwrap_or_default()).expect("a header");
    let mut header: Value = serde_json::from_slice(&header).expect("JSON");
    change(&mut header);
    with_part(token, 0, &base64url::encode(header.to_string()))
}

#[test]
fn what_is_encrypted_to_a_published_key_is_decrypted() {
    for algorithm in KeyManagement::PUBLIC {
        let token = encrypted(algorithm);
        assert!(Jwe::has_its_shape(&token));
        let jwe = Jwe::parse(&token, 8192).unwrap();
        assert_eq!(jwe.header().alg, algorithm);
        assert_eq!(jwe.header().cty.as_deref(), Some("JWT"));
        assert_eq!(jwe.header().kid.as_deref(), Some(if algorithm.is_rsa() { "r" } else { "e" }));
        assert_eq!(decrypt(&token).unwrap(), b"a.b.c");
    }
}

#[test]
fn a_wrong_key_a_wrong_tag_and_wrong_padding_are_one_error() {
    for algorithm in KeyManagement::PUBLIC {
        let token = encrypted(algorithm);
        let parts: Vec<_> = token.split('.').collect();
        let zeros = |at: usize| base64url::encode(vec![0; base64url::decode(parts[at]).unwrap().len()]);
        for at in [1, 2, 3, 4] {
            if !parts[at].is_empty() {
                assert_eq!(
                    decrypt(&with_part(&token, at, &zeros(at))),
                    Err(Error::Decryption),
                    "{algorithm} {at}"
                );
                assert_eq!(decrypt(&with_part(&token, at, "")), Err(Error::Decryption), "{algorithm} {at}");
            }
        }
        assert_eq!(decrypt(&with_part(&token, 1, "AAAA")), Err(Error::Decryption), "{algorithm}");
        // Padding with zeros, as PKCS #1 1.5 has it, and a number larger than the modulus.
        assert_eq!(decrypt(&with_part(&token, 1, &base64url::encode([0xff; 256]))), Err(Error::Decryption));
    }
}

#[test]
fn the_header_is_authenticated() {
    for algorithm in [KeyManagement::RsaOaep256, KeyManagement::EcdhEsA256Kw] {
        let token = with_header(&encrypted(algorithm), |header| header["cty"] = "other".into());
        assert_eq!(decrypt(&token), Err(Error::Decryption));
    }
}

#[test]
fn an_ephemeral_key_off_its_curve_is_refused() {
    let token = encrypted(KeyManagement::EcdhEs);
    let zero = base64url::encode([0; 32]);
    let changes: [fn(&mut Value, &str); 7] = [
        |header, zero| header["epk"]["x"] = zero.into(),
        |header, zero| header["epk"]["y"] = zero.into(),
        |header, _| header["epk"]["crv"] = "P-384".into(),
        |header, _| header["epk"] = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
        |header, zero| header["epk"] = json!({"kty": "OKP", "crv": "X25519", "x": zero}),
        |header, _| header["epk"] = "none".into(),
        |header, _| drop(header.as_object_mut().unwrap().remove("epk")),
    ];
    for change in changes {
        let token = with_header(&token, |header| change(header, &zero));
        assert_eq!(decrypt(&token), Err(Error::MalformedHeader("epk")));
    }
}

#[test]
fn headers_that_ask_for_too_much_are_refused() {
    let token = encrypted(KeyManagement::RsaOaep256);
    for (name, value, error) in [
        ("zip", json!("DEF"), Error::Compressed),
        ("crit", json!(["exp"]), Error::MalformedHeader("crit")),
        ("crit", json!([]), Error::MalformedHeader("crit")),
        ("alg", json!("RSA1_5"), Error::UnknownAlgorithm),
        ("alg", json!("PBES2-HS256+A128KW"), Error::UnknownAlgorithm),
        ("alg", json!(1), Error::MalformedHeader("alg")),
        ("enc", json!("none"), Error::UnknownEncryption),
        ("enc", json!(null), Error::MalformedHeader("enc")),
        ("kid", json!(7), Error::MalformedHeader("kid")),
    ] {
        assert_eq!(decrypt(&with_header(&token, |header| header[name] = value)), Err(error), "{name}");
    }
    let critical = with_header(&token, |header| {
        header["crit"] = json!(["x"]);
        header["x"] = json!(1);
    });
    assert_eq!(decrypt(&critical), Err(Error::UnknownCritical));
    let twice = base64url::encode(r#"{"alg":"dir","alg":"dir","enc":"A128GCM"}"#);
    assert!(matches!(decrypt(&with_part(&token, 0, &twice)), Err(Error::DuplicateMember(_))));
}

#[test]
fn only_five_parts_within_the_limit_are_a_token() {
    let token = encrypted(KeyManagement::RsaOaep256);
    for other in ["", "a.b.c", &format!("{token}."), &token.replacen('.', "", 1)] {
        assert_eq!(Jwe::parse(other, 8192).map(|_| ()), Err(Error::EncryptedPartCount), "{other}");
        assert!(!Jwe::has_its_shape(other));
    }
    assert!(matches!(Jwe::parse(&token, token.len() - 1), Err(Error::TooLong { .. })));
    assert_eq!(decrypt(&with_part(&token, 2, "AB==")), Err(Error::Base64));
}

#[test]
fn only_what_the_caller_allows_is_decrypted() {
    let token = encrypted(KeyManagement::RsaOaep);
    let jwe = Jwe::parse(&token, 8192).unwrap();
    assert_eq!(
        jwe.decrypt(&*KEYS, &[KeyManagement::RsaOaep256], &ContentEncryption::ALL),
        Err(Error::KeyManagementNotAllowed(KeyManagement::RsaOaep))
    );
    assert_eq!(
        jwe.decrypt(&*KEYS, &KeyManagement::ALL, &[ContentEncryption::A256Gcm]),
        Err(Error::ContentEncryptionNotAllowed(ENC))
    );
    let other = with_header(&token, |header| header["kid"] = "e".into());
    assert!(matches!(decrypt(&other), Err(Error::NoDecryptionKey { .. })));
}

#[test]
fn a_public_key_is_no_secret() {
    // As for signatures, a sender that takes the published key for a shared secret gets nowhere.
    for algorithm in KeyManagement::SYMMETRIC {
        let token = with_header(&encrypted(KeyManagement::EcdhEs), |header| {
            header["alg"] = algorithm.as_str().into();
        });
        assert!(matches!(decrypt(&token), Err(Error::NoDecryptionKey { .. })), "{algorithm}");
    }
}

#[test]
fn keys_for_other_uses_are_not_encrypted_to() {
    let public = KEYS[1].public_jwk().unwrap();
    let with = |name: &str, value: Value| {
        let mut json = serde_json::to_value(&public).unwrap();
        json[name] = value;
        EncryptionKey::from_jwk(&jwk(json)).map(|_| ())
    };
    assert_eq!(with("use", json!("enc")), Ok(()));
    assert_eq!(with("alg", json!("ECDH-ES+A128KW")), Ok(()));
    assert_eq!(with("key_ops", json!(["deriveBits"])), Ok(()));
    assert_eq!(with("use", json!("sig")), Err(Error::NotForEncryption));
    assert_eq!(with("alg", json!("ES256")), Err(Error::NotForEncryption));
    assert_eq!(with("alg", json!("RSA1_5")), Err(Error::NotForEncryption));
    assert_eq!(with("key_ops", json!(["verify"])), Err(Error::NotForEncryption));
    assert_eq!(with("y", json!(base64url::encode([1; 32]))), Err(Error::KeyRejected));
}

#[test]
fn a_published_secret_is_never_chosen() {
    let secret = jwk(json!({"kty": "oct", "k": base64url::encode([7; 16])}));
    assert_eq!(
        EncryptionKey::choose([&secret], KeyManagement::A128Kw).map(|_| ()),
        Err(Error::NoEncryptionKey(KeyManagement::A128Kw))
    );
}

#[test]
fn the_key_that_says_it_is_for_encryption_is_chosen_first() {
    let mut silent = KEYS[1].public_jwk().unwrap();
    silent.key_use = None;
    silent.kid = Some("silent".to_owned());
    let named = KEYS[1].public_jwk().unwrap();
    let mut exact = named.clone();
    exact.alg = Some("ECDH-ES+A256KW".to_owned());
    exact.kid = Some("exact".to_owned());
    let choose = |keys: &[&Jwk], algorithm| {
        EncryptionKey::choose(keys.iter().copied(), algorithm).unwrap().kid().unwrap().to_owned()
    };
    assert_eq!(choose(&[&silent, &named], KeyManagement::EcdhEs), "e");
    assert_eq!(choose(&[&silent], KeyManagement::EcdhEs), "silent");
    assert_eq!(choose(&[&silent, &named, &exact], KeyManagement::EcdhEsA256Kw), "exact");
    assert_eq!(choose(&[&exact, &silent], KeyManagement::EcdhEs), "silent");
}

#[test]
fn secrets_must_have_the_length_of_the_key() {
    let key = EncryptionKey::from_jwk(&jwk(json!({"kty": "oct", "k": base64url::encode([7; 24])}))).unwrap();
    let new = |algorithm, enc| JweEncrypter::new(key.clone(), algorithm, enc).map(|_| ());
    assert_eq!(new(KeyManagement::A192Kw, ENC), Ok(()));
    assert_eq!(new(KeyManagement::Dir, ContentEncryption::A192Gcm), Ok(()));
    assert_eq!(new(KeyManagement::Dir, ENC), Err(Error::SecretLength { bytes: 24, needed: 32 }));
    assert_eq!(new(KeyManagement::A128Kw, ENC), Err(Error::SecretLength { bytes: 24, needed: 16 }));
    assert_eq!(new(KeyManagement::EcdhEs, ENC), Err(Error::KeyManagementMismatch(KeyManagement::EcdhEs)));
}

#[test]
fn both_sides_derive_one_key_from_a_client_secret() {
    for algorithm in KeyManagement::SYMMETRIC {
        for enc in ContentEncryption::ALL {
            let key = EncryptionKey::from_client_secret("a client's secret");
            let token = JweEncrypter::new(key, algorithm, enc).unwrap().encrypt(b"hello", None).unwrap();
            let jwe = Jwe::parse(&token, 8192).unwrap();
            let decrypt = |secret: &str| {
                let keys = [DecryptionKey::from_client_secret(secret)];
                jwe.decrypt(&keys, &KeyManagement::ALL, &ContentEncryption::ALL).map(|text| text.to_vec())
            };
            assert_eq!(decrypt("a client's secret").unwrap(), b"hello");
            assert_eq!(decrypt("another's secret"), Err(Error::Decryption));
        }
    }
}

#[test]
fn a_derived_key_is_the_left_part_of_the_hash() {
    // OIDC Core §10.2: the left 128 bits of SHA-256 for A128KW.
    let hash = symbolon_jose::sha256(b"secret");
    let token = JweEncrypter::new(EncryptionKey::from_client_secret("secret"), KeyManagement::A128Kw, ENC)
        .unwrap()
        .encrypt(b"hello", None)
        .unwrap();
    let key =
        DecryptionKey::from_jwk(&jwk(json!({"kty": "oct", "k": base64url::encode(&hash[..16])}))).unwrap();
    let jwe = Jwe::parse(&token, 8192).unwrap();
    let text = jwe.decrypt(&[key], &KeyManagement::ALL, &ContentEncryption::ALL).unwrap();
    assert_eq!(text.as_slice(), b"hello");
}

#[test]
fn nothing_secret_is_shown_by_debug() {
    let key = DecryptionKey::from_client_secret("very secret");
    let text = format!("{key:?} {:?} {:?}", EncryptionKey::from_client_secret("very secret"), &*KEYS);
    assert!(!text.contains("very secret"));
    let token = encrypted(KeyManagement::EcdhEs);
    let jwe = Jwe::parse(&token, 8192).unwrap();
    assert!(!format!("{jwe:?}").contains(token.rsplit('.').next().unwrap()));
}
