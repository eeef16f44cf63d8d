//! The algorithms of JWE (RFC 7518 §4, §5; RFC 8037 §3.2): how the key travels, and what the content is sealed with.

use std::{fmt, str::FromStr};

use aws_lc_rs::{aead, cipher, hmac};
use serde::{Deserialize, Serialize};

use crate::Error;

/// `alg`: how the recipient learns the content encryption key.
///
/// `RSA1_5` is not one of them: its padding is an oracle wherever it is decrypted (RFC 8725 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyManagement {
    /// RSAES OAEP with SHA-256 and MGF1 with SHA-256
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// RSAES OAEP with SHA-1 and MGF1 with SHA-1
    #[serde(rename = "RSA-OAEP")]
    RsaOaep,
    /// Ephemeral-static Diffie-Hellman; what is agreed is the key
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// As `ECDH-ES`, and what is agreed wraps the key (AES-128)
    #[serde(rename = "ECDH-ES+A128KW")]
    EcdhEsA128Kw,
    /// As `ECDH-ES`, and what is agreed wraps the key (AES-192)
    #[serde(rename = "ECDH-ES+A192KW")]
    EcdhEsA192Kw,
    /// As `ECDH-ES`, and what is agreed wraps the key (AES-256)
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
    /// A shared secret wraps the key (AES-128)
    #[serde(rename = "A128KW")]
    A128Kw,
    /// A shared secret wraps the key (AES-192)
    #[serde(rename = "A192KW")]
    A192Kw,
    /// A shared secret wraps the key (AES-256)
    #[serde(rename = "A256KW")]
    A256Kw,
    /// A shared secret is the key
    #[serde(rename = "dir")]
    Dir,
}

impl KeyManagement {
    /// Every algorithm: what discovery may list.
    pub const ALL: [Self; 10] = [
        Self::RsaOaep256,
        Self::RsaOaep,
        Self::EcdhEs,
        Self::EcdhEsA128Kw,
        Self::EcdhEsA192Kw,
        Self::EcdhEsA256Kw,
        Self::A128Kw,
        Self::A192Kw,
        Self::A256Kw,
        Self::Dir,
    ];

    /// The algorithms an RSA key can serve.
    pub const RSA: [Self; 2] = [Self::RsaOaep256, Self::RsaOaep];

    /// The algorithms a key for Diffie-Hellman can serve.
    pub const AGREEMENT: [Self; 4] =
        [Self::EcdhEs, Self::EcdhEsA128Kw, Self::EcdhEsA192Kw, Self::EcdhEsA256Kw];

    /// The algorithms a shared secret can serve.
    pub const SYMMETRIC: [Self; 4] = [Self::A128Kw, Self::A192Kw, Self::A256Kw, Self::Dir];

    /// The algorithms that need a public key only.
    pub const PUBLIC: [Self; 6] = [
        Self::RsaOaep256,
        Self::RsaOaep,
        Self::EcdhEs,
        Self::EcdhEsA128Kw,
        Self::EcdhEsA192Kw,
        Self::EcdhEsA256Kw,
    ];

    /// The registered name (IANA "JSON Web Signature and Encryption Algorithms").
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::RsaOaep => "RSA-OAEP",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA192Kw => "ECDH-ES+A192KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
            Self::A128Kw => "A128KW",
            Self::A192Kw => "A192KW",
            Self::A256Kw => "A256KW",
            Self::Dir => "dir",
        }
    }

    /// Whether both sides share one secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::A128Kw | Self::A192Kw | Self::A256Kw | Self::Dir)
    }

    /// Whether the key is an RSA key.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self, Self::RsaOaep256 | Self::RsaOaep)
    }

    /// Whether the key is for Diffie-Hellman.
    #[must_use]
    pub const fn is_agreement(self) -> bool {
        !self.is_rsa() && !self.is_symmetric()
    }

    /// The length of the AES key that wraps, in bytes.
    pub(super) const fn wrapping_bytes(self) -> Option<usize> {
        match self {
            Self::EcdhEsA128Kw | Self::A128Kw => Some(16),
            Self::EcdhEsA192Kw | Self::A192Kw => Some(24),
            Self::EcdhEsA256Kw | Self::A256Kw => Some(32),
            Self::RsaOaep256 | Self::RsaOaep | Self::EcdhEs | Self::Dir => None,
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyManagement {
    type Err = Error;

    /// Names are case-sensitive (RFC 7516 §4.1.1).
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(Error::UnknownAlgorithm)
    }
}

/// `enc`: what seals the content (RFC 7518 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in Galois/Counter Mode
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-192 in Galois/Counter Mode
    #[serde(rename = "A192GCM")]
    A192Gcm,
    /// AES-256 in Galois/Counter Mode
    #[serde(rename = "A256GCM")]
    A256Gcm,
    /// AES-128 in CBC mode, then HMAC with SHA-256
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-192 in CBC mode, then HMAC with SHA-384
    #[serde(rename = "A192CBC-HS384")]
    A192CbcHs384,
    /// AES-256 in CBC mode, then HMAC with SHA-512
    #[serde(rename = "A256CBC-HS512")]
    A256CbcHs512,
}

