//! `prompt`, `login_hint` and `ui_locales`: OIDC Core §3.1.2.1.

use symbolon_protocol::{OAuthError, PromptSet};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

pub(super) struct PromptRule;

impl Rule for PromptRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        request.login_hint = asked.form.get("login_hint").map(str::to_owned);
        request.ui_locales = asked.form.get("ui_locales").map(str::to_owned);
        let Some(text) = asked.form.get("prompt") else { return Ok(()) };
        request.prompt = text.parse::<PromptSet>().map_err(|error| {
            OAuthError::invalid_request("prompt_malformed")
                .description(format!("The parameter prompt is not understood: {error}."))
                .got(text)
        })?;
        Ok(())
    }
}
