//! `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7) of the key types this crate knows.

use crate::{Error, base64url, der, jwk::Jwk, rsa::RsaPublic, verification_key::Curve};

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const SECP521R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Reads the key as a JWK; whether the point lies on its curve is checked where the key is used.
pub(crate) fn to_jwk(spki: &[u8]) -> Result<Jwk, Error> {
    let (oid, parameters, key) = parts(spki).ok_or(Error::KeyRejected)?;
    match oid {
        RSA_ENCRYPTION => Ok(Jwk::rsa(&RsaPublic::from_der(key)?)),
        ED25519 => Ok(Jwk::ed25519(key)),
        EC_PUBLIC_KEY => {
            let curve = match der::only(der::OID, parameters) {
                Some(PRIME256V1) => Curve::P256,
                Some(SECP384R1) => Curve::P384,
                Some(SECP521R1) => Curve::P521,
                _ => return Err(Error::UnsupportedCurve),
            };
            Jwk::ec(curve, key)
        }
        _ => Err(Error::UnsupportedKeyType),
    }
}

/// The algorithm's OID, its parameters, and the key's octets.
fn parts(spki: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (algorithm, rest) = der::take(der::SEQUENCE, der::only(der::SEQUENCE, spki)?)?;
    let (oid, parameters) = der::take(der::OID, algorithm)?;
    let (unused, key) = der::only(der::BIT_STRING, rest)?.split_first()?;
    (*unused == 0).then_some((oid, parameters, key))
}

/// The octets of `x` and `y` of an uncompressed point (SEC 1 §2.3.3).
pub(crate) fn coordinates(curve: Curve, point: &[u8]) -> Result<(String, String), Error> {
    match point.split_first() {
        Some((4, xy)) if xy.len() == 2 * curve.field_bytes() => {
            let (x, y) = xy.split_at(curve.field_bytes());
            Ok((base64url::encode(x), base64url::encode(y)))
        }
        _ => Err(Error::KeyRejected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410 §10.1
    const EXAMPLE: [u8; 44] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0x19, 0xbf, 0x44, 0x09, 0x69,
        0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96, 0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6,
        0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1,
    ];

    #[test]
    fn the_ed25519_example_of_rfc_8410_is_read() {
        let jwk = to_jwk(&EXAMPLE).unwrap();
        assert_eq!(jwk.crv.as_deref(), Some("Ed25519"));
        assert_eq!(jwk.x, Some(base64url::encode(&EXAMPLE[12..])));
    }

    #[test]
    fn unused_bits_and_unknown_types_are_refused() {
        let changed = |at: usize, byte| {
            let mut der = EXAMPLE;
            der[at] = byte;
            to_jwk(&der)
        };
        assert_eq!(changed(11, 1), Err(Error::KeyRejected), "a key has whole octets");
        assert_eq!(changed(8, 0x71), Err(Error::UnsupportedKeyType), "Ed448");
        assert_eq!(changed(8, 0x6e), Err(Error::UnsupportedKeyType), "X25519");
    }

    #[test]
    fn only_uncompressed_points_have_coordinates() {
        let point = |form: u8, len: usize| coordinates(Curve::P256, &[&[form][..], &vec![7; len]].concat());
        assert!(point(4, 64).is_ok());
        for (form, len) in [(2, 32), (3, 32), (4, 63), (4, 65), (4, 96), (6, 64), (7, 64), (0, 0)] {
            assert_eq!(point(form, len), Err(Error::KeyRejected), "form {form}, {len} octets");
        }
        assert_eq!(coordinates(Curve::P256, &[]), Err(Error::KeyRejected));
    }
}
