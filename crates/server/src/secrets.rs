//! Keys derived from the master key, and digests of secrets.

use aws_lc_rs::{digest, hkdf, hmac};

/// Keys that every node derives alike from the master key (`secret.key`).
#[derive(Debug)]
pub struct Keys {
    /// Signs the `csrf` fields of forms.
    pub csrf: hmac::Key,
    /// Authenticates the nonces of `DPoP` proofs.
    pub dpop_nonce: hmac::Key,
    /// Makes the successors of registration access tokens.
    pub registration: hmac::Key,
    /// Says in the address of a logout that its `id_token_hint` was seen.
    pub logout: hmac::Key,
}

impl Keys {
    /// Derives the keys from the master key by HKDF (RFC 5869), a label for each use.
    pub fn derive(master: &[u8]) -> Self {
        Self {
            csrf: hmac_key(master, b"csrf"),
            dpop_nonce: hmac_key(master, b"dpop nonce"),
            registration: hmac_key(master, b"registration"),
            logout: hmac_key(master, b"logout"),
        }
    }
}

fn hmac_key(master: &[u8], label: &[u8]) -> hmac::Key {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"symbolon");
    let pseudo_random_key = salt.extract(master);
    let info = [label];
    let material = pseudo_random_key
        .expand(&info, hmac::HMAC_SHA256)
        .expect("the key of HMAC-SHA-256 is shorter than the longest output of HKDF-SHA-256");
    hmac::Key::from(material)
}

/// SHA-256. Codes, tokens and session ids are looked up by it; they are never stored themselves.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_the_fips_180_example() {
        let hex: String = sha256(b"abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn keys_differ_by_master_key() {
        let tag = |master: &[u8]| hmac::sign(&Keys::derive(master).csrf, b"x").as_ref().to_vec();
        assert_eq!(tag(b"one"), tag(b"one"));
        assert_ne!(tag(b"one"), tag(b"two"));
    }
}
