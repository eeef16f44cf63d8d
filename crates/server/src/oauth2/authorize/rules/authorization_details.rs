//! `authorization_details`: what is asked for beyond scopes (RFC 9396 §3, §5).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorization_details;
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct AuthorizationDetailsRule;

impl Rule for AuthorizationDetailsRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        request.authorization_details = authorization_details::asked(asked.cx, asked.client, asked.form)?;
        Ok(())
    }
}
