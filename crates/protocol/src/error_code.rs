//! Every error code that travels on the wire, and the HTTP status that belongs to it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An error code of OAuth 2, OpenID Connect or one of their extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A parameter is missing, repeated or malformed (RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1).
    InvalidRequest,
    /// Client authentication failed (RFC 6749 §5.2).
    InvalidClient,
    /// The code, refresh token, assertion or credential is wrong, late or used up (RFC 6749 §5.2).
    InvalidGrant,
    /// The client may not use this grant or response type (RFC 6749 §4.1.2.1, §5.2).
    UnauthorizedClient,
    /// The server does not know the grant type (RFC 6749 §5.2).
    UnsupportedGrantType,
    /// A scope is unknown, malformed or more than was granted (RFC 6749 §4.1.2.1, §5.2).
    InvalidScope,
    /// The resource owner or the server said no (RFC 6749 §4.1.2.1).
    AccessDenied,
    /// The server does not give this response type (RFC 6749 §4.1.2.1).
    UnsupportedResponseType,
    /// Something went wrong here (RFC 6749 §4.1.2.1).
    ServerError,
    /// Overloaded or in maintenance (RFC 6749 §4.1.2.1).
    TemporarilyUnavailable,
    /// `prompt=none`, but a page would have to be shown (OpenID Connect Core §3.1.2.6).
    InteractionRequired,
    /// `prompt=none`, but nobody is logged in (OpenID Connect Core §3.1.2.6).
    LoginRequired,
    /// `prompt=none`, but an account must be chosen (OpenID Connect Core §3.1.2.6).
    AccountSelectionRequired,
    /// `prompt=none`, but consent is missing (OpenID Connect Core §3.1.2.6).
    ConsentRequired,
    /// The `request_uri` cannot be read or is spent (OpenID Connect Core §3.1.2.6, RFC 9101 §6.2).
    InvalidRequestUri,
    /// The request object is not valid (OpenID Connect Core §3.1.2.6, RFC 9101 §6.2).
    InvalidRequestObject,
    /// The `request` parameter is not supported (OpenID Connect Core §3.1.2.6).
    RequestNotSupported,
    /// The `request_uri` parameter is not supported (OpenID Connect Core §3.1.2.6).
    RequestUriNotSupported,
    /// The `registration` parameter is not supported (OpenID Connect Core §3.1.2.6).
    RegistrationNotSupported,
    /// The requested authentication context cannot be reached (OpenID Connect Core Unmet Authentication
    /// Requirements 1.0 §2).
    UnmetAuthenticationRequirements,
    /// The access token is absent from the server's memory, expired or bound to another key (RFC 6750 §3.1).
    InvalidToken,
    /// The access token lacks a scope (RFC 6750 §3.1).
    InsufficientScope,
    /// The user must authenticate anew or better (RFC 9470 §3).
    InsufficientUserAuthentication,
    /// A redirect URI cannot be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// A member of the client's metadata cannot be registered (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// The software statement is not valid (RFC 7591 §3.2.2).
    InvalidSoftwareStatement,
    /// The software statement is not approved here (RFC 7591 §3.2.2).
    UnapprovedSoftwareStatement,
    /// The user has not answered yet (RFC 8628 §3.5, CIBA §11).
    AuthorizationPending,
    /// The client polls too often (RFC 8628 §3.5, CIBA §11).
    SlowDown,
    /// The device code or `auth_req_id` is too old (RFC 8628 §3.5, CIBA §11).
    ExpiredToken,
    /// The resource or audience is unknown or not allowed (RFC 8707 §2, RFC 8693 §2.2.2).
    InvalidTarget,
    /// The DPoP proof is not valid (RFC 9449 §5).
    InvalidDpopProof,
    /// The DPoP proof must carry the nonce sent with this answer (RFC 9449 §8).
    UseDpopNonce,
    /// The server cannot revoke this type of token (RFC 7009 §2.2.1).
    UnsupportedTokenType,
    /// The authorization details are not valid (RFC 9396 §5).
    InvalidAuthorizationDetails,
    /// The binding message cannot be shown (CIBA §13).
    InvalidBindingMessage,
    /// The hint names no known user (CIBA §13).
    UnknownUserId,
    /// The `login_hint_token` is too old (CIBA §13).
    ExpiredLoginHintToken,
    /// The client must send a user code (CIBA §13).
    MissingUserCode,
    /// The user code is wrong (CIBA §13).
    InvalidUserCode,
    /// The transaction behind a push notification failed (CIBA §12).
    TransactionFailed,
}

