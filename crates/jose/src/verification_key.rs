//! Keys that verify, each knowing the algorithms it serves.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    hmac,
    signature::{self, EcdsaVerificationAlgorithm, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents},
};

use crate::{Algorithm, Error, Jwk, KeyType, rsa::RsaPublic};

/// A parsed key and the algorithms it may verify. A token's `alg` can only choose among these, so a public
/// key is never taken for a secret, nor a curve for another (RFC 8725 §3.1).
#[derive(Clone)]
pub struct VerificationKey(Arc<[(Algorithm, Verifier)]>);

enum Verifier {
    Public(ParsedPublicKey),
    Secret(Box<hmac::Key>),
}

impl VerificationKey {
    /// Parses and checks a JWK: a point must lie on its curve, a modulus have 2048 to 8192 bits, and `alg`,
    /// `use` and `key_ops`, where present, must allow signatures. Private members are ignored.
    ///
    /// # Errors
    /// [`Error::MissingMember`], [`Error::MalformedMember`], [`Error::UnsupportedCurve`],
    /// [`Error::NotForSignatures`], [`Error::KeyRejected`], [`Error::RsaModulusSize`],
    /// [`Error::WeakSecret`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        if jwk.key_use.as_deref().is_some_and(|key_use| key_use != "sig")
            || jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify" || op == "sign"))
        {
            return Err(Error::NotForSignatures);
        }
        let key = match jwk.kty {
            KeyType::EC => Self::from_ec(jwk)?,
            KeyType::OKP => Self::from_okp(jwk)?,
            KeyType::RSA => {
                let public = RsaPublic::new(&Jwk::octets("n", &jwk.n)?, &Jwk::octets("e", &jwk.e)?)?;
                return Self::from_rsa(&public, jwk.alg.as_deref());
            }
            KeyType::Oct => {
                let secret = jwk.k.as_ref().ok_or(Error::MissingMember("k"))?.decode("k")?;
                return Self::from_hmac(&secret, jwk.alg.as_deref());
            }
        };
        match &jwk.alg {
            Some(alg) if !key.algorithms().any(|a| a.as_str() == alg) => Err(Error::NotForSignatures),
            _ => Ok(key),
        }
    }

    /// Parses a DER `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// As [`Self::from_jwk`].
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_spki_der(spki)?)
    }

    /// A shared secret: it serves each HMAC whose hash is not longer than the secret (RFC 7518 §3.2).
    ///
    /// # Errors
    /// [`Error::WeakSecret`] below 32 bytes.
    pub fn from_secret(secret: &[u8]) -> Result<Self, Error> {
        Self::from_hmac(secret, None)
    }

    /// The algorithms this key verifies.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> + '_ {
        self.0.iter().map(|(algorithm, _)| *algorithm)
    }

    /// Whether this key verifies `algorithm`.
    #[must_use]
    pub fn allows(&self, algorithm: Algorithm) -> bool {
        self.algorithms().any(|a| a == algorithm)
    }

    /// Verifies a JWS signature (ECDSA as `R || S`, RFC 7518 §3.4) or MAC.
    ///
    /// # Errors
    /// [`Error::AlgorithmMismatch`] when the key does not serve `algorithm`, [`Error::BadSignature`].
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let (_, verifier) =
            self.0.iter().find(|(a, _)| *a == algorithm).ok_or(Error::AlgorithmMismatch(algorithm))?;
        match verifier {
            Verifier::Public(key) => key.verify_sig(message, signature),
            Verifier::Secret(key) => hmac::verify(key, message, signature),
        }
        .map_err(|_| Error::BadSignature)
    }

    fn from_ec(jwk: &Jwk) -> Result<Self, Error> {
        let (curve, point) = jwk.point()?;
        Self::public(curve.algorithm(), curve.verification(), &point)
    }

    fn from_okp(jwk: &Jwk) -> Result<Self, Error> {
        if jwk.crv.as_deref().ok_or(Error::MissingMember("crv"))? != "Ed25519" {
            return Err(Error::UnsupportedCurve);
        }
        let public: [u8; 32] =
            Jwk::octets("x", &jwk.x)?.try_into().map_err(|_| Error::MalformedMember("x"))?;
        if is_small_order(public) {
            return Err(Error::KeyRejected);
        }
        Self::public(Algorithm::EdDSA, &signature::ED25519, &public)
    }

    fn public(
        algorithm: Algorithm,
        verification: &'static dyn signature::VerificationAlgorithm,
        key: &[u8],
    ) -> Result<Self, Error> {
        let key = ParsedPublicKey::new(verification, key).map_err(|_| Error::KeyRejected)?;
        Ok(Self([(algorithm, Verifier::Public(key))].into()))
    }

    fn from_rsa(public: &RsaPublic, alg: Option<&str>) -> Result<Self, Error> {
        let numbers = RsaPublicKeyComponents { n: &public.n, e: &public.e };
        let verifiers: Vec<_> = served(&Algorithm::RSA, alg)
            .map(|algorithm| {
                let key = numbers.to_parsed_public_key(rsa_parameters(algorithm));
                key.map(|key| (algorithm, Verifier::Public(key))).map_err(|_| Error::KeyRejected)
            })
            .collect::<Result<_, _>>()?;
        if verifiers.is_empty() { Err(Error::NotForSignatures) } else { Ok(Self(verifiers.into())) }
    }

    pub(crate) fn from_hmac(secret: &[u8], alg: Option<&str>) -> Result<Self, Error> {
        let least = served(&Algorithm::HMAC, alg)
            .map(|algorithm| usize::from(algorithm.hash_bits() / 8))
            .min()
            .ok_or(Error::NotForSignatures)?;
        let verifiers: Vec<_> = served(&Algorithm::HMAC, alg)
            .filter(|algorithm| secret.len() * 8 >= usize::from(algorithm.hash_bits()))
            .map(|algorithm| {
                (algorithm, Verifier::Secret(Box::new(hmac::Key::new(hmac_algorithm(algorithm), secret))))
            })
            .collect();
        if verifiers.is_empty() {
            return Err(Error::WeakSecret { bytes: secret.len(), least });
        }
        Ok(Self(verifiers.into()))
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationKey")?;
        f.debug_list().entries(self.algorithms()).finish()
    }
}

