//! The `WWW-Authenticate` answer to a request that did not authenticate (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9449
//! §7.1).

use std::fmt::{self, Write as _};

use crate::error::OAuthError;
use crate::scope::ScopeSet;

/// A challenge with its parameters; `Display` gives the header value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    text: String,
    parameters: usize,
}

impl Challenge {
    /// `Basic`, for a client that failed with that header (RFC 6749 §5.2).
    #[must_use]
    pub fn basic(realm: &str) -> Self {
        Self::new("Basic").with("realm", realm)
    }

    /// `Bearer`, for a protected resource (RFC 6750 §3). A request without any token gets no error (§3.1).
    #[must_use]
    pub fn bearer(realm: &str) -> Self {
        Self::new("Bearer").with("realm", realm)
    }

    /// `DPoP`, for a protected resource; `algorithms` are those of the proof (RFC 9449 §7.1).
    #[must_use]
    pub fn dpop(algorithms: &[&str]) -> Self {
        Self::new("DPoP").with("algs", &algorithms.join(" "))
    }

    /// Says why, as far as the client may know.
    #[must_use]
    pub fn error(self, error: &OAuthError) -> Self {
        let challenge = self.with("error", error.code.as_str()).with("error_description", &error.description);
        let Some(wanted) = &error.authentication else { return challenge };
        // RFC 9470 §3
        let challenge = match wanted.acr_values.as_slice() {
            [] => challenge,
            values => challenge.with("acr_values", &values.join(" ")),
        };
        match wanted.max_age {
            None => challenge,
            Some(seconds) => challenge.with("max_age", &seconds.to_string()),
        }
    }

    /// Says which scopes would do (RFC 6750 §3).
    #[must_use]
    pub fn scope(self, scopes: &ScopeSet) -> Self {
        self.with("scope", &scopes.to_string())
    }

    /// Says where the metadata of the protected resource is (RFC 9728 §5.1).
    #[must_use]
    pub fn resource_metadata(self, url: &str) -> Self {
        self.with("resource_metadata", url)
    }

    fn new(scheme: &str) -> Self {
        Self { text: scheme.to_owned(), parameters: 0 }
    }

    /// Adds a parameter as a quoted string (RFC 9110 §5.6.4), without what has no place in a header.
    fn with(mut self, name: &str, value: &str) -> Self {
        let separator = if self.parameters == 0 { " " } else { ", " };
        self.parameters += 1;
        // Writing to a String does not fail.
        let _ = write!(self.text, "{separator}{name}=\"");
        for c in value.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                ' '..='~' => self.text.push(c),
                _ => self.text.push('?'),
            }
        }
        self.text.push('"');
        self
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AuthenticationWanted;
    use crate::error_code::ErrorCode;

    #[test]
    fn bearer_challenge_is_that_of_rfc_6750() {
        // RFC 6750 §3
        let error = OAuthError::invalid_token("expired").description("The access token expired");
        assert_eq!(
            Challenge::bearer("example").error(&error).to_string(),
            r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#
        );
    }

    #[test]
    fn step_up_challenges_are_those_of_rfc_9470() {
        // RFC 9470 §3, figures 2 and 3
        let refused = |description: &'static str, wanted: AuthenticationWanted| {
            OAuthError::new(ErrorCode::InsufficientUserAuthentication, "x")
                .description(description)
                .authentication(wanted)
        };
        let wanted = AuthenticationWanted { acr_values: vec!["myACR".to_owned()], max_age: None };
        assert_eq!(
            Challenge::new("Bearer")
                .error(&refused("A different authentication level is required", wanted))
                .to_string(),
            r#"Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR""#
        );
        let wanted = AuthenticationWanted { acr_values: Vec::new(), max_age: Some(5) };
        assert_eq!(
            Challenge::new("Bearer")
                .error(&refused("More recent authentication is required", wanted))
                .to_string(),
            r#"Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="5""#
        );
    }

    #[test]
    fn request_without_token_learns_no_error() {
        assert_eq!(Challenge::bearer("default").to_string(), r#"Bearer realm="default""#);
    }

    #[test]
    fn scopes_and_algorithms_are_lists() {
        let scopes = ScopeSet::parse("openid email").unwrap();
        assert_eq!(
            Challenge::bearer("r").scope(&scopes).to_string(),
            r#"Bearer realm="r", scope="openid email""#
        );
        assert_eq!(Challenge::dpop(&["ES256", "PS256"]).to_string(), r#"DPoP algs="ES256 PS256""#);
    }

    #[test]
    fn no_value_breaks_out_of_its_quotes_or_its_header() {
        assert_eq!(
            Challenge::basic("a\", charset=\"x\\\r\nSet-Cookie: é").to_string(),
            r#"Basic realm="a\", charset=\"x\\??Set-Cookie: ?""#
        );
    }
}
