//! Ephemeral-static Diffie-Hellman and what is made of it (RFC 7518 §4.6, RFC 8037 §3.2).

use aws_lc_rs::{agreement, digest};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::{Error, Jwk, KeyType, base64url, verification_key::Curve};

/// Where keys for Diffie-Hellman lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Nist(Curve),
    X25519,
}

impl Group {
    pub(super) const fn algorithm(self) -> &'static agreement::Algorithm {
        match self {
            Self::Nist(Curve::P256) => &agreement::ECDH_P256,
            Self::Nist(Curve::P384) => &agreement::ECDH_P384,
            Self::Nist(Curve::P521) => &agreement::ECDH_P521,
            Self::X25519 => &agreement::X25519,
        }
    }
}

/// A public key for Diffie-Hellman, checked: the point lies on its curve.
#[derive(Clone)]
pub(super) struct PublicKey {
    pub(super) group: Group,
    pub(super) octets: Vec<u8>,
}

impl PublicKey {
    /// Reads `kty`, `crv`, `x` and `y`.
    pub(super) fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        let (group, octets) = match jwk.kty {
            KeyType::EC => {
                let (curve, point) = jwk.point()?;
                (Group::Nist(curve), point)
            }
            KeyType::OKP if jwk.crv.as_deref() == Some("X25519") => {
                (Group::X25519, Jwk::octets("x", &jwk.x)?)
            }
            KeyType::OKP => return Err(Error::UnsupportedCurve),
            KeyType::RSA | KeyType::Oct => return Err(Error::UnsupportedKeyType),
        };
        if group == Group::X25519 && octets.len() != 32 {
            return Err(Error::MalformedMember("x"));
        }
        let key = Self { group, octets };
        let parsed: Result<agreement::ParsedPublicKey, _> = key.unparsed().try_into();
        parsed.map_err(|_| Error::KeyRejected)?;
        Ok(key)
    }

    fn unparsed(&self) -> agreement::UnparsedPublicKey<&[u8]> {
        agreement::UnparsedPublicKey::new(self.group.algorithm(), &self.octets)
    }

    /// The public members alone.
    pub(super) fn to_json(&self) -> Result<Value, Error> {
        Ok(match self.group {
            Group::X25519 => json!({"kty": "OKP", "crv": "X25519", "x": base64url::encode(&self.octets)}),
            Group::Nist(curve) => {
                let (x, y) = crate::spki::coordinates(curve, &self.octets)?;
                json!({"kty": "EC", "crv": curve.name(), "x": x, "y": y})
            }
        })
    }
}

/// Agrees with `theirs` under a new key: its public half, and the shared secret.
pub(super) fn ephemeral(theirs: &PublicKey) -> Result<(PublicKey, Zeroizing<Vec<u8>>), Error> {
    let mine = agreement::PrivateKey::generate(theirs.group.algorithm()).map_err(|_| Error::Crypto)?;
    let octets = mine.compute_public_key().map_err(|_| Error::Crypto)?.as_ref().to_vec();
    let secret = agree(&mine, theirs)?;
    Ok((PublicKey { group: theirs.group, octets }, secret))
}

/// The shared secret of two keys of one group. A point off the curve, of small order or of another curve is refused:
/// its secret would tell of ours (RFC 7518 §8.8, RFC 8725 §3.4).
pub(super) fn agree(mine: &agreement::PrivateKey, theirs: &PublicKey) -> Result<Zeroizing<Vec<u8>>, Error> {
    agreement::agree(mine, theirs.unparsed(), Error::Decryption, |secret| Ok(Zeroizing::new(secret.to_vec())))
}

/// For whom and from whom, as the header says (RFC 7518 §4.6.1.2, §4.6.1.3).
#[derive(Default)]
pub(super) struct Parties {
    pub(super) apu: Vec<u8>,
    pub(super) apv: Vec<u8>,
}

impl Parties {
    pub(super) fn from_header(header: &Map<String, Value>) -> Result<Self, Error> {
        let octets = |name: &'static str| match header.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => base64url::decode(text).map_err(|_| Error::MalformedHeader(name)),
            Some(_) => Err(Error::MalformedHeader(name)),
        };
        Ok(Self { apu: octets("apu")?, apv: octets("apv")? })
    }
}

/// The Concat KDF with SHA-256 (RFC 7518 §4.6.2, NIST SP 800-56A §5.8.1): `bytes` of key for `name`.
pub(super) fn derive(secret: &[u8], name: &str, parties: &Parties, bytes: usize) -> Zeroizing<Vec<u8>> {
    const HASH: usize = 32;
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.next_multiple_of(HASH)));
    let mut round: u32 = 0;
    while out.len() < bytes {
        round += 1;
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&round.to_be_bytes());
        context.update(secret);
        for part in [name.as_bytes(), &parties.apu, &parties.apv] {
            context.update(&length(part.len()));
            context.update(part);
        }
        context.update(&length(bytes * 8));
        out.extend_from_slice(context.finish().as_ref());
    }
    out.truncate(bytes);
    out
}

/// 32 bits, big-endian. Headers are far shorter than what does not fit.
fn length(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(json: Value) -> PublicKey {
        PublicKey::from_jwk(&serde_json::from_value(json).unwrap()).unwrap()
    }

    #[test]
    fn the_example_of_rfc_7518_appendix_c() {
        let bob = key(json!({"kty": "EC", "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}));
        let alice = base64url::decode("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo").unwrap();
        let alice = agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, &alice).unwrap();
        let secret = agree(&alice, &bob).unwrap();
        let parties = Parties { apu: b"Alice".to_vec(), apv: b"Bob".to_vec() };
        assert_eq!(base64url::encode(derive(&secret, "A128GCM", &parties, 16)), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn the_example_of_rfc_8037_appendix_a_6() {
        let bob =
            key(json!({"kty": "OKP", "crv": "X25519", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}));
        // The ephemeral key of the example is that of RFC 7748 §6.1.
        let alice: Vec<u8> = [
            0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45,
            0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a,
        ]
        .to_vec();
        let alice = agreement::PrivateKey::from_private_key(&agreement::X25519, &alice).unwrap();
        let secret = agree(&alice, &bob).unwrap();
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    #[test]
    fn points_off_the_curve_are_no_keys() {
        let mut point = json!({"kty": "EC", "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"});
        let read =
            |json: &Value| PublicKey::from_jwk(&serde_json::from_value(json.clone()).unwrap()).map(|_| ());
        assert_eq!(read(&point), Ok(()));
        point["y"] = "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyco".into();
        assert_eq!(read(&point), Err(Error::KeyRejected));
        point["y"] = base64url::encode([0; 32]).into();
        assert_eq!(read(&point), Err(Error::KeyRejected));
        point["crv"] = "P-384".into();
        assert_eq!(read(&point), Err(Error::MalformedMember("x")));
    }

    #[test]
    fn x25519_points_of_small_order_agree_on_nothing() {
        let mine = agreement::PrivateKey::generate(&agreement::X25519).unwrap();
        for first in [0, 1] {
            let mut octets = vec![0; 32];
            octets[0] = first;
            let theirs = PublicKey { group: Group::X25519, octets };
            assert_eq!(agree(&mine, &theirs), Err(Error::Decryption));
        }
    }

    #[test]
    fn more_than_one_round_makes_a_longer_key() {
        let long = derive(b"secret", "A256CBC-HS512", &Parties::default(), 64);
        assert_eq!(long.len(), 64);
        assert_ne!(long[..32], long[32..]);
    }
}