/// The two constructions, with what they are made of.
pub(super) enum Construction {
    Gcm(&'static aead::Algorithm),
    CbcHmac(&'static cipher::Algorithm, hmac::Algorithm),
}

impl ContentEncryption {
    /// Every algorithm: what discovery may list.
    pub const ALL: [Self; 6] = [
        Self::A256Gcm,
        Self::A192Gcm,
        Self::A128Gcm,
        Self::A256CbcHs512,
        Self::A192CbcHs384,
        Self::A128CbcHs256,
    ];

    /// What OpenID Connect means where a client names an `alg` and no `enc` (OIDC Registration §2).
    pub const DEFAULT: Self = Self::A128CbcHs256;

    /// The registered name (IANA "JSON Web Signature and Encryption Algorithms").
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A192Gcm => "A192GCM",
            Self::A256Gcm => "A256GCM",
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A192CbcHs384 => "A192CBC-HS384",
            Self::A256CbcHs512 => "A256CBC-HS512",
        }
    }

    /// The length of the content encryption key, in bytes. CBC takes two keys (RFC 7518 §5.2.2.1).
    pub(super) const fn key_bytes(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A192Gcm => 24,
            Self::A256Gcm | Self::A128CbcHs256 => 32,
            Self::A192CbcHs384 => 48,
            Self::A256CbcHs512 => 64,
        }
    }

    pub(super) fn construction(self) -> Construction {
        match self {
            Self::A128Gcm => Construction::Gcm(&aead::AES_128_GCM),
            Self::A192Gcm => Construction::Gcm(&aead::AES_192_GCM),
            Self::A256Gcm => Construction::Gcm(&aead::AES_256_GCM),
            Self::A128CbcHs256 => Construction::CbcHmac(&cipher::AES_128, hmac::HMAC_SHA256),
            Self::A192CbcHs384 => Construction::CbcHmac(&cipher::AES_192, hmac::HMAC_SHA384),
            Self::A256CbcHs512 => Construction::CbcHmac(&cipher::AES_256, hmac::HMAC_SHA512),
        }
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ContentEncryption {
    type Err = Error;

    /// Names are case-sensitive (RFC 7516 §4.1.2).
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|encryption| encryption.as_str() == name).ok_or(Error::UnknownEncryption)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_parsing_and_serde() {
        for algorithm in KeyManagement::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_string(&algorithm).unwrap(), format!("\"{algorithm}\""));
        }
        for encryption in ContentEncryption::ALL {
            assert_eq!(encryption.as_str().parse(), Ok(encryption));
            assert_eq!(serde_json::to_string(&encryption).unwrap(), format!("\"{encryption}\""));
        }
    }

    #[test]
    fn rsa1_5_and_other_spellings_are_no_algorithm() {
        for name in ["RSA1_5", "none", "", "DIR", "rsa-oaep", "PBES2-HS256+A128KW", "ES256", "A128GCM"] {
            assert_eq!(name.parse::<KeyManagement>(), Err(Error::UnknownAlgorithm), "{name}");
        }
        for name in ["", "a128gcm", "A128CBC", "A128CBC+HS256", "dir"] {
            assert_eq!(name.parse::<ContentEncryption>(), Err(Error::UnknownEncryption), "{name}");
        }
    }

    #[test]
    fn every_algorithm_has_one_kind_of_key() {
        for algorithm in KeyManagement::ALL {
            let kinds = [algorithm.is_rsa(), algorithm.is_agreement(), algorithm.is_symmetric()];
            assert_eq!(kinds.into_iter().filter(|is| *is).count(), 1, "{algorithm}");
            assert_eq!(KeyManagement::RSA.contains(&algorithm), algorithm.is_rsa());
            assert_eq!(KeyManagement::AGREEMENT.contains(&algorithm), algorithm.is_agreement());
            assert_eq!(KeyManagement::SYMMETRIC.contains(&algorithm), algorithm.is_symmetric());
            assert_eq!(KeyManagement::PUBLIC.contains(&algorithm), !algorithm.is_symmetric());
        }
    }
}
