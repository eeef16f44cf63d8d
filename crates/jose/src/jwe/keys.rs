//! The keys of JWE, each knowing the algorithms it serves. Parsed once, shared by cheap clones.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    agreement, digest,
    encoding::AsDer,
    rsa::{
        OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
        OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
    },
    signature::RsaPublicKeyComponents,
};
use zeroize::Zeroizing;

use super::{
    agreement::{Group, PublicKey},
    algorithms::KeyManagement,
};
use crate::{Algorithm, Error, Jwk, KeyType, SigningKey, rsa::RsaPublic, verification_key::Curve};

/// A key that content is encrypted to: the recipient's public key, or a secret shared with the recipient.
#[derive(Clone)]
pub struct EncryptionKey {
    kid: Option<String>,
    algorithms: Vec<KeyManagement>,
    pub(super) material: Arc<Public>,
}

pub(super) enum Public {
    Rsa(OaepPublicEncryptingKey),
    Agreement(PublicKey),
    Secret(SharedSecret),
}

impl EncryptionKey {
    /// Parses and checks a JWK: a point must lie on its curve, a modulus have 2048 to 8192 bits, and `alg`, `use` and
    /// `key_ops`, where present, must allow encryption. Private members are ignored.
    ///
    /// # Errors
    /// [`Error::NotForEncryption`], [`Error::MissingMember`], [`Error::MalformedMember`], [`Error::UnsupportedCurve`],
    /// [`Error::KeyRejected`], [`Error::RsaModulusSize`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        let algorithms = algorithms(jwk)?;
        let material = match jwk.kty {
            KeyType::RSA => {
                let RsaPublic { n, e } =
                    RsaPublic::new(&Jwk::octets("n", &jwk.n)?, &Jwk::octets("e", &jwk.e)?)?;
                let key: Result<PublicEncryptingKey, _> = RsaPublicKeyComponents { n, e }.try_into();
                let key = key.and_then(OaepPublicEncryptingKey::new).map_err(|_| Error::KeyRejected)?;
                Public::Rsa(key)
            }
            KeyType::EC | KeyType::OKP => Public::Agreement(PublicKey::from_jwk(jwk)?),
            KeyType::Oct => Public::Secret(SharedSecret::from_jwk(jwk)?),
        };
        Ok(Self { kid: jwk.kid.clone(), algorithms, material: material.into() })
    }

    /// The best public key of a set for `algorithm`: one that says it is for encryption before one that says nothing.
    /// Secrets are never taken, as what was published is none.
    ///
    /// # Errors
    /// [`Error::NoEncryptionKey`].
    pub fn choose<'a>(
        keys: impl IntoIterator<Item = &'a Jwk>,
        algorithm: KeyManagement,
    ) -> Result<Self, Error> {
        let mut keys: Vec<_> = keys.into_iter().filter(|jwk| jwk.kty != KeyType::Oct).collect();
        keys.sort_by_key(|jwk| (jwk.alg.is_none(), jwk.key_use.is_none()));
        keys.into_iter()
            .filter_map(|jwk| Self::from_jwk(jwk).ok())
            .find(|key| key.allows(algorithm))
            .ok_or(Error::NoEncryptionKey(algorithm))
    }

    /// The key that client and server derive from the client's secret (OIDC Core §10.2).
    #[must_use]
    pub fn from_client_secret(secret: &str) -> Self {
        let material = Public::Secret(SharedSecret::client(secret)).into();
        Self { kid: None, algorithms: KeyManagement::SYMMETRIC.to_vec(), material }
    }

    /// The key's identifier.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether this key serves `algorithm`.
    #[must_use]
    pub fn allows(&self, algorithm: KeyManagement) -> bool {
        self.algorithms.contains(&algorithm)
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("kid", &self.kid)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

/// A key that decrypts: a private key, or a secret shared with the sender.
#[derive(Clone)]
pub struct DecryptionKey {
    kid: Option<String>,
    algorithms: Vec<KeyManagement>,
    pub(super) material: Arc<Private>,
}

pub(super) enum Private {
    Rsa(OaepPrivateDecryptingKey, RsaPublic),
    Agreement(agreement::PrivateKey, PublicKey),
    Secret(SharedSecret),
}

impl DecryptionKey {
    /// Makes a private key for `algorithm`, as an unencrypted PKCS#8 document: RSA keys get 2048 bits, the others lie on
    /// P-256.
    ///
    /// # Errors
    /// [`Error::SymmetricKey`] when the algorithm takes a secret, [`Error::Crypto`] when the library fails.
    pub fn generate_pkcs8(algorithm: KeyManagement) -> Result<Zeroizing<Vec<u8>>, Error> {
        let twin = match algorithm {
            _ if algorithm.is_symmetric() => return Err(Error::SymmetricKey),
            _ if algorithm.is_rsa() => Algorithm::RS256,
            _ => Algorithm::ES256,
        };
        SigningKey::generate(twin)?.to_pkcs8()?.ok_or(Error::Crypto)
    }

    /// Parses an unencrypted PKCS#8 `PrivateKeyInfo` (RFC 5958) of the type that `algorithm` takes. The key serves every
    /// algorithm of that type.
    ///
    /// # Errors
    /// [`Error::KeyRejected`], [`Error::RsaModulusSize`], [`Error::SymmetricKey`].
    pub fn from_pkcs8(kid: Option<&str>, algorithm: KeyManagement, pkcs8: &[u8]) -> Result<Self, Error> {
        let (algorithms, material) = match algorithm {
            _ if algorithm.is_symmetric() => return Err(Error::SymmetricKey),
            _ if algorithm.is_rsa() => (KeyManagement::RSA.to_vec(), Private::rsa(pkcs8)?),
            _ => (KeyManagement::AGREEMENT.to_vec(), Private::ec(pkcs8)?),
        };
        Ok(Self { kid: kid.map(str::to_owned), algorithms, material: material.into() })
    }

    /// Parses a private JWK; public and private members must belong together. RSA keys need all of `p q dp dq qi`.
    ///
    /// # Errors
    /// As [`EncryptionKey::from_jwk`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        let algorithms = algorithms(jwk)?;
        let material = match jwk.kty {
            KeyType::RSA => {
                let unbound = Jwk { alg: None, key_use: None, key_ops: None, ..jwk.clone() };
                let pair = SigningKey::from_jwk(Algorithm::RS256, &unbound)?;
                Private::rsa(&pair.to_pkcs8()?.ok_or(Error::KeyRejected)?)?
            }
            KeyType::EC | KeyType::OKP => {
                let public = PublicKey::from_jwk(jwk)?;
                let octets = jwk.d.as_ref().ok_or(Error::MissingMember("d"))?.decode("d")?;
                let private = agreement::PrivateKey::from_private_key(public.group.algorithm(), &octets);
                let private = private.map_err(|_| Error::KeyRejected)?;
                let computed = private.compute_public_key().map_err(|_| Error::KeyRejected)?;
                if computed.as_ref() != public.octets {
                    return Err(Error::KeyRejected);
                }
                Private::Agreement(private, public)
            }
            KeyType::Oct => Private::Secret(SharedSecret::from_jwk(jwk)?),
        };
        Ok(Self { kid: jwk.kid.clone(), algorithms, material: material.into() })
    }

    /// The key that client and server derive from the client's secret (OIDC Core §10.2).
    #[must_use]
    pub fn from_client_secret(secret: &str) -> Self {
        let material = Private::Secret(SharedSecret::client(secret)).into();
        Self { kid: None, algorithms: KeyManagement::SYMMETRIC.to_vec(), material }
    }

    /// The public JWK with `kid` and `use`, ready for a JWK Set; it names no `alg`, as it serves several. `None` for a
    /// secret.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        let jwk = match &*self.material {
            Private::Rsa(_, public) => Jwk::rsa(public),
            Private::Agreement(_, public) => serde_json::from_value(public.to_json().ok()?).ok()?,
            Private::Secret(_) => return None,
        };
        Some(Jwk { kid: self.kid.clone(), key_use: Some("enc".to_owned()), ..jwk })
    }

    /// The algorithms this key decrypts.
    pub fn algorithms(&self) -> impl Iterator<Item = KeyManagement> + '_ {
        self.algorithms.iter().copied()
    }

    /// Whether this key may decrypt a token with this `kid` and `alg`. A token or a key without `kid` leaves it open.
    pub(super) fn serves(&self, kid: Option<&str>, algorithm: KeyManagement) -> bool {
        let named = match (self.kid.as_deref(), kid) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        };
        named && self.algorithms.contains(&algorithm)
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("kid", &self.kid)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

