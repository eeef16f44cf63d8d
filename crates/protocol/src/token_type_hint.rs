//! `token_type_hint` at introspection and revocation (RFC 7009 §2.1, RFC 7662 §2.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// A hint at the kind of token. A server ignores hints that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TokenTypeHint {
    /// An access token.
    #[serde(rename = "access_token")]
    AccessToken,
    /// A refresh token.
    #[serde(rename = "refresh_token")]
    RefreshToken,
}

impl TokenTypeHint {
    /// Every value, in the order of this file.
    pub const ALL: &'static [Self] = &[Self::AccessToken, Self::RefreshToken];

    /// The value as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
        }
    }
}

impl FromStr for TokenTypeHint {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == word)
            .ok_or_else(|| UnknownWord::new("token_type_hint", word))
    }
}

impl fmt::Display for TokenTypeHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_the_round_trip() {
        for word in TokenTypeHint::ALL {
            assert_eq!(word.to_string().parse(), Ok(*word));
            assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
        }
    }
}
