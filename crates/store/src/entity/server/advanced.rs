//! Switches, cookies, and the attributes a workspace knows.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::entity::Metadata;

/// Switches that harden or loosen single behaviours of a workspace.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct AdvancedConfiguration {
    /// Deprecated.
    pub acr_values: Vec<String>,
    /// Discovery prints only mTLS URLs.
    pub advertise_only_mtls_aliases_in_well_known: bool,
    /// Request objects may be unsigned (`alg` `none`; OpenID Connect Core §6.1). An addition of ours.
    pub allow_unsigned_request_objects: bool,
    /// `Response_mode` refused.
    pub block_response_modes: bool,
    /// `SameSite`.
    pub cookies_configuration: Option<CookiesConfiguration>,
    /// DCR clients not cert-bound.
    pub disable_dcr_client_certificate_bound_access_tokens: bool,
    /// PAR off.
    pub disable_par: bool,
    /// RAR off.
    pub disable_rar: bool,
    /// Refresh token not rotated.
    pub disable_refresh_token_cycling: bool,
    /// Query bearer refused.
    pub disallow_access_token_in_query_for_protected_resources: bool,
    /// Plain code refused.
    pub disallow_code_response_type_without_jarm: bool,
    /// Blocked modes.
    pub disallowed_response_modes: Vec<String>,
    /// Drop acr claim.
    pub do_not_issue_acr_claim_in_id_token: bool,
    /// Acr demanded.
    pub enforce_acr_values: bool,
    /// Unknown scopes do not fail DCR.
    pub ignore_unknown_scopes_for_dcr: bool,
    /// `DPoP` proofs must carry a nonce of this server (RFC 9449 §8). An addition of ours.
    pub require_dpop_nonce: bool,
    /// A request for a token must name the `resource` that it is for (RFC 8707). An addition of ours.
    pub require_resource_indicators: bool,
    /// Classes of authentication of which userinfo and the management APIs of this workspace want one (RFC 9470). An
    /// addition of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_acr_values: Vec<String>,
    /// How long ago the person has authenticated whose token comes to these, at most, in seconds (RFC 9470). An addition
    /// of ours.
    pub resource_max_age: Option<i64>,
    /// Access tokens in the shape of RFC 9068 (`at+jwt`). An addition of ours.
    pub rfc9068_access_tokens: bool,
    /// FAPI.
    pub require_request_or_request_uri_parameter: bool,
    /// Authorization requests must be signed (RFC 9101 §10.5). An addition of ours.
    pub require_signed_request_object: bool,
    /// RFC 9207.
    pub return_iss_parameter_in_authorization_response: bool,
    /// ID tokens carry the claims of their scopes even if an access token is issued with which userinfo tells them (OIDC
    /// Core §5.4 leaves them to userinfo then). An addition of ours.
    pub scope_claims_in_id_token: bool,
    /// Session Management 1.0: `check_session_iframe`, and `session_state` in authorization responses. An addition of
    /// ours.
    pub session_management: bool,
    /// No SSO fallback for logout URI.
    pub strict_post_logout_redirect_enforcement: bool,
}

/// How the cookies of a workspace are set.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct CookiesConfiguration {
    /// `SameSite` attribute: `none`, `lax` or `strict`.
    pub same_site: Option<String>,
}

/// The attributes a workspace knows of its users.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct AuthenticationContextSettings {
    /// The attributes.
    pub attributes: Vec<AuthenticationContextAttribute>,
}

/// One attribute of a user's authentication context.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct AuthenticationContextAttribute {
    /// Label for people.
    pub description: Option<String>,
    /// UI tags (simple / advanced).
    pub labels: Vec<String>,
    /// Path of the attribute, such as `address.country`.
    pub name: String,
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Free data of a workspace, checked against a schema if there is one.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ServerMetadata {
    /// The data.
    pub payload: Metadata,
    /// JSON schema that the data must satisfy.
    pub schema: Option<Value>,
}
