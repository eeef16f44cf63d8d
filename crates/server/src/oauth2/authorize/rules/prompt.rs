//! `prompt`, `login_hint` and `ui_locales`: OIDC Core §3.1.2.1.

use symbolon_protocol::{OAuthError, PromptSet};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

/// Longer hints, in bytes, are no use to anybody, and are passed over.
const MAX_HINT: usize = 320;

pub(super) struct PromptRule;

impl Rule for PromptRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let hint = |name| asked.form.get(name).filter(|hint| hint.len() <= MAX_HINT).map(str::to_owned);
        request.login_hint = hint("login_hint");
        request.ui_locales = hint("ui_locales");
        let Some(text) = asked.form.get("prompt") else { return Ok(()) };
        request.prompt = text.parse::<PromptSet>().map_err(|error| {
            OAuthError::invalid_request("prompt_malformed")
                .description(format!("The parameter prompt is not understood: {error}."))
                .got(text)
        })?;
        Ok(())
    }
}
