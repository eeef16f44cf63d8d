//! Keys that sign. Parsed once, shared by cheap clones.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::{self, SystemRandom},
    rsa::KeySize,
    signature::{
        self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use zeroize::Zeroizing;

use crate::{
    Algorithm, Error, Jwk, KeyType, VerificationKey,
    rsa::RsaPublic,
    verification_key::{Curve, hmac_algorithm},
};

/// A private key or secret and the algorithm it signs with.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    material: Arc<Material>,
}

enum Material {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair, RsaPublic),
    Ed25519(Ed25519KeyPair),
    Secret(Zeroizing<Vec<u8>>, Box<hmac::Key>),
}

impl SigningKey {
    /// Makes a new key; RSA keys get 2048 bits, secrets the length of the hash.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library fails.
    pub fn generate(algorithm: Algorithm) -> Result<Self, Error> {
        if algorithm.is_rsa() {
            return Self::generate_rsa(algorithm, 2048);
        }
        if algorithm.is_symmetric() {
            let mut secret = Zeroizing::new(vec![0; usize::from(algorithm.hash_bits() / 8)]);
            rand::fill(&mut secret).map_err(|_| Error::Crypto)?;
            return Self::from_secret(algorithm, &secret);
        }
        let material = match ecdsa(algorithm) {
            Some(ecdsa) => Material::Ecdsa(EcdsaKeyPair::generate(ecdsa).map_err(|_| Error::Crypto)?),
            None => Material::Ed25519(Ed25519KeyPair::generate().map_err(|_| Error::Crypto)?),
        };
        Ok(Self::new(algorithm, material))
    }

