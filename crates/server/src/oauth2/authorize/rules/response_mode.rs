//! `response_mode`: OAuth 2.0 Multiple Response Types §2.1, JARM §2.3, and what the workspace allows of it.

use symbolon_protocol::{OAuthError, ResponseMode, ResponseType};

use super::{Asked, Rule};
use crate::cx::Cx;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::response_modes::allowed;
use crate::snapshot::Workspace;

pub(super) struct ResponseModeRule;

impl Rule for ResponseModeRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let workspace = &asked.cx.workspace;
        let default = ResponseMode::default_for(request.response_type);
        request.response_mode = default;
        if let Some(text) = asked.form.get("response_mode") {
            let mode = find(workspace, request, text)?;
            // Multiple Response Types §3: no token in a query, where logs keep it.
            let encryption = asked.client.entity.authorization_encrypted_response_alg.as_deref();
            let is_encrypted = encryption.is_some_and(|word| !word.is_empty());
            if !mode.may_carry(request.response_type, is_encrypted) {
                return Err(OAuthError::invalid_request("response_mode_would_leak")
                    .description(
                        "Tokens are not sent in a query: ask for another response_mode, or for none.",
                    )
                    .expected(default.as_str())
                    .got(text));
            }
            request.response_mode = mode;
        } else if !allowed(workspace).any(|mode| mode == default) {
            return Err(refused(workspace, "response_mode_missing").got("none"));
        }
        jarm(workspace, request)
    }
}

/// The mode of this name, where the workspace allows it.
fn find(
    workspace: &Workspace,
    request: &AuthorizationRequest,
    text: &str,
) -> Result<ResponseMode, OAuthError> {
    let advanced = workspace.server.advanced.as_ref();
    if advanced.is_some_and(|advanced| advanced.block_response_modes) {
        return Err(OAuthError::invalid_request("response_mode_blocked")
            .description("This server takes no response_mode: leave the parameter out.")
            .got(text));
    }
    let known = text.parse::<ResponseMode>().ok();
    let mode = known.filter(|mode| allowed(workspace).any(|allowed| allowed == *mode));
    let mode = mode.ok_or_else(|| refused(workspace, "response_mode_not_supported").got(text))?;
    // A form is posted to web servers alone.
    let is_form = matches!(mode, ResponseMode::FormPost | ResponseMode::FormPostJwt);
    let is_web = ["https:", "http:"].iter().any(|scheme| request.redirect_uri.starts_with(scheme));
    if is_form && !is_web {
        return Err(OAuthError::invalid_request("form_post_to_app")
            .description("A form can be posted to a web address alone: ask for another response_mode.")
            .expected("a redirect_uri of the scheme https")
            .got(&request.redirect_uri));
    }
    Ok(mode)
}

/// Signs an answer that must be signed, where the request does not ask for it.
pub(super) fn sign_if_required(cx: &Cx, request: &mut AuthorizationRequest) {
    if jarm(&cx.workspace, request).is_err() {
        request.response_mode = ResponseMode::Jwt;
    }
}

/// Whether an answer would have to be signed and is not: `disallow_code_response_type_without_jarm` has a code alone
/// travel in a signed answer (FAPI 1.0 Advanced §5.2.2 (2)).
pub fn must_be_signed(workspace: &Workspace, response_type: ResponseType, mode: ResponseMode) -> bool {
    let advanced = workspace.server.advanced.as_ref();
    let needs_jarm = advanced.is_some_and(|advanced| advanced.disallow_code_response_type_without_jarm);
    needs_jarm && response_type == ResponseType::CODE && !mode.is_jwt()
}

fn jarm(workspace: &Workspace, request: &AuthorizationRequest) -> Result<(), OAuthError> {
    if must_be_signed(workspace, request.response_type, request.response_mode) {
        return Err(OAuthError::invalid_request("code_without_jarm")
            .description("With response_type code this server answers in a signed JWT alone: ask for response_mode jwt.")
            .expected("a response_mode of JARM, such as jwt")
            .got(request.response_mode.as_str()));
    }
    Ok(())
}

fn refused(workspace: &Workspace, reason: &'static str) -> OAuthError {
    OAuthError::invalid_request(reason)
        .description("This server does not answer in that response mode.")
        .expected(allowed(workspace).map(ResponseMode::as_str).collect::<Vec<_>>().join(", "))
}
