//! The encryption examples the RFCs print. Those with `RSA1_5` and `zip` are refused.

use serde::Deserialize;
use symbolon_jose::{ContentEncryption, DecryptionKey, Error, Jwe, Jwk, KeyManagement};

#[derive(Deserialize)]
struct Example {
    source: String,
    key: Jwk,
    plaintext: String,
    token: String,
}

fn examples() -> Vec<Example> {
    serde_json::from_str(include_str!("jwe_examples.json")).expect("the examples are JSON")
}

fn example(source: &str) -> Example {
    examples().into_iter().find(|example| example.source == source).expect("the example is there")
}

fn decrypt(example: &Example) -> Result<String, Error> {
    let jwe = Jwe::parse(&example.token, 8192)?;
    let key = DecryptionKey::from_jwk(&example.key)?;
    let text = jwe.decrypt(&[key], &KeyManagement::ALL, &ContentEncryption::ALL)?;
    Ok(String::from_utf8(text.to_vec()).expect("the examples are text"))
}

#[test]
fn what_the_rfcs_encrypted_is_decrypted() {
    let mut decrypted = 0;
    for example in examples() {
        if !["RFC 7520 5.1", "RFC 7520 5.9"].contains(&example.source.as_str()) {
            assert_eq!(decrypt(&example).as_ref(), Ok(&example.plaintext), "{}", example.source);
            decrypted += 1;
        }
    }
    assert_eq!(decrypted, 8);
}

#[test]
fn rsa_with_pkcs_1_padding_is_refused() {
    assert_eq!(decrypt(&example("RFC 7520 5.1")), Err(Error::UnknownAlgorithm));
}

#[test]
fn compressed_content_is_refused() {
    assert_eq!(decrypt(&example("RFC 7520 5.9")), Err(Error::Compressed));
}

#[test]
fn every_character_of_an_example_counts() {
    for source in ["RFC 7516 A.3", "RFC 7520 5.4", "RFC 7520 5.5", "RFC 7520 5.6"] {
        let example = example(source);
        for at in 0..example.token.len() {
            let mut token = example.token.clone().into_bytes();
            token[at] = if token[at] == b'A' { b'B' } else { b'A' };
            let changed = Example {
                token: String::from_utf8(token).expect("ASCII"),
                key: example.key.clone(),
                source: String::new(),
                plaintext: String::new(),
            };
            assert!(decrypt(&changed).is_err(), "{source} at {at}");
        }
    }
}
