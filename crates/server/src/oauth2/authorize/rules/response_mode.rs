//! `response_mode`: OAuth 2.0 Multiple Response Types §2.1.

use symbolon_protocol::{OAuthError, ResponseMode};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::response_modes::RESPONSE_MODES;

pub(super) struct ResponseModeRule;

impl Rule for ResponseModeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let Some(text) = asked.form.get("response_mode") else {
            request.response_mode = ResponseMode::default_for(request.response_type);
            return Ok(());
        };
        let known = text.parse::<ResponseMode>().ok().filter(|mode| RESPONSE_MODES.contains(mode));
        request.response_mode = known.ok_or_else(|| {
            OAuthError::invalid_request("response_mode_not_supported")
                .description("This server does not answer in that response mode.")
                .expected(RESPONSE_MODES.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(", "))
                .got(text)
        })?;
        // Multiple Response Types §3: no token in a query, where logs keep it.
        if !request.response_mode.may_carry(request.response_type) {
            request.response_mode = ResponseMode::default_for(request.response_type);
            return Err(OAuthError::invalid_request("response_mode_would_leak")
                .description("Tokens are not sent in a query: ask for another response_mode, or for none.")
                .expected(request.response_mode.as_str())
                .got(text));
        }
        Ok(())
    }
}
