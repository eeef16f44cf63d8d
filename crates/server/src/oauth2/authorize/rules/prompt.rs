//! `prompt`, `login_hint` and `ui_locales`: OIDC Core §3.1.2.1.

use symbolon_protocol::{OAuthError, Prompt, PromptSet};

use super::{Asked, Rule};
use crate::login::accounts;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::snapshot::Workspace;

/// Longer hints, in bytes, are no use to anybody, and are passed over.
const MAX_HINT: usize = 320;

/// The prompts that every workspace supports.
static PROMPTS: &[Prompt] = &[Prompt::None, Prompt::Login, Prompt::Consent, Prompt::SelectAccount];

/// The prompts that a workspace supports: `create` where people may make accounts. Discovery prints them.
pub fn supported(workspace: &Workspace) -> impl Iterator<Item = Prompt> {
    PROMPTS.iter().copied().chain(accounts::open_at(workspace).map(|_| Prompt::Create))
}

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
        // Initiating User Registration §4.1: what discovery does not list. `create` may stand beside others, though that
        // is not recommended: it is met first, and a new account is a login too.
        let workspace = &asked.cx.workspace;
        let is_supported = |prompt: &Prompt| supported(workspace).any(|known| known == *prompt);
        if let Some(prompt) = request.prompt.iter().find(|prompt| !is_supported(prompt)) {
            return Err(OAuthError::invalid_request("prompt_not_supported")
                .description("This server does not support that prompt.")
                .expected(supported(workspace).map(Prompt::as_str).collect::<Vec<_>>().join(", "))
                .got(prompt));
        }
        Ok(())
    }
}
