//! `response_mode`: how an authorization response travels (OAuth 2.0 Multiple Response Types §2.1, JARM §2.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;
use crate::response_type::ResponseType;

/// A response mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[serde(rename = "query")]
    Query,
    /// In the fragment of the redirect URI.
    #[serde(rename = "fragment")]
    Fragment,
    /// As a form posted to the redirect URI (OAuth 2.0 Form Post Response Mode).
    #[serde(rename = "form_post")]
    FormPost,
    /// As one JWT in the query (JARM §2.3.1).
    #[serde(rename = "query.jwt")]
    QueryJwt,
    /// As one JWT in the fragment (JARM §2.3.2).
    #[serde(rename = "fragment.jwt")]
    FragmentJwt,
    /// As one JWT in a posted form (JARM §2.3.3).
    #[serde(rename = "form_post.jwt")]
    FormPostJwt,
    /// As one JWT, in the place that is the default of the response type (JARM §2.3.4).
    #[serde(rename = "jwt")]
    Jwt,
}

impl ResponseMode {
    /// Every value, in the order of this file.
    pub const ALL: &'static [Self] = &[
        Self::Query,
        Self::Fragment,
        Self::FormPost,
        Self::QueryJwt,
        Self::FragmentJwt,
        Self::FormPostJwt,
        Self::Jwt,
    ];

    /// The value as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::QueryJwt => "query.jwt",
            Self::FragmentJwt => "fragment.jwt",
            Self::FormPostJwt => "form_post.jwt",
            Self::Jwt => "jwt",
        }
    }

    /// Whether the response is a signed JWT (JARM).
    #[must_use]
    pub const fn is_jwt(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt | Self::Jwt)
    }

    /// The mode for a response type where the request names none (Multiple Response Types §2.1 and §5).
    #[must_use]
    pub const fn default_for(response_type: ResponseType) -> Self {
        if response_type.is_front_channel() { Self::Fragment } else { Self::Query }
    }

    /// This mode with `jwt` made concrete for `response_type` (JARM §2.3.4).
    #[must_use]
    pub const fn resolved_for(self, response_type: ResponseType) -> Self {
        match self {
            Self::Jwt if response_type.is_front_channel() => Self::FragmentJwt,
            Self::Jwt => Self::QueryJwt,
            other => other,
        }
    }

    /// Whether a response with `response_type` may travel this way: no token goes into a query, where logs
    /// and `Referer` would keep it (Multiple Response Types §3), unless it is in a JWT that is `encrypted` (JARM §2.3.1).
    #[must_use]
    pub const fn may_carry(self, response_type: ResponseType, encrypted: bool) -> bool {
        match self {
            Self::Query => !response_type.is_front_channel(),
            Self::QueryJwt => encrypted || !response_type.is_front_channel(),
            _ => true,
        }
    }
}

impl FromStr for ResponseMode {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == word)
            .ok_or_else(|| UnknownWord::new("response_mode", word))
    }
}

impl fmt::Display for ResponseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_the_round_trip() {
        for word in ResponseMode::ALL {
            assert_eq!(word.to_string().parse(), Ok(*word));
            assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
        }
    }

    #[test]
    fn a_token_never_travels_in_a_query() {
        for response_type in ResponseType::ALL.iter().copied().filter(|r| r.has_token() || r.has_id_token()) {
            assert_eq!(ResponseMode::default_for(response_type), ResponseMode::Fragment, "{response_type}");
            for encrypted in [false, true] {
                assert!(!ResponseMode::Query.may_carry(response_type, encrypted), "{response_type}");
                assert!(ResponseMode::FormPost.may_carry(response_type, encrypted), "{response_type}");
            }
            assert!(!ResponseMode::QueryJwt.may_carry(response_type, false), "{response_type}");
            assert!(ResponseMode::QueryJwt.may_carry(response_type, true), "JARM §2.3.1");
            assert_eq!(ResponseMode::Jwt.resolved_for(response_type), ResponseMode::FragmentJwt);
        }
    }

    #[test]
    fn code_and_none_go_in_the_query_by_default() {
        assert_eq!(ResponseMode::default_for(ResponseType::CODE), ResponseMode::Query);
        assert_eq!(ResponseMode::default_for(ResponseType::NONE), ResponseMode::Query);
        assert_eq!(ResponseMode::Jwt.resolved_for(ResponseType::CODE), ResponseMode::QueryJwt);
        assert_eq!(ResponseMode::FormPost.resolved_for(ResponseType::CODE), ResponseMode::FormPost);
    }
}
