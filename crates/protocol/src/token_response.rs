//! The successful answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::authorization_details::AuthorizationDetails;
use crate::token_type::TokenType;

/// A token response. `Debug` shows no token.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Lifetime of the access token, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// The ID token (OpenID Connect Core §3.1.3.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What kind of token the access token is (RFC 8693 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<String>,
    /// The refresh token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The scopes granted, separated by spaces. ACP always says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// How to use the access token.
    pub token_type: TokenType,
    /// The authorization details granted (RFC 9396 §7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub authorization_details: Option<AuthorizationDetails>,
    /// The arrangement of the Australian Consumer Data Right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdr_arrangement_id: Option<String>,
    /// The grant of grant management and FDX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .field("id_token", &self.id_token.is_some())
            .field("refresh_token", &self.refresh_token.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_that_of_the_walk_through() {
        let response = TokenResponse {
            access_token: "a".to_owned(),
            expires_in: Some(3600),
            id_token: Some("i".to_owned()),
            scope: Some("openid".to_owned()),
            ..TokenResponse::default()
        };
        assert_eq!(
            serde_json::to_string(&response).unwrap(),
            r#"{"access_token":"a","expires_in":3600,"id_token":"i","scope":"openid","token_type":"bearer"}"#
        );
    }

    #[test]
    fn debug_shows_no_token() {
        let response = TokenResponse {
            access_token: "hunter2".to_owned(),
            refresh_token: Some("hunter3".to_owned()),
            id_token: Some("hunter4".to_owned()),
            ..TokenResponse::default()
        };
        assert!(!format!("{response:?}").contains("hunter"));
    }
}
