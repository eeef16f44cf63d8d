//! `nonce` and `state`: carried as they are; `nonce` binds the ID token to the client's session (OIDC Core §3.1.2.1),
//! and must be there where an ID token travels by way of the browser (§3.2.2.1, §3.3.2.11).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorize::request::{AuthorizationRequest, MAX_STATE};
use crate::oauth2::issue::OPENID;
use crate::oauth2::profile::Profile;

/// Longer values are a fault of the client, and would be kept in the store and in tokens.
const MAX_LENGTH: usize = 1024;

pub(super) struct NonceRule;

impl Rule for NonceRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        if asked.form.get("state").is_some_and(|state| state.len() > MAX_STATE) {
            return Err(OAuthError::invalid_request("state_too_long")
                .description(format!("The parameter state is longer than {MAX_STATE} bytes.")));
        }
        if Profile::of(&asked.cx.workspace).requires_nonce_or_state() {
            ties_to_client(asked, request)?;
        }
        let Some(nonce) = asked.form.get("nonce") else {
            return match request.response_type.has_id_token() {
                true => Err(OAuthError::invalid_request("nonce_missing").description(
                    "The parameter nonce is missing: it is required where the response carries an ID token.",
                )),
                false => Ok(()),
            };
        };
        if nonce.len() > MAX_LENGTH {
            return Err(OAuthError::invalid_request("nonce_too_long")
                .description("The parameter nonce is longer than 1024 characters."));
        }
        request.nonce = Some(nonce.to_owned());
        Ok(())
    }
}

/// FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3: `nonce` where an ID token is asked for, else `state`, so that the client can
/// tell an answer of its own from one that somebody else has injected.
fn ties_to_client(asked: &Asked<'_>, request: &AuthorizationRequest) -> Result<(), OAuthError> {
    let (name, reason) = match request.scope.contains(OPENID) {
        true => ("nonce", "nonce_missing"),
        false => ("state", "state_missing"),
    };
    match asked.form.get(name) {
        Some(_) => Ok(()),
        None => Err(OAuthError::invalid_request(reason)
            .description(format!("The parameter {name} is missing: this authorization server requires it."))
            .detail("FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3")),
    }
}
