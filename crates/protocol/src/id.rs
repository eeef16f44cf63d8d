//! Identifiers and secrets: their syntax, and making them from random bytes that the caller gives.

use crate::base64url;

/// Longest id of a tenant, workspace or client, in characters.
pub const MAX_ID_LENGTH: usize = 128;

/// How many random bytes [`entity_id`] needs.
pub const ENTITY_ID_BYTES: usize = 12;
/// How many random bytes [`client_id`] needs.
pub const CLIENT_ID_BYTES: usize = 16;
/// How many random bytes [`secret`] needs.
pub const SECRET_BYTES: usize = 32;

/// An id as ACP makes them: 20 lower-case base32hex characters (RFC 4648 §7, without padding).
#[must_use]
pub fn entity_id(random: [u8; ENTITY_ID_BYTES]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    let mut out = String::with_capacity(20);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in random {
        buffer = buffer << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(buffer >> bits & 31) as usize]));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(buffer << (5 - bits) & 31) as usize]));
    }
    out
}

/// A client id: 32 hexadecimal characters.
#[must_use]
pub fn client_id(random: [u8; CLIENT_ID_BYTES]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    random
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// A client secret, code, refresh token or session id: 43 base64url characters, 256 bits (RFC 6749 §10.10
/// wants 128 at least).
#[must_use]
pub fn secret(random: [u8; SECRET_BYTES]) -> String {
    base64url::encode(&random)
}

/// Whether `text` can be the id of a tenant, workspace, client, service or another entity.
///
/// Ids stand in paths, file names, logs and `aud` values, so: 1 to 128 of `A-Z a-z 0-9 - _ . ~ @ :`, beginning
/// with a letter, a digit or `_`, and never `..`.
#[must_use]
pub fn is_entity_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~@:".contains(&byte);
    text.len() <= MAX_ID_LENGTH
        && text.bytes().all(allowed)
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && !text.contains("..")
}

/// Whether `text` can be the id of a tenant or workspace. These are path segments and, with vanity domains, host
/// labels: 1 to 63 of `A-Z a-z 0-9 - _`, beginning with a letter or a digit.
#[must_use]
pub fn is_path_id(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entity_id_is_base32hex() {
        // The sample id of ACP, and the extremes.
        assert_eq!(entity_id([0; 12]), "00000000000000000000");
        assert_eq!(entity_id([0xff; 12]), "vvvvvvvvvvvvvvvvvvvg");
        let sample = [0x5f, 0xa1, 0x48, 0x58, 0x43, 0x82, 0x69, 0xb7, 0x43, 0xbe, 0x01, 0x43];
        assert_eq!(entity_id(sample), "bugkgm23g9kregtu051g");
    }

    #[test]
    fn client_id_is_hexadecimal() {
        assert_eq!(
            client_id(std::array::from_fn(|index| index as u8 * 17)),
            "00112233445566778899aabbccddeeff"
        );
    }

    #[test]
    fn secret_has_43_characters() {
        assert_eq!(secret([0xff; 32]), "__________________________________________8");
    }

    #[test]
    fn ids_that_play_tricks_are_refused() {
        for id in [
            "", ".", "..", "a..b", "../a", "a/b", "a\\b", "a b", "a%2fb", "é", "a\0", "-a", "a\n", "~a", ".a",
        ] {
            assert!(!is_entity_id(id), "{id:?}");
            assert!(!is_path_id(id), "{id:?}");
        }
        assert!(!is_entity_id(&"a".repeat(MAX_ID_LENGTH + 1)));
        assert!(!is_path_id(&"a".repeat(64)));
    }

    #[test]
    fn ids_of_the_walk_through_are_accepted() {
        for id in
            ["client-mtls", "admin-swagger", "bugkgm23g9kregtu051g", "default", "user@example.com", "a.b"]
        {
            assert!(is_entity_id(id), "{id}");
        }
        for id in ["default", "system", "acp-demo_1", "0"] {
            assert!(is_path_id(id), "{id}");
        }
    }

    proptest! {
        #[test]
        fn made_ids_are_valid_and_differ(one: [u8; 12], other: [u8; 12]) {
            prop_assert!(is_entity_id(&entity_id(one)));
            prop_assert_eq!(entity_id(one).len(), 20);
            prop_assert_eq!(one == other, entity_id(one) == entity_id(other));
        }
    }
}
