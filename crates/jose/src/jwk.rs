//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2) and their thumbprints (RFC 7638).

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Error, base64url, rsa::RsaPublic, sha256_b64url, spki, verification_key::Curve};

/// The registered key types (RFC 7518 §6.1, RFC 8037 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyType {
    /// elliptic curve
    EC,
    /// RSA
    RSA,
    /// octet key pair: Ed25519
    OKP,
    /// octet sequence: a shared secret
    #[serde(rename = "oct")]
    Oct,
}

/// A private member: zeroed when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretMember(Zeroizing<String>);

impl SecretMember {
    /// The value in base64url.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The octets.
    pub(crate) fn decode(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, Error> {
        base64url::decode(&self.0).map(Zeroizing::new).map_err(|_| Error::MalformedMember(name))
    }
}

impl From<String> for SecretMember {
    fn from(value: String) -> Self {
        Self(Zeroizing::new(value))
    }
}

impl fmt::Debug for SecretMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl Serialize for SecretMember {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretMember {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// A JSON Web Key as it travels: nothing is checked but JSON types. Unknown members are ignored
/// (RFC 7517 §4). `alg`, `use` and `crv` stay text, for a set may hold keys this crate does not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `kty`
    pub kty: KeyType,
    /// `kid`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `use`: `sig` or `enc`
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub key_use: Option<String>,
    /// `key_ops`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// `alg`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `crv`: the curve (EC, OKP)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// `x`: first coordinate (EC), public key (OKP)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// `y`: second coordinate (EC)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// `n`: modulus (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// `e`: exponent (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// `x5c`: certificate chain, DER in base64 (not base64url), the key's own first
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// `x5u`: where the chain can be fetched; never followed here
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5u: Option<String>,
    /// `x5t`: SHA-1 thumbprint of the certificate
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    /// `x5t#S256`: SHA-256 thumbprint of the certificate
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub x5t_s256: Option<String>,
    /// `d`: private key (EC, OKP), private exponent (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d: Option<SecretMember>,
    /// `p`: first prime (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<SecretMember>,
    /// `q`: second prime (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<SecretMember>,
    /// `dp`: `d mod (p - 1)` (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dp: Option<SecretMember>,
    /// `dq`: `d mod (q - 1)` (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dq: Option<SecretMember>,
    /// `qi`: `q^-1 mod p` (RSA)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qi: Option<SecretMember>,
    /// `k`: the secret (oct)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<SecretMember>,
}

impl Jwk {
    /// A key of this type with no other member.
    #[must_use]
    pub const fn new(kty: KeyType) -> Self {
        Self {
            kty,
            kid: None,
            key_use: None,
            key_ops: None,
            alg: None,
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
            x5c: None,
            x5u: None,
            x5t: None,
            x5t_s256: None,
            d: None,
            p: None,
            q: None,
            dp: None,
            dq: None,
            qi: None,
            k: None,
        }
    }

    /// The public key of a DER `SubjectPublicKeyInfo`, of a certificate for instance. EC points must be
    /// uncompressed.
    ///
    /// # Errors
    /// [`Error::KeyRejected`], [`Error::UnsupportedCurve`], [`Error::RsaModulusSize`].
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, Error> {
        spki::to_jwk(spki)
    }

    pub(crate) fn rsa(public: &RsaPublic) -> Self {
        let (n, e) = (base64url::encode(&public.n), base64url::encode(&public.e));
        Self { n: Some(n), e: Some(e), ..Self::new(KeyType::RSA) }
    }

    pub(crate) fn ec(curve: Curve, point: &[u8]) -> Result<Self, Error> {
        let (x, y) = spki::coordinates(curve, point)?;
        Ok(Self { crv: Some(curve.name().to_owned()), x: Some(x), y: Some(y), ..Self::new(KeyType::EC) })
    }

    pub(crate) fn ed25519(public: &[u8]) -> Self {
        let x = base64url::encode(public);
        Self { crv: Some("Ed25519".to_owned()), x: Some(x), ..Self::new(KeyType::OKP) }
    }

    /// Whether any private member is there; a secret (`oct`) always counts.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        matches!(self.kty, KeyType::Oct)
            || self.d.is_some()
            || self.p.is_some()
            || self.q.is_some()
            || self.dp.is_some()
            || self.dq.is_some()
            || self.qi.is_some()
            || self.k.is_some()
    }

    /// The same key without its private members. What is left of a secret (`oct`) is no key.
    #[must_use]
    pub fn without_private(mut self) -> Self {
        self.d = None;
        self.p = None;
        self.q = None;
        self.dp = None;
        self.dq = None;
        self.qi = None;
        self.k = None;
        self
    }

    /// SHA-256 thumbprint in base64url (RFC 7638 §3, RFC 8037 §2): `jkt`, or a `kid` that follows the key.
    ///
    /// # Errors
    /// [`Error::MissingMember`] when a required member is absent.
    pub fn thumbprint(&self) -> Result<String, Error> {
        let need = |member: &'static str, value: &Option<String>| match value {
            Some(value) => Ok(json(value)),
            None => Err(Error::MissingMember(member)),
        };
        // Required members alone, in lexicographic order, without white space.
        let canonical = Zeroizing::new(match self.kty {
            KeyType::EC => format!(
                r#"{{"crv":{},"kty":"EC","x":{},"y":{}}}"#,
                need("crv", &self.crv)?,
                need("x", &self.x)?,
                need("y", &self.y)?
            ),
            KeyType::RSA => {
                format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, need("e", &self.e)?, need("n", &self.n)?)
            }
            KeyType::OKP => {
                format!(r#"{{"crv":{},"kty":"OKP","x":{}}}"#, need("crv", &self.crv)?, need("x", &self.x)?)
            }
            KeyType::Oct => {
                let secret = self.k.as_ref().ok_or(Error::MissingMember("k"))?;
                format!(r#"{{"k":{},"kty":"oct"}}"#, json(secret.expose()))
            }
        });
        Ok(sha256_b64url(canonical.as_bytes()))
    }

    /// The curve and the uncompressed point of an EC key; whether it lies on the curve is checked where it is used.
    pub(crate) fn point(&self) -> Result<(Curve, Vec<u8>), Error> {
        let curve = Curve::from_name(self.crv.as_deref().ok_or(Error::MissingMember("crv"))?)?;
        // RFC 7518 §6.2.1.2: the octets of a coordinate have the full size of the field.
        let coordinate = |name, value| match Self::octets(name, value)? {
            octets if octets.len() == curve.field_bytes() => Ok(octets),
            _ => Err(Error::MalformedMember(name)),
        };
        let point = [&[4][..], &coordinate("x", &self.x)?, &coordinate("y", &self.y)?].concat();
        Ok((curve, point))
    }

    /// The octets of a public member.
    pub(crate) fn octets(name: &'static str, value: &Option<String>) -> Result<Vec<u8>, Error> {
        let text = value.as_deref().ok_or(Error::MissingMember(name))?;
        base64url::decode(text).map_err(|_| Error::MalformedMember(name))
    }
}

fn json(text: &str) -> serde_json::Value {
    text.into()
}
