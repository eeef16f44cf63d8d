//! How the parameters must have come: pushed, where workspace or client want it (RFC 9126 §5, §6), or at least by
//! `request` or `request_uri`, and signed (RFC 9101 §10.5). And `registration`, which this server does not read (OIDC Core §7.2.1).

use symbolon_protocol::{ErrorCode, OAuthError};

use super::{Asked, Rule};
use crate::oauth2::authorize::pushed;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::authorize::source::Source;
use crate::oauth2::request_object::policy;

pub(super) struct SourceRule;

impl Rule for SourceRule {
    fn check(&self, asked: &Asked<'_>, _request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
        let workspace = &asked.cx.workspace;
        if asked.source != Source::Pushed && pushed::is_required(workspace, asked.client) {
            return Err(OAuthError::invalid_request("pushed_request_required")
                .description("Authorization requests must be pushed here: send them to the pushed authorization request endpoint first."));
        }
        let advanced = workspace.server.advanced.as_ref();
        let wants_request =
            advanced.is_some_and(|advanced| advanced.require_request_or_request_uri_parameter);
        if asked.source == Source::Plain && wants_request {
            return Err(OAuthError::invalid_request("request_object_required").description(
                "Authorization requests must come by the parameter request or request_uri here.",
            ));
        }
        if !asked.is_signed && policy::requires_signed_of(workspace, asked.client) {
            return Err(OAuthError::invalid_request("signed_request_required")
                .description(
                    "Authorization requests must be signed here: send them as a signed request object.",
                )
                .detail(
                    "the profile of the workspace, or require_signed_request_object of workspace or client",
                ));
        }
        if asked.form.get("registration").is_some() {
            return Err(OAuthError::new(ErrorCode::RegistrationNotSupported, "registration_not_supported")
                .description("This server does not read the registration parameter."));
        }
        Ok(())
    }
}
