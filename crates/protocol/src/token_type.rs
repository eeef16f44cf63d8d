//! `token_type`: how a token is used (RFC 6749 §7.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// A token type, spelled as ACP does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
pub enum TokenType {
    #[default]
    /// RFC 6750. Also of certificate-bound tokens (RFC 8705 §3).
    #[serde(rename = "bearer")]
    Bearer,
    /// RFC 9449 §5.
    #[serde(rename = "DPoP")]
    Dpop,
    /// The issued token is no access token (RFC 8693 §2.2.1).
    #[serde(rename = "N_A")]
    NotApplicable,
}

impl TokenType {
    /// Every value, in the order of this file.
    pub const ALL: &'static [Self] = &[Self::Bearer, Self::Dpop, Self::NotApplicable];

    /// The value as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Dpop => "DPoP",
            Self::NotApplicable => "N_A",
        }
    }
}

impl FromStr for TokenType {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == word)
            .ok_or_else(|| UnknownWord::new("token_type", word))
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_the_round_trip() {
        for word in TokenType::ALL {
            assert_eq!(word.to_string().parse(), Ok(*word));
            assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
        }
    }
}