/// The curves of RFC 7518 §6.2.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(crate) fn from_name(name: &str) -> Result<Self, Error> {
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| curve.name() == name)
            .ok_or(Error::UnsupportedCurve)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    pub(crate) const fn field_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// RFC 7518 §3.4: one curve, one algorithm.
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::P521 => Algorithm::ES512,
        }
    }

    const fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &signature::ECDSA_P256_SHA256_FIXED,
            Self::P384 => &signature::ECDSA_P384_SHA384_FIXED,
            Self::P521 => &signature::ECDSA_P521_SHA512_FIXED,
        }
    }
}

pub(crate) const fn hmac_algorithm(algorithm: Algorithm) -> hmac::Algorithm {
    match algorithm.hash_bits() {
        256 => hmac::HMAC_SHA256,
        384 => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA512,
    }
}

/// Only called with [`Algorithm::RSA`].
const fn rsa_parameters(algorithm: Algorithm) -> &'static RsaParameters {
    match algorithm {
        Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
        Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        _ => &signature::RSA_PKCS1_2048_8192_SHA256,
    }
}

/// Those of `family` that the key's own `alg` leaves.
fn served<'a>(family: &'a [Algorithm], alg: Option<&'a str>) -> impl Iterator<Item = Algorithm> + 'a {
    family.iter().copied().filter(move |algorithm| alg.is_none_or(|alg| alg == algorithm.as_str()))
}

/// Whether an Ed25519 public key is a point of order 1, 2, 4 or 8, in any encoding: under such a key, one
/// signature fits many messages.
fn is_small_order(mut y: [u8; 32]) -> bool {
    y[31] &= 0x7f;
    // 0, 1, p - 1, p and p + 1 (little-endian, p = 2^255 - 19), then the two points of order 8.
    let near_p = |low: u8| y[0] == low && y[31] == 0x7f && y[1..31].iter().all(|byte| *byte == 0xff);
    (y[0] <= 1 && y[1..].iter().all(|byte| *byte == 0))
        || near_p(0xec)
        || near_p(0xed)
        || near_p(0xee)
        || y == ORDER_8[0]
        || y == ORDER_8[1]
}

const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];