    /// Makes a new RSA key of 2048, 3072 or 4096 bits.
    ///
    /// # Errors
    /// [`Error::AlgorithmMismatch`] when `algorithm` is not RSA's, [`Error::RsaModulusSize`],
    /// [`Error::Crypto`].
    pub fn generate_rsa(algorithm: Algorithm, bits: usize) -> Result<Self, Error> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            _ => return Err(Error::RsaModulusSize { bits }),
        };
        if !algorithm.is_rsa() {
            return Err(Error::AlgorithmMismatch(algorithm));
        }
        Self::from_rsa(algorithm, RsaKeyPair::generate(size).map_err(|_| Error::Crypto)?)
    }

    /// Parses an unencrypted PKCS#8 `PrivateKeyInfo` (RFC 5958).
    ///
    /// # Errors
    /// [`Error::KeyRejected`] when the key is malformed or of another type than `algorithm`,
    /// [`Error::RsaModulusSize`], [`Error::AlgorithmMismatch`] for HMAC.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, Error> {
        if algorithm.is_symmetric() {
            return Err(Error::AlgorithmMismatch(algorithm));
        }
        if algorithm.is_rsa() {
            return Self::from_rsa(algorithm, RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| Error::KeyRejected)?);
        }
        let material = match ecdsa(algorithm) {
            Some(ecdsa) => EcdsaKeyPair::from_pkcs8(ecdsa, pkcs8).map(Material::Ecdsa),
            None => Ed25519KeyPair::from_pkcs8(pkcs8).map(Material::Ed25519),
        };
        Ok(Self::new(algorithm, material.map_err(|_| Error::KeyRejected)?))
    }

    /// Parses a private JWK; public and private members must belong together. RSA keys need all of
    /// `p q dp dq qi`.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8`], and [`Error::MissingMember`], [`Error::MalformedMember`],
    /// [`Error::NotForSignatures`] when the JWK names another `alg`.
    pub fn from_jwk(algorithm: Algorithm, jwk: &Jwk) -> Result<Self, Error> {
        // Holds `kty`, `crv`, `alg`, `use` and the public members to what the verifier would accept.
        let public = VerificationKey::from_jwk(jwk)?;
        if !public.allows(algorithm) {
            return Err(Error::AlgorithmMismatch(algorithm));
        }
        let private = |name, value: &Option<crate::SecretMember>| {
            value.as_ref().ok_or(Error::MissingMember(name))?.decode(name)
        };
        match jwk.kty {
            KeyType::Oct => Self::from_secret(algorithm, &private("k", &jwk.k)?),
            KeyType::EC => {
                let ecdsa = ecdsa(algorithm).ok_or(Error::AlgorithmMismatch(algorithm))?;
                let point = [&[4][..], &Jwk::octets("x", &jwk.x)?, &Jwk::octets("y", &jwk.y)?].concat();
                let pair =
                    EcdsaKeyPair::from_private_key_and_public_key(ecdsa, &private("d", &jwk.d)?, &point);
                Ok(Self::new(algorithm, Material::Ecdsa(pair.map_err(|_| Error::KeyRejected)?)))
            }
            KeyType::OKP => {
                let seed = private("d", &jwk.d)?;
                if seed.len() != 32 {
                    return Err(Error::MalformedMember("d"));
                }
                let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &Jwk::octets("x", &jwk.x)?);
                Ok(Self::new(algorithm, Material::Ed25519(pair.map_err(|_| Error::KeyRejected)?)))
            }
            KeyType::RSA => {
                let public = RsaPublic::new(&Jwk::octets("n", &jwk.n)?, &Jwk::octets("e", &jwk.e)?)?;
                let pair = RsaKeyPair::from_components(&aws_lc_rs::rsa::KeyPairComponents {
                    public_key: RsaPublicKeyComponents { n: public.n, e: public.e },
                    d: private("d", &jwk.d)?.as_slice(),
                    p: private("p", &jwk.p)?.as_slice(),
                    q: private("q", &jwk.q)?.as_slice(),
                    dP: private("dp", &jwk.dp)?.as_slice(),
                    dQ: private("dq", &jwk.dq)?.as_slice(),
                    qInv: private("qi", &jwk.qi)?.as_slice(),
                });
                Self::from_rsa(algorithm, pair.map_err(|_| Error::KeyRejected)?)
            }
        }
    }

    /// A shared secret.
    ///
    /// # Errors
    /// [`Error::AlgorithmMismatch`] when `algorithm` is not HMAC, [`Error::WeakSecret`] when the secret is
    /// shorter than the hash (RFC 7518 §3.2).
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, Error> {
        if !algorithm.is_symmetric() {
            return Err(Error::AlgorithmMismatch(algorithm));
        }
        let least = usize::from(algorithm.hash_bits() / 8);
        if secret.len() < least {
            return Err(Error::WeakSecret { bytes: secret.len(), least });
        }
        let key = Box::new(hmac::Key::new(hmac_algorithm(algorithm), secret));
        Ok(Self::new(algorithm, Material::Secret(Zeroizing::new(secret.to_vec()), key)))
    }

    /// The same key, signing with another algorithm it can serve: RS256 and PS256 from one RSA key.
    ///
    /// # Errors
    /// [`Error::AlgorithmMismatch`], [`Error::WeakSecret`].
    pub fn with_algorithm(&self, algorithm: Algorithm) -> Result<Self, Error> {
        match &*self.material {
            _ if algorithm == self.algorithm => Ok(self.clone()),
            Material::Rsa(..) if algorithm.is_rsa() => {
                Ok(Self { algorithm, material: self.material.clone() })
            }
            Material::Secret(secret, _) => Self::from_secret(algorithm, secret),
            _ => Err(Error::AlgorithmMismatch(algorithm)),
        }
    }

    /// The algorithm this key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The PKCS#8 v1 document of a private key, zeroed when dropped; `None` for a secret.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library fails.
    pub fn to_pkcs8(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let document = match &*self.material {
            Material::Ecdsa(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Material::Rsa(pair, _) => pair.as_der().map(|document| document.as_ref().to_vec()),
            Material::Ed25519(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Material::Secret(..) => return Ok(None),
        };
        document.map(|bytes| Some(Zeroizing::new(bytes))).map_err(|_| Error::Crypto)
    }

    /// The public JWK with `alg` and `use`, ready for a JWK Set once it has a `kid`; `None` for a secret.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        let jwk = match &*self.material {
            Material::Ecdsa(pair) => Jwk::ec(curve(self.algorithm)?, pair.public_key().as_ref()).ok()?,
            Material::Rsa(_, public) => Jwk::rsa(public),
            Material::Ed25519(pair) => Jwk::ed25519(pair.public_key().as_ref()),
            Material::Secret(..) => return None,
        };
        Some(Jwk { alg: Some(self.algorithm.to_string()), key_use: Some("sig".to_owned()), ..jwk })
    }

    /// The key that verifies what this one signs, for this one algorithm.
    ///
    /// # Errors
    /// As [`VerificationKey::from_jwk`].
    pub fn verification_key(&self) -> Result<VerificationKey, Error> {
        match (&*self.material, self.public_jwk()) {
            (Material::Secret(secret, _), _) => {
                VerificationKey::from_hmac(secret, Some(self.algorithm.as_str()))
            }
            (_, Some(jwk)) => VerificationKey::from_jwk(&jwk),
            _ => Err(Error::KeyRejected),
        }
    }

    /// Signs: ECDSA as `R || S` (RFC 7518 §3.4), RSA as long as the modulus, HMAC as long as the hash.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &*self.material {
            Material::Ecdsa(pair) => {
                pair.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec())
            }
            Material::Ed25519(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
            Material::Secret(_, key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Material::Rsa(pair, public) => {
                let mut out = vec![0; public.n.len()];
                pair.sign(rsa_encoding(self.algorithm), &SystemRandom::new(), message, &mut out).map(|()| out)
            }
        }
        .map_err(|_| Error::Crypto)
    }

    /// Bytes of a signature.
    pub(crate) fn signature_len(&self) -> usize {
        match &*self.material {
            Material::Ecdsa(_) => curve(self.algorithm).map_or(0, |curve| 2 * curve.field_bytes()),
            Material::Rsa(_, public) => public.n.len(),
            Material::Ed25519(_) => 64,
            Material::Secret(..) => usize::from(self.algorithm.hash_bits() / 8),
        }
    }

    fn new(algorithm: Algorithm, material: Material) -> Self {
        Self { algorithm, material: Arc::new(material) }
    }

    fn from_rsa(algorithm: Algorithm, pair: RsaKeyPair) -> Result<Self, Error> {
        let public = RsaPublic::from_der(pair.public_key().as_ref())?;
        Ok(Self::new(algorithm, Material::Rsa(pair, public)))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.algorithm).finish()
    }
}

const fn curve(algorithm: Algorithm) -> Option<Curve> {
    match algorithm {
        Algorithm::ES256 => Some(Curve::P256),
        Algorithm::ES384 => Some(Curve::P384),
        Algorithm::ES512 => Some(Curve::P521),
        _ => None,
    }
}

const fn ecdsa(algorithm: Algorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::ES384 => Some(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::ES512 => Some(&signature::ECDSA_P521_SHA512_FIXED_SIGNING),
        _ => None,
    }
}

/// Only called for an RSA key.
fn rsa_encoding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::PS256 => &signature::RSA_PSS_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_SHA512,
        Algorithm::RS384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_SHA512,
        _ => &signature::RSA_PKCS1_SHA256,
    }
}
