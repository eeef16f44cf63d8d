//! Who may register a client: everybody where registration is open, else who brings an initial access token (RFC 7591
//! §3). Who brings one although none is needed is held to it.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use symbolon_protocol::{ErrorCode, Form, OAuthError};
use symbolon_store::entity::server::DynamicClientRegistrationSettings;

use super::{payload, statement};
use crate::cx::Cx;
use crate::oauth2::access_token::{self, Scheme};
use crate::oauth2::client_auth::trust;
use crate::oauth2::error::ErrorResponse;
use crate::snapshot::Workspace;

/// The scope of an initial access token (ACP).
pub const DCR_REGISTER: &str = "dcr_register";

/// By what right somebody registers.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// The initial access token: its `jti`, and its end in unix seconds. It is spent by the registration.
    pub initial_token: Option<(String, i64)>,
    /// A registry that the workspace trusts vouches for the software.
    pub statement: bool,
    /// The workspace asks for a certificate of a CA that it trusts, and there is one.
    pub certificate: bool,
}

/// The workspace's settings, where clients can register.
///
/// # Errors
/// 403 `access_denied` where they cannot.
pub fn enabled(cx: &Cx) -> Result<&DynamicClientRegistrationSettings, ErrorResponse> {
    let settings = cx.workspace.server.dynamic_client_registration.as_ref();
    settings.filter(|_| is_served(&cx.workspace)).ok_or_else(|| {
        let error = OAuthError::access_denied("registration_disabled")
            .description("Clients cannot register themselves here.")
            .expected("dynamic_client_registration.enabled, with the keys for signed bodies and statements where they are asked for");
        ErrorResponse::with_status(error, StatusCode::FORBIDDEN)
    })
}

/// Whether clients can register themselves in the workspace. Where it demands signed bodies or software statements and
/// names no keys for them, they cannot.
pub fn is_served(workspace: &Workspace) -> bool {
    let server = &workspace.server;
    let settings = server.dynamic_client_registration.as_ref();
    settings.is_some_and(|settings| settings.enabled && payload::can_be_verified(settings, workspace))
        && (!server.enable_trust_anchor || statement::is_trusted(workspace))
}

/// Whether this request may register a client.
///
/// # Errors
/// 401 `invalid_token` without a good initial access token where one is needed or brought, 403 `insufficient_scope`
/// when it is for something else; 429 when an address registers too many.
pub async fn approve(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    headers: &HeaderMap,
) -> Result<Approval, ErrorResponse> {
    let certificate = check_certificate(cx, settings)?;
    let required = settings.initial_access_token.as_ref().is_some_and(|settings| settings.required);
    if !required && !headers.contains_key(AUTHORIZATION) {
        limit(cx)?;
        return Ok(Approval { certificate, ..Approval::default() });
    }
    let token = access_token::authorize(cx, headers, &Form::default()).await?;
    if !token.claims.has_scope(DCR_REGISTER) {
        let error = OAuthError::insufficient_scope("scope_missing")
            .description(format!("The access token lacks the scope {DCR_REGISTER}."))
            .expected(DCR_REGISTER)
            .got(token.claims.scopes());
        return Err(ErrorResponse::at_resource(&cx.workspace, error, Scheme::Bearer)
            .of_client(Some(token.client.id())));
    }
    let initial_token = Some((token.claims.jti.clone(), token.claims.exp));
    Ok(Approval { initial_token, certificate, ..Approval::default() })
}

/// `require_trusted_certificate`: whoever registers is known to a CA of the workspace. Whether there was one.
///
/// # Errors
/// 401 `invalid_client` without one that is trusted.
fn check_certificate(cx: &Cx, settings: &DynamicClientRegistrationSettings) -> Result<bool, ErrorResponse> {
    if !settings.require_trusted_certificate {
        return Ok(false);
    }
    let Some(certificate) = cx.peer.certificate.as_deref() else {
        return Err(OAuthError::invalid_client("certificate_missing")
            .description("Clients register here with a client certificate, and none was presented.")
            .expected("a client certificate of a CA that the workspace trusts")
            .got("none")
            .into());
    };
    trust::trusted(cx, certificate)?;
    Ok(true)
}

/// Counts a request that anybody can send and that writes.
///
/// # Errors
/// 429 when there were too many from this address.
pub fn limit(cx: &Cx) -> Result<(), ErrorResponse> {
    let most = cx.app.config.limits.registrations;
    cx.app.memory.registrations.begin(cx.peer.remote.ip(), most, cx.now).map_err(|seconds| {
        let error = OAuthError::new(ErrorCode::TemporarilyUnavailable, "too_many_registrations")
            .description(format!("Too many registrations from this address. Try again in {seconds} s."))
            .expected(format!("at most {most} an hour (limits.registrations)"));
        ErrorResponse::with_status(error, StatusCode::TOO_MANY_REQUESTS)
    })
}
