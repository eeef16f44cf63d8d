//! `resource`: where the tokens are to be used (RFC 8707 §2.1).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::resource;

pub(super) struct ResourceRule;

impl Rule for ResourceRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        request.resources = resource::asked(asked.cx, asked.client, asked.form)?;
        // An ID token is for the client, and nothing is for nobody.
        let leads_to_token = request.response_type.has_code() || request.response_type.has_token();
        if leads_to_token { resource::check_named(asked.cx, &request.resources) } else { Ok(()) }
    }
}
