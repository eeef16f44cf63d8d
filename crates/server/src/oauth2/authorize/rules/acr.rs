//! `acr_values`, and `acr` in `claims` (OIDC Core §3.1.2.1, §5.5.1.1): how well the person must be authenticated.

use symbolon_protocol::{AcrValues, ErrorCode, OAuthError};

use super::{Asked, Rule};
use crate::oauth2::acr;
use crate::oauth2::authorize::request::AuthorizationRequest;

/// More, in bytes, is no list that anybody means.
const MAX_LENGTH: usize = 1024;

pub(super) struct AcrRule;

impl Rule for AcrRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let workspace = &asked.cx.workspace;
        if let Some(Some(claim)) = request.claims.id_token.get("acr") {
            request.acr_values = claim.texts().map(str::to_owned).collect();
            request.is_acr_essential = claim.essential && !request.acr_values.is_empty();
        }
        if !request.is_acr_essential {
            // Both at once ask for the same thing twice (OIDC Core §5.5.1.1): all of it is a wish.
            let parameter = asked.form.get("acr_values").unwrap_or_default();
            if parameter.len() > MAX_LENGTH {
                return Err(OAuthError::invalid_request("acr_values_too_long")
                    .description(format!("The parameter acr_values is longer than {MAX_LENGTH} bytes.")));
            }
            request.acr_values.extend(AcrValues::parse(parameter).iter().map(str::to_owned));
            if request.acr_values.is_empty() {
                request.acr_values.clone_from(&asked.client.entity.default_acr_values);
            }
            request.is_acr_essential = acr::is_essential(workspace, &request.acr_values);
        }
        let supported = acr::supported(workspace);
        let is_possible = request.acr_values.iter().any(|value| supported.contains(&value.as_str()));
        if request.is_acr_essential && !is_possible {
            let code = ErrorCode::UnmetAuthenticationRequirements;
            return Err(OAuthError::new(code, "acr_not_supported")
                .description(code.sentence())
                .expected(supported.join(", "))
                .got(request.acr_values.join(" ")));
        }
        Ok(())
    }
}