impl ErrorCode {
    /// Every code, in the order of this file.
    pub const ALL: &'static [Self] = &[
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::AccessDenied,
        Self::UnsupportedResponseType,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::InteractionRequired,
        Self::LoginRequired,
        Self::AccountSelectionRequired,
        Self::ConsentRequired,
        Self::InvalidRequestUri,
        Self::InvalidRequestObject,
        Self::RequestNotSupported,
        Self::RequestUriNotSupported,
        Self::RegistrationNotSupported,
        Self::UnmetAuthenticationRequirements,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::InsufficientUserAuthentication,
        Self::InvalidRedirectUri,
        Self::InvalidClientMetadata,
        Self::InvalidSoftwareStatement,
        Self::UnapprovedSoftwareStatement,
        Self::AuthorizationPending,
        Self::SlowDown,
        Self::ExpiredToken,
        Self::InvalidTarget,
        Self::InvalidDpopProof,
        Self::UseDpopNonce,
        Self::UnsupportedTokenType,
        Self::InvalidAuthorizationDetails,
        Self::InvalidBindingMessage,
        Self::UnknownUserId,
        Self::ExpiredLoginHintToken,
        Self::MissingUserCode,
        Self::InvalidUserCode,
        Self::TransactionFailed,
    ];

    /// The code as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidSoftwareStatement => "invalid_software_statement",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidBindingMessage => "invalid_binding_message",
            Self::UnknownUserId => "unknown_user_id",
            Self::ExpiredLoginHintToken => "expired_login_hint_token",
            Self::MissingUserCode => "missing_user_code",
            Self::InvalidUserCode => "invalid_user_code",
            Self::TransactionFailed => "transaction_failed",
        }
    }

    /// The HTTP status of an answer with this code from an endpoint of the authorization server.
    ///
    /// Two endpoints differ by their own specification: a protected resource (userinfo) uses
    /// [`Self::status_at_resource`], and the backchannel authentication endpoint answers `access_denied`
    /// with 403 (CIBA §13).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            // RFC 6749 §5.2; RFC 6750 §3.1; RFC 9470 §3
            Self::InvalidClient | Self::InvalidToken | Self::InsufficientUserAuthentication => 401,
            // RFC 6750 §3.1
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            // RFC 6749 §5.2; RFC 7591 §3.2.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5 and §8; CIBA §11
            _ => 400,
        }
    }

    /// The HTTP status of an answer with this code from a protected resource.
    #[must_use]
    pub const fn status_at_resource(self) -> u16 {
        match self {
            // RFC 9449 §7.1 and §9: there the proof is part of the authentication.
            Self::InvalidDpopProof | Self::UseDpopNonce => 401,
            other => other.status(),
        }
    }

    /// A sentence for the client where nothing better can be said.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is missing a parameter, repeats one, or is malformed.",
            Self::InvalidClient => "Client authentication failed.",
            Self::InvalidGrant => "The grant is invalid, expired, revoked, or was issued to another client.",
            Self::UnauthorizedClient => "The client may not use this grant or response type.",
            Self::UnsupportedGrantType => "The grant type is not supported.",
            Self::InvalidScope => "A requested scope is unknown, malformed, or exceeds what was granted.",
            Self::AccessDenied => "The request was denied.",
            Self::UnsupportedResponseType => "The response type is not supported.",
            Self::ServerError => "The server met an unexpected condition.",
            Self::TemporarilyUnavailable => "The server cannot answer at the moment; try again later.",
            Self::InteractionRequired => "The user must be shown a page, but prompt is none.",
            Self::LoginRequired => "The user must log in, but prompt is none.",
            Self::AccountSelectionRequired => "The user must choose an account, but prompt is none.",
            Self::ConsentRequired => "The user must consent, but prompt is none.",
            Self::InvalidRequestUri => "The request_uri is unknown, expired, spent, or cannot be read.",
            Self::InvalidRequestObject => "The request object is not valid.",
            Self::RequestNotSupported => "The request parameter is not supported.",
            Self::RequestUriNotSupported => "The request_uri parameter is not supported.",
            Self::RegistrationNotSupported => "The registration parameter is not supported.",
            Self::UnmetAuthenticationRequirements => {
                "The requested authentication context cannot be reached."
            }
            Self::InvalidToken => "The token is expired, revoked, malformed, or bound to another key.",
            Self::InsufficientScope => "The token lacks a scope that this request needs.",
            Self::InsufficientUserAuthentication => "The user must authenticate anew or by other means.",
            Self::InvalidRedirectUri => "A redirect URI is not acceptable.",
            Self::InvalidClientMetadata => "A member of the client metadata is not acceptable.",
            Self::InvalidSoftwareStatement => "The software statement is not valid.",
            Self::UnapprovedSoftwareStatement => "The software statement is not approved here.",
            Self::AuthorizationPending => "The user has not decided yet.",
            Self::SlowDown => "Too many polls; wait longer between them.",
            Self::ExpiredToken => "The request to the user has expired.",
            Self::InvalidTarget => "The requested resource or audience is unknown or not allowed.",
            Self::InvalidDpopProof => "The DPoP proof is not valid.",
            Self::UseDpopNonce => "The DPoP proof must carry the nonce of this answer.",
            Self::UnsupportedTokenType => "This type of token cannot be revoked.",
            Self::InvalidAuthorizationDetails => "The authorization details are not valid.",
            Self::InvalidBindingMessage => "The binding message cannot be shown.",
            Self::UnknownUserId => "The hint names no known user.",
            Self::ExpiredLoginHintToken => "The login_hint_token has expired.",
            Self::MissingUserCode => "A user code is needed.",
            Self::InvalidUserCode => "The user code is wrong.",
            Self::TransactionFailed => "The transaction failed.",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_written_the_same_by_serde_and_display() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(code.to_string(), code.as_str());
        }
    }

    #[test]
    fn no_two_codes_share_a_name() {
        let names: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn statuses_follow_the_specifications() {
        let other_than_400: Vec<_> = ErrorCode::ALL
            .iter()
            .filter(|code| code.status() != 400)
            .map(|code| (code.as_str(), code.status()))
            .collect();
        assert_eq!(
            other_than_400,
            [
                ("invalid_client", 401),
                ("server_error", 500),
                ("temporarily_unavailable", 503),
                ("invalid_token", 401),
                ("insufficient_scope", 403),
                ("insufficient_user_authentication", 401),
            ]
        );
        assert_eq!(ErrorCode::InvalidDpopProof.status_at_resource(), 401);
        assert_eq!(ErrorCode::UseDpopNonce.status_at_resource(), 401);
        assert_eq!(ErrorCode::InsufficientScope.status_at_resource(), 403);
    }

    #[test]
    fn sentences_hold_only_characters_that_error_description_may_hold() {
        for code in ErrorCode::ALL {
            let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
            assert!(code.sentence().chars().all(allowed), "{code}");
        }
    }
}
