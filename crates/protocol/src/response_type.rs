//! `response_type`: what an authorization response carries (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response
//! Types).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::UnknownWord;

/// A response type: a set of `code`, `token` and `id_token`, or `none`. The order of the words means nothing
/// (Multiple Response Types §1).
///
/// In JSON it is spelled as ACP's management model does; [`ResponseType::as_str`] is the spelling of the IANA
/// registry, for discovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseType(u8);

const CODE_BIT: u8 = 1;
const TOKEN_BIT: u8 = 2;
const ID_TOKEN_BIT: u8 = 4;

impl ResponseType {
    /// `code` (RFC 6749 §4.1.1).
    pub const CODE: Self = Self(CODE_BIT);
    /// `token` (RFC 6749 §4.2.1).
    pub const TOKEN: Self = Self(TOKEN_BIT);
    /// `id_token` (Multiple Response Types §3).
    pub const ID_TOKEN: Self = Self(ID_TOKEN_BIT);
    /// `code id_token` (Multiple Response Types §5).
    pub const CODE_ID_TOKEN: Self = Self(CODE_BIT | ID_TOKEN_BIT);
    /// `code token` (Multiple Response Types §5).
    pub const CODE_TOKEN: Self = Self(CODE_BIT | TOKEN_BIT);
    /// `id_token token` (Multiple Response Types §5).
    pub const ID_TOKEN_TOKEN: Self = Self(ID_TOKEN_BIT | TOKEN_BIT);
    /// `code id_token token` (Multiple Response Types §5).
    pub const CODE_ID_TOKEN_TOKEN: Self = Self(CODE_BIT | ID_TOKEN_BIT | TOKEN_BIT);
    /// `none` (Multiple Response Types §4).
    pub const NONE: Self = Self(0);

    /// Every response type.
    pub const ALL: &'static [Self] = &[
        Self::CODE,
        Self::TOKEN,
        Self::ID_TOKEN,
        Self::CODE_ID_TOKEN,
        Self::CODE_TOKEN,
        Self::ID_TOKEN_TOKEN,
        Self::CODE_ID_TOKEN_TOKEN,
        Self::NONE,
    ];

    /// Whether the response carries a code.
    #[must_use]
    pub const fn has_code(self) -> bool {
        self.0 & CODE_BIT != 0
    }

    /// Whether the response carries an access token.
    #[must_use]
    pub const fn has_token(self) -> bool {
        self.0 & TOKEN_BIT != 0
    }

    /// Whether the response carries an ID token.
    #[must_use]
    pub const fn has_id_token(self) -> bool {
        self.0 & ID_TOKEN_BIT != 0
    }

    /// Whether a token passes through the browser.
    #[must_use]
    pub const fn is_front_channel(self) -> bool {
        self.has_token() || self.has_id_token()
    }

    /// The spelling of the IANA registry of response types.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match (self.has_code(), self.has_id_token(), self.has_token()) {
            (true, false, false) => "code",
            (false, false, true) => "token",
            (false, true, false) => "id_token",
            (true, true, false) => "code id_token",
            (true, false, true) => "code token",
            (false, true, true) => "id_token token",
            (true, true, true) => "code id_token token",
            (false, false, false) => "none",
        }
    }

    /// The spelling of ACP's models.
    #[must_use]
    pub const fn as_acp_str(self) -> &'static str {
        match self {
            Self::CODE_TOKEN => "token code",
            Self::ID_TOKEN_TOKEN => "token id_token",
            Self::CODE_ID_TOKEN_TOKEN => "token id_token code",
            other => other.as_str(),
        }
    }
}

impl FromStr for ResponseType {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownWord::new("response_type", text);
        if text == "none" {
            return Ok(Self::NONE);
        }
        let mut bits = 0;
        for word in text.split(' ') {
            let bit = match word {
                "code" => CODE_BIT,
                "token" => TOKEN_BIT,
                "id_token" => ID_TOKEN_BIT,
                _ => return Err(unknown()),
            };
            if bits & bit != 0 {
                return Err(unknown());
            }
            bits |= bit;
        }
        Ok(Self(bits))
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ResponseType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_acp_str())
    }
}

impl<'de> Deserialize<'de> for ResponseType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_words_means_nothing() {
        for text in ["code id_token token", "token id_token code", "id_token token code"] {
            assert_eq!(text.parse(), Ok(ResponseType::CODE_ID_TOKEN_TOKEN), "{text}");
        }
    }

    #[test]
    fn both_spellings_are_read_again() {
        for response_type in ResponseType::ALL {
            assert_eq!(response_type.as_str().parse(), Ok(*response_type));
            let json = serde_json::to_string(response_type).unwrap();
            assert_eq!(json, format!("\"{}\"", response_type.as_acp_str()));
            assert_eq!(serde_json::from_str::<ResponseType>(&json).unwrap(), *response_type);
        }
    }

    #[test]
    fn json_has_the_eight_spellings_of_acp() {
        let spelled: std::collections::BTreeSet<_> =
            ResponseType::ALL.iter().map(|response_type| response_type.as_acp_str()).collect();
        let acp = [
            "token",
            "id_token",
            "code",
            "code id_token",
            "token id_token",
            "token code",
            "token id_token code",
            "none",
        ];
        assert_eq!(spelled, acp.into_iter().collect());
    }

    #[test]
    fn malformed_sets_are_refused() {
        for text in [
            "",
            " ",
            "code ",
            " code",
            "code  token",
            "code code",
            "none code",
            "code none",
            "Code",
            "code,token",
        ] {
            assert!(text.parse::<ResponseType>().is_err(), "{text:?}");
        }
    }
}