impl Private {
    fn rsa(pkcs8: &[u8]) -> Result<Self, Error> {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| Error::KeyRejected)?;
        let spki = key.public_key().as_der().map_err(|_| Error::KeyRejected)?;
        let jwk = Jwk::from_spki_der(spki.as_ref())?;
        let public = RsaPublic::new(&Jwk::octets("n", &jwk.n)?, &Jwk::octets("e", &jwk.e)?)?;
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_| Error::KeyRejected)?;
        Ok(Self::Rsa(key, public))
    }

    fn ec(pkcs8: &[u8]) -> Result<Self, Error> {
        for curve in [Curve::P256, Curve::P384, Curve::P521] {
            let group = Group::Nist(curve);
            let Ok(key) = agreement::PrivateKey::from_private_key_der(group.algorithm(), pkcs8) else {
                continue;
            };
            let octets = key.compute_public_key().map_err(|_| Error::KeyRejected)?.as_ref().to_vec();
            return Ok(Self::Agreement(key, PublicKey { group, octets }));
        }
        Err(Error::KeyRejected)
    }
}

/// The hash functions of an OAEP algorithm.
pub(super) const fn oaep(algorithm: KeyManagement) -> &'static OaepAlgorithm {
    match algorithm {
        KeyManagement::RsaOaep => &OAEP_SHA1_MGF1SHA1,
        _ => &OAEP_SHA256_MGF1SHA256,
    }
}

