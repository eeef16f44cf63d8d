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
        _ => Err(Error::UnsupportedCurve),
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
