//! JWE in compact serialisation (RFC 7516 §7.1).
//!
//! Nothing is compressed or expanded (`zip`), no critical extension is understood, no key is taken from a header
//! but the sender's ephemeral one. A key that does not fit, a changed tag and broken padding are one error: where an
//! encrypted key is wrong, a random one takes its place and the content fails (RFC 7516 §11.5).

mod agreement;
mod algorithms;
mod content;
mod key_wrap;
mod keys;

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

pub use algorithms::{ContentEncryption, KeyManagement};
pub use keys::{DecryptionKey, EncryptionKey};

use crate::{Error, Jwk, Part, base64url, header, json};
use agreement::Parties;
use content::Sealed;
use keys::{Private, Public};

/// Most keys tried for one token that names none.
const MAX_CANDIDATES: usize = 4;

/// Encrypts to one recipient in one way. Cheap to clone.
#[derive(Clone, Debug)]
pub struct JweEncrypter {
    key: EncryptionKey,
    algorithm: KeyManagement,
    encryption: ContentEncryption,
}

#[derive(Serialize)]
struct ProtectedHeader<'a> {
    alg: KeyManagement,
    enc: ContentEncryption,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cty: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epk: Option<Value>,
}

impl JweEncrypter {
    /// An encrypter to `key`.
    ///
    /// # Errors
    /// [`Error::KeyManagementMismatch`] when the key does not serve `algorithm`, [`Error::SecretLength`] when a
    /// secret has not the length that the algorithms need.
    pub fn new(
        key: EncryptionKey,
        algorithm: KeyManagement,
        encryption: ContentEncryption,
    ) -> Result<Self, Error> {
        if !key.allows(algorithm) {
            return Err(Error::KeyManagementMismatch(algorithm));
        }
        if let Public::Secret(secret) = &*key.material {
            secret.key(algorithm.wrapping_bytes().unwrap_or_else(|| encryption.key_bytes()))?;
        }
        Ok(Self { key, algorithm, encryption })
    }

    /// Encrypts a signed JWT: a nested one (RFC 7519 §5.2, `cty` is `JWT`).
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    pub fn encrypt_jwt(&self, jwt: &str) -> Result<String, Error> {
        self.encrypt(jwt.as_bytes(), Some("JWT"))
    }

    /// Encrypts any plaintext; `cty` is the header parameter.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library fails.
    pub fn encrypt(&self, plaintext: &[u8], cty: Option<&str>) -> Result<String, Error> {
        let name = match self.algorithm.wrapping_bytes() {
            Some(_) => self.algorithm.as_str(),
            None => self.encryption.as_str(),
        };
        let wrapping_bytes = self.algorithm.wrapping_bytes();
        let mut epk = None;
        // What the recipient and this side agree on; a public RSA key agrees on nothing.
        let agreed = match &*self.key.material {
            Public::Rsa(_) => None,
            Public::Secret(secret) => {
                Some(secret.key(wrapping_bytes.unwrap_or_else(|| self.encryption.key_bytes()))?)
            }
            Public::Agreement(theirs) => {
                let (mine, secret) = agreement::ephemeral(theirs)?;
                epk = Some(mine.to_json()?);
                let bytes = wrapping_bytes.unwrap_or_else(|| self.encryption.key_bytes());
                Some(agreement::derive(&secret, name, &Parties::default(), bytes))
            }
        };
        let (key, encrypted_key) = match (&*self.key.material, agreed) {
            (_, Some(agreed)) if wrapping_bytes.is_none() => (agreed, Vec::new()),
            (_, Some(agreed)) => {
                let key = content::random_key(self.encryption)?;
                let wrapped = key_wrap::wrap(&agreed, &key)?;
                (key, wrapped)
            }
            (Public::Rsa(public), None) => {
                let key = content::random_key(self.encryption)?;
                let encrypted = keys::encrypt_rsa(public, self.algorithm, &key)?;
                (key, encrypted)
            }
            _ => return Err(Error::Crypto),
        };
        let header =
            ProtectedHeader { alg: self.algorithm, enc: self.encryption, kid: self.key.kid(), cty, epk };
        let mut token = base64url::encode(serde_json::to_vec(&header).map_err(|_| Error::Serialize)?);
        let sealed = content::seal(self.encryption, &key, token.as_bytes(), plaintext)?;
        for part in [&encrypted_key, &sealed.iv, &sealed.ciphertext, &sealed.tag] {
            token.push('.');
            base64url::encode_into(part, &mut token);
        }
        Ok(token)
    }
}

/// The header of a JWE (RFC 7516 §4) that passed every check that needs no key.
#[derive(Clone, Debug, PartialEq)]
pub struct JweHeader {
    /// `alg`
    pub alg: KeyManagement,
    /// `enc`
    pub enc: ContentEncryption,
    /// `kid`
    pub kid: Option<String>,
    /// `typ`
    pub typ: Option<String>,
    /// `cty`
    pub cty: Option<String>,
    /// every member, those above too
    pub raw: Map<String, Value>,
}

/// A well-formed JWE, not decrypted yet.
pub struct Jwe<'a> {
    header: JweHeader,
    aad: &'a str,
    encrypted_key: Vec<u8>,
    sealed: Sealed,
}

/// The header alone.
impl fmt::Debug for Jwe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwe").field("header", &self.header).finish_non_exhaustive()
    }
}

impl<'a> Jwe<'a> {
    /// Whether a token has the five parts of a JWE, and not the three of a JWS (RFC 7516 §9).
    #[must_use]
    pub fn has_its_shape(token: &str) -> bool {
        token.bytes().filter(|byte| *byte == b'.').count() == 4
    }