/// What both sides know.
pub(super) enum SharedSecret {
    /// A key as it is used.
    Key(Zeroizing<Vec<u8>>),
    /// A client's secret, of which keys are derived.
    Client(Zeroizing<String>),
}

impl SharedSecret {
    fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        jwk.k.as_ref().ok_or(Error::MissingMember("k"))?.decode("k").map(Self::Key)
    }

    fn client(secret: &str) -> Self {
        Self::Client(Zeroizing::new(secret.to_owned()))
    }

    /// A key of this many bytes; a given one must have them.
    pub(super) fn key(&self, bytes: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self {
            Self::Key(key) if key.len() == bytes => Ok(key.clone()),
            Self::Key(key) => Err(Error::SecretLength { bytes: key.len(), needed: bytes }),
            Self::Client(secret) => {
                // OIDC Core §10.2: the left part of the shortest SHA-2 hash that is long enough.
                let hash = match bytes {
                    0..=32 => &digest::SHA256,
                    33..=48 => &digest::SHA384,
                    _ => &digest::SHA512,
                };
                let hash = digest::digest(hash, secret.as_bytes());
                let key = hash.as_ref().get(..bytes).ok_or(Error::Crypto)?;
                Ok(Zeroizing::new(key.to_vec()))
            }
        }
    }
}

/// The algorithms a JWK serves, held to what it says of itself.
fn algorithms(jwk: &Jwk) -> Result<Vec<KeyManagement>, Error> {
    const OPERATIONS: [&str; 6] = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];
    let other_use = jwk.key_use.as_deref().is_some_and(|key_use| key_use != "enc");
    let other_operations =
        jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| OPERATIONS.contains(&op.as_str())));
    if other_use || other_operations {
        return Err(Error::NotForEncryption);
    }
    let family: &[KeyManagement] = match jwk.kty {
        KeyType::RSA => &KeyManagement::RSA,
        KeyType::EC | KeyType::OKP => &KeyManagement::AGREEMENT,
        KeyType::Oct => &KeyManagement::SYMMETRIC,
    };
    let Some(alg) = jwk.alg.as_deref() else { return Ok(family.to_vec()) };
    // The `alg` of a secret may be the one it encrypts content with: it is used directly (RFC 7520 §5.6).
    if jwk.kty == KeyType::Oct && alg.parse::<super::ContentEncryption>().is_ok() {
        return Ok(vec![KeyManagement::Dir]);
    }
    match family.iter().find(|algorithm| algorithm.as_str() == alg) {
        Some(algorithm) => Ok(vec![*algorithm]),
        None => Err(Error::NotForEncryption),
    }
}

/// Decrypts a content encryption key with RSA; `None` for whatever was wrong.
pub(super) fn decrypt_rsa(
    key: &OaepPrivateDecryptingKey,
    algorithm: KeyManagement,
    encrypted: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(vec![0; key.min_output_size()]);
    let len = key.decrypt(oaep(algorithm), encrypted, &mut out, None).ok()?.len();
    out.truncate(len);
    Some(out)
}

/// Encrypts a content encryption key with RSA.
pub(super) fn encrypt_rsa(
    key: &OaepPublicEncryptingKey,
    algorithm: KeyManagement,
    plain: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut out = vec![0; key.ciphertext_size()];
    let len = key.encrypt(oaep(algorithm), plain, &mut out, None).map_err(|_| Error::Crypto)?.len();
    out.truncate(len);
    Ok(out)
}
