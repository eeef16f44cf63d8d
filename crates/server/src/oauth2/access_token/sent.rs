//! How an access token is sent (RFC 6750 §2; RFC 9449 §7.1).

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use symbolon_protocol::{Authorization, OAuthError, TokenType};

use super::invalid;
use crate::oauth2::error::TOKEN_MISSING;

/// How an access token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`, or in a form (RFC 6750 §2).
    Bearer,
    /// `Authorization: DPoP`, with a proof (RFC 9449 §7.1).
    Dpop,
}

impl Scheme {
    /// `token_type` of a token that is sent so.
    pub const fn token_type(self) -> TokenType {
        match self {
            Self::Bearer => TokenType::Bearer,
            Self::Dpop => TokenType::Dpop,
        }
    }
}

/// An access token as it was sent.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// How.
    pub scheme: Scheme,
    /// The token.
    pub token: &'a str,
}

/// The token is not shown.
impl fmt::Debug for Sent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// The token of the Authorization header; `None` when there is no such header.
///
/// # Errors
/// `invalid_request` when there are several headers, `invalid_token` when it is another scheme or malformed.
pub fn sent(headers: &HeaderMap) -> Result<Option<Sent<'_>>, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(OAuthError::invalid_request("authorization_header_repeated")
            .description("The Authorization header is repeated."));
    }
    let malformed =
        || invalid("authorization_header_malformed").description("The Authorization header is malformed.");
    match Authorization::parse(value.to_str().map_err(|_| malformed())?) {
        Ok(Authorization::Bearer(token)) => Ok(Some(Sent { scheme: Scheme::Bearer, token })),
        Ok(Authorization::Dpop(token)) => Ok(Some(Sent { scheme: Scheme::Dpop, token })),
        Ok(Authorization::Basic(_)) => Err(missing()),
        Err(error) => Err(malformed().detail(error)),
    }
}

/// RFC 6750 §3.1: a request without any token is told no error code; see how `error.rs` words the challenge.
pub(super) fn missing() -> OAuthError {
    invalid(TOKEN_MISSING).description("The request needs an access token.")
}
