//! `max_age`: how old the login may be, in seconds (OIDC Core §3.1.2.1).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct MaxAgeRule;

impl Rule for MaxAgeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let Some(text) = asked.form.get("max_age") else {
            // OpenID Connect Registration §2: the client's own default.
            request.max_age = asked.client.entity.default_max_age;
            return Ok(());
        };
        let seconds = text.parse::<u32>().map_err(|_| {
            OAuthError::invalid_request("max_age_malformed")
                .description("The parameter max_age is not a number of seconds.")
                .got(text)
        })?;
        request.max_age = Some(i64::from(seconds));
        Ok(())
    }
}
