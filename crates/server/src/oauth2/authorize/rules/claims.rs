//! `claims` (OIDC Core §5.5): single claims, and what they say about `sub`. `claims_locales` (§5.2): in which languages.

use symbolon_protocol::{ClaimsRequest, OAuthError};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct ClaimsRule;

impl Rule for ClaimsRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let claims =
            asked.form.get("claims").map_or_else(|| Ok(ClaimsRequest::default()), ClaimsRequest::parse);
        let claims = claims.map_err(|error| {
            OAuthError::invalid_request("claims_malformed")
                .description("The parameter claims is not of the form of OpenID Connect Core 5.5.")
                .detail(error)
        })?;
        request.claims = claims.in_locales(asked.form.get("claims_locales").unwrap_or_default());
        for place in [&request.claims.id_token, &request.claims.userinfo] {
            let Some(Some(sub)) = place.get("sub") else { continue };
            let Some(expected) = sub.texts().next().filter(|_| sub.values.len() == 1) else { continue };
            match &request.expected_subject {
                Some(other) if other != expected => {
                    return Err(OAuthError::invalid_request("claims_sub_conflict")
                        .description("The request names two different subjects.")
                        .expected(other)
                        .got(expected));
                }
                _ => request.expected_subject = Some(expected.to_owned()),
            }
        }
        Ok(())
    }
}
