//! `code_challenge` and `code_challenge_method`: RFC 7636 §4.3, and RFC 9700 §2.1.1 against downgrades.

use symbolon_protocol::{ClientAuthMethod, CodeChallenge, CodeChallengeMethod, OAuthError};

use super::{Asked, Rule};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::authorize::source::Source;
use crate::oauth2::profile::Profile;

pub(super) struct PkceRule;

impl Rule for PkceRule {
    fn check(&self, asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let method = asked.form.get("code_challenge_method");
        let Some(challenge) = asked.form.get("code_challenge") else {
            if method.is_some() {
                return Err(OAuthError::invalid_request("code_challenge_missing")
                    .description("There is a code_challenge_method, but no code_challenge."));
            }
            // RFC 7636 protects a code; an ID token by itself is bound by its nonce.
            return if request.response_type.has_code() && is_required(asked) {
                Err(missing())
            } else {
                Ok(())
            };
        };
        // RFC 7636 §4.3: without a method it is plain, which a code interceptor can replay.
        let method = match method {
            Some("S256") => CodeChallengeMethod::S256,
            Some("plain") | None => return Err(plain_refused(method)),
            Some(other) => {
                return Err(OAuthError::invalid_request("code_challenge_method_unknown")
                    .description("The code_challenge_method must be S256.")
                    .expected("S256")
                    .got(other));
            }
        };
        let challenge = CodeChallenge::parse(challenge, method).map_err(|error| {
            OAuthError::invalid_request("code_challenge_malformed")
                .description(
                    "The code_challenge is not the base64url form of a SHA-256 digest (43 characters).",
                )
                .detail(error)
        })?;
        request.code_challenge = Some(challenge);
        Ok(())
    }
}

fn is_required(asked: &Asked<'_>) -> bool {
    let server = &asked.cx.workspace.server;
    let pushed = asked.source == Source::Pushed;
    server.enforce_pkce
        || Profile::of(&asked.cx.workspace).requires_pkce(pushed)
        || (server.enforce_pkce_for_public_clients && asked.client.auth_method == ClientAuthMethod::None)
}

fn missing() -> OAuthError {
    OAuthError::invalid_request("code_challenge_required").description(
        "This authorization server requires PKCE: send code_challenge with code_challenge_method S256.",
    )
}

fn plain_refused(method: Option<&str>) -> OAuthError {
    OAuthError::invalid_request("code_challenge_plain")
        .description("The code_challenge_method plain is not accepted: send code_challenge_method=S256.")
        .expected("S256")
        .got(method.unwrap_or("none, which means plain"))
}
