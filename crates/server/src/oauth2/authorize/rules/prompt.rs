//! `prompt`, `login_hint` and `ui_locales`: OIDC Core §3.1.2.1.

use symbolon_protocol::{OAuthError, Prompt, PromptSet};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;

/// Longer hints, in bytes, are no use to anybody, and are passed over.
const MAX_HINT: usize = 320;

/// The prompts this server supports. Discovery prints them.
pub static PROMPTS: &[Prompt] = &[Prompt::None, Prompt::Login, Prompt::Consent, Prompt::SelectAccount];

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
        // Initiating User Registration §4.1: nobody can register here.
        if let Some(prompt) = request.prompt.iter().find(|prompt| !PROMPTS.contains(prompt)) {
            return Err(OAuthError::invalid_request("prompt_not_supported")
                .description("This server does not support that prompt.")
                .expected(PROMPTS.iter().map(|prompt| prompt.as_str()).collect::<Vec<_>>().join(", "))
                .got(prompt));
        }
        Ok(())
    }
}
