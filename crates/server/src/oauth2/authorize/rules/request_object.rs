//! `request`, `request_uri` and `registration`: refused while the server does not read them (OIDC Core §3.1.2.6).

use symbolon_protocol::{ErrorCode, OAuthError};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct RequestObjectRule;

impl Rule for RequestObjectRule {
    fn check(&self, asked: &Asked<'_>, _request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        if asked.form.get("request").is_some() {
            return Err(OAuthError::new(ErrorCode::RequestNotSupported, "request_not_supported")
                .description("This server does not read request objects."));
        }
        if asked.form.get("request_uri").is_some() {
            return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri_not_supported")
                .description("This server does not fetch request objects."));
        }
        if asked.form.get("registration").is_some() {
            return Err(OAuthError::new(ErrorCode::RegistrationNotSupported, "registration_not_supported")
                .description("This server does not read the registration parameter."));
        }
        Ok(())
    }
}
