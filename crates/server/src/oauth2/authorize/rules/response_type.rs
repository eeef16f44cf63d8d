//! `response_type`: RFC 6749 §3.1.1. The client's registration and the server must both know it.

use symbolon_protocol::{OAuthError, ResponseType};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

/// The response types this server issues. Discovery prints them.
pub static RESPONSE_TYPES: &[&str] = &["code"];

pub(super) struct ResponseTypeRule;

impl Rule for ResponseTypeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let text = asked.form.get("response_type").ok_or_else(|| {
            OAuthError::invalid_request("response_type_missing")
                .description("The parameter response_type is missing.")
                .expected(RESPONSE_TYPES.join(", "))
        })?;
        let unsupported = |code| {
            OAuthError::unsupported_response_type(code)
                .description("This server does not issue that response type.")
                .expected(RESPONSE_TYPES.join(", "))
                .got(text)
        };
        let response_type: ResponseType = text.parse().map_err(|_| unsupported("response_type_unknown"))?;
        if !RESPONSE_TYPES.contains(&response_type.to_string().as_str()) {
            return Err(unsupported("response_type_not_supported"));
        }
        if !asked.client.response_types.contains(&response_type) {
            return Err(OAuthError::unauthorized_client("response_type_not_registered")
                .description("The client may not use this response type.")
                .expected(asked.client.entity.response_types.join(", "))
                .got(text));
        }
        request.response_type = response_type;
        Ok(())
    }
}