    /// Parses: exactly five parts of strict base64url, a JSON header without duplicated members, known `alg` and
    /// `enc`, no critical extension, no `zip`, not longer than `max_bytes`.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::EncryptedPartCount`], [`Error::Base64`], [`Error::NotJsonObject`],
    /// [`Error::DuplicateMember`], [`Error::MalformedHeader`], [`Error::UnknownAlgorithm`],
    /// [`Error::UnknownEncryption`], [`Error::UnknownCritical`], [`Error::Compressed`].
    pub fn parse(token: &'a str, max_bytes: usize) -> Result<Self, Error> {
        if token.len() > max_bytes {
            return Err(Error::TooLong { len: token.len(), max: max_bytes });
        }
        let mut parts = token.split('.');
        let mut part = || parts.next().ok_or(Error::EncryptedPartCount);
        let (aad, encrypted_key, iv, ciphertext, tag) = (part()?, part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err(Error::EncryptedPartCount);
        }
        Ok(Self {
            header: JweHeader::parse(&base64url::decode(aad)?)?,
            aad,
            encrypted_key: base64url::decode(encrypted_key)?,
            sealed: Sealed {
                iv: base64url::decode(iv)?,
                ciphertext: base64url::decode(ciphertext)?,
                tag: base64url::decode(tag)?,
            },
        })
    }

    /// The header, not authenticated yet: good for choosing keys, for nothing else.
    #[must_use]
    pub const fn header(&self) -> &JweHeader {
        &self.header
    }

    /// Decrypts with the keys that match `kid` and `alg`; `alg` and `enc` must be among the allowed.
    ///
    /// # Errors
    /// [`Error::KeyManagementNotAllowed`], [`Error::ContentEncryptionNotAllowed`], [`Error::NoDecryptionKey`],
    /// [`Error::MalformedHeader`] for an ephemeral key that is none, and [`Error::Decryption`] for all the rest.
    pub fn decrypt(
        &self,
        keys: &[DecryptionKey],
        algorithms: &[KeyManagement],
        encryptions: &[ContentEncryption],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let JweHeader { alg, enc, ref kid, .. } = self.header;
        if !algorithms.contains(&alg) {
            return Err(Error::KeyManagementNotAllowed(alg));
        }
        if !encryptions.contains(&enc) {
            return Err(Error::ContentEncryptionNotAllowed(enc));
        }
        let mut error = Error::NoDecryptionKey { kid: kid.clone(), algorithm: alg };
        for key in keys.iter().filter(|key| key.serves(kid.as_deref(), alg)).take(MAX_CANDIDATES) {
            match self.open(key) {
                Ok(plaintext) => return Ok(plaintext),
                Err(refused) => error = refused,
            }
        }
        Err(error)
    }

    fn open(&self, key: &DecryptionKey) -> Result<Zeroizing<Vec<u8>>, Error> {
        let enc = self.header.enc;
        // Made before it is known whether it is needed: a wrong key takes the same time (RFC 7516 §11.5).
        let random = content::random_key(enc)?;
        let key = match self.content_key(key)? {
            Some(key) if key.len() == enc.key_bytes() => key,
            _ => random,
        };
        content::open(enc, &key, self.aad.as_bytes(), &self.sealed)
    }

    /// The content encryption key; `None` when what is encrypted is none.
    fn content_key(&self, key: &DecryptionKey) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let JweHeader { alg, enc, ref raw, .. } = self.header;
        let bytes = alg.wrapping_bytes().unwrap_or_else(|| enc.key_bytes());
        let agreed = match &*key.material {
            Private::Rsa(key, _) => return Ok(keys::decrypt_rsa(key, alg, &self.encrypted_key)),
            Private::Secret(secret) => secret.key(bytes).map_err(|_| Error::Decryption)?,
            Private::Agreement(mine, public) => {
                let theirs = ephemeral_key(raw).filter(|theirs| theirs.group == public.group);
                let secret = agreement::agree(mine, &theirs.ok_or(Error::MalformedHeader("epk"))?)?;
                let name = if alg.wrapping_bytes().is_some() { alg.as_str() } else { enc.as_str() };
                agreement::derive(&secret, name, &Parties::from_header(raw)?, bytes)
            }
        };
        Ok(match alg.wrapping_bytes() {
            Some(_) => key_wrap::unwrap(&agreed, &self.encrypted_key).ok(),
            // RFC 7516 §5.2: where the key is agreed, none may be sent.
            None => Some(agreed).filter(|_| self.encrypted_key.is_empty()),
        })
    }
}

/// `epk` (RFC 7518 §4.6.1.1), checked to lie on its curve.
fn ephemeral_key(header: &Map<String, Value>) -> Option<agreement::PublicKey> {
    let jwk: Jwk = serde_json::from_value(header.get("epk")?.clone()).ok()?;
    agreement::PublicKey::from_jwk(&jwk).ok()
}

impl JweHeader {
    fn parse(json: &[u8]) -> Result<Self, Error> {
        let raw = json::parse_object(json, Part::Header)?;
        let alg = header::text(&raw, "alg")?.ok_or(Error::MalformedHeader("alg"))?.parse()?;
        let enc = header::text(&raw, "enc")?.ok_or(Error::MalformedHeader("enc"))?.parse()?;
        let (kid, typ, cty) =
            (header::text(&raw, "kid")?, header::text(&raw, "typ")?, header::text(&raw, "cty")?);
        header::critical(&raw, &[])?;
        if raw.contains_key("zip") {
            return Err(Error::Compressed);
        }
        Ok(Self { alg, enc, kid, typ, cty, raw })
    }
}
