//! Hashes JOSE and OpenID Connect ask for, and comparison in constant time.

use aws_lc_rs::{constant_time, digest};

use crate::{Algorithm, base64url};

/// The left half of the hash of `value` in base64url, with the hash of `algorithm`: `at_hash`, `c_hash`
/// (OIDC Core §3.1.3.6, §3.3.2.11) and `s_hash` (FAPI 1 Advanced §5.1).
#[must_use]
pub fn half_hash(algorithm: Algorithm, value: &str) -> String {
    let hash = match algorithm.hash_bits() {
        256 => &digest::SHA256,
        384 => &digest::SHA384,
        _ => &digest::SHA512,
    };
    let full = digest::digest(hash, value.as_bytes());
    base64url::encode(&full.as_ref()[..full.as_ref().len() / 2])
}

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 in base64url: `x5t#S256` of a certificate, `S256` of a code verifier, `ath` of a token.
#[must_use]
pub fn sha256_b64url(bytes: &[u8]) -> String {
    base64url::encode(sha256(bytes))
}

/// Equality whose time depends on the lengths alone.
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_and_c_hash_of_oidc_core_appendix_a() {
        // OIDC Core A.3 and A.4: the ID token signed with RS256.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(Algorithm::RS256, token), "77QmUPtjPfzWtF2AnpK9RQ");
        let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
        assert_eq!(half_hash(Algorithm::RS256, code), "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn half_hashes_have_half_the_length_of_the_hash() {
        for (algorithm, chars) in [(Algorithm::ES256, 22), (Algorithm::PS384, 32), (Algorithm::EdDSA, 43)] {
            assert_eq!(half_hash(algorithm, "value").len(), chars);
        }
    }

    #[test]
    fn code_challenge_of_rfc_7636_appendix_b() {
        let verifier = b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(sha256_b64url(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn comparison_sees_every_byte_and_the_length() {
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"sam"));
        assert!(constant_time_eq(b"", b""));
    }
}
