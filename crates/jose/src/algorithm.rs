//! The signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Error;

/// A JWS algorithm this crate signs and verifies with. `none` is not one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA, P-256, SHA-256
    ES256,
    /// ECDSA, P-384, SHA-384
    ES384,
    /// ECDSA, P-521, SHA-512
    ES512,
    /// RSASSA-PKCS1-v1_5, SHA-256
    RS256,
    /// RSASSA-PKCS1-v1_5, SHA-384
    RS384,
    /// RSASSA-PKCS1-v1_5, SHA-512
    RS512,
    /// RSASSA-PSS, SHA-256
    PS256,
    /// RSASSA-PSS, SHA-384
    PS384,
    /// RSASSA-PSS, SHA-512
    PS512,
    /// Ed25519 (RFC 8037); Ed448 is not served
    EdDSA,
    /// HMAC, SHA-256
    HS256,
    /// HMAC, SHA-384
    HS384,
    /// HMAC, SHA-512
    HS512,
}

impl Algorithm {
    /// Every algorithm, strongest habits first: what discovery may list.
    pub const ALL: [Self; 13] = [
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::EdDSA,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::HS256,
        Self::HS384,
        Self::HS512,
    ];

    /// The algorithms an RSA key can serve.
    pub const RSA: [Self; 6] = [Self::RS256, Self::RS384, Self::RS512, Self::PS256, Self::PS384, Self::PS512];

    /// The algorithms a shared secret can serve.
    pub const HMAC: [Self; 3] = [Self::HS256, Self::HS384, Self::HS512];

    /// The registered name (IANA "JSON Web Signature and Encryption Algorithms").
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    /// Whether signer and verifier share one secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }

    /// Whether the key is an RSA key.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self, Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512)
    }

    /// Bits of the SHA-2 hash the algorithm uses: what `at_hash` is computed with
    /// (OIDC Core §3.1.3.6). Ed25519 uses SHA-512 inside.
    #[must_use]
    pub const fn hash_bits(self) -> u16 {
        match self {
            Self::ES256 | Self::RS256 | Self::PS256 | Self::HS256 => 256,
            Self::ES384 | Self::RS384 | Self::PS384 | Self::HS384 => 384,
            Self::ES512 | Self::RS512 | Self::PS512 | Self::HS512 | Self::EdDSA => 512,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    /// Names are case-sensitive (RFC 7515 §4.1.1); `none` is refused with its own error.
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "none" => Err(Error::AlgorithmNone),
            _ => Self::ALL.into_iter().find(|a| a.as_str() == name).ok_or(Error::UnknownAlgorithm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_parsing_and_serde() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{algorithm}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
    }

    #[test]
    fn none_and_other_spellings_are_no_algorithm() {
        assert_eq!("none".parse::<Algorithm>(), Err(Error::AlgorithmNone));
        for name in ["None", "NONE", "nOnE", "", "es256", "ES256 ", "ES256K", "RSA-OAEP", "dir"] {
            assert_eq!(name.parse::<Algorithm>(), Err(Error::UnknownAlgorithm), "{name}");
        }
        assert!(serde_json::from_str::<Algorithm>("\"none\"").is_err());
    }
}
