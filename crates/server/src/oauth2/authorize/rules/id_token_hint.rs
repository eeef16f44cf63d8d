//! `id_token_hint`: an ID token of ours that says whom the client believes to be logged in (OIDC Core §3.1.2.1).

use symbolon_protocol::OAuthError;

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::id_token_hint;

pub(super) struct IdTokenHintRule;

impl Rule for IdTokenHintRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let Some(token) = asked.form.get("id_token_hint") else { return Ok(()) };
        let hint = id_token_hint::verify(asked.cx, Some(asked.client), token).map_err(|error| {
            OAuthError::invalid_request("id_token_hint_invalid")
                .description("The id_token_hint is not an ID token of this authorization server.")
                .detail(error.to_string())
        })?;
        if hint.client_id != asked.client.id() {
            return Err(OAuthError::invalid_request("id_token_hint_of_another_client")
                .description("The id_token_hint was issued to another client."));
        }
        request.expected_subject = Some(hint.subject);
        Ok(())
    }
}
