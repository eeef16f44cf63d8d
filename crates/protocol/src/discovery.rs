//! The metadata that an authorization server publishes about itself (OpenID Connect Discovery §3, RFC 8414 §2).

use serde::{Deserialize, Serialize};

/// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`. Absent members are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = wellKnown)]
pub struct ProviderMetadata {
    // Endpoints and issuer
    /// The issuer, exactly the `iss` of its tokens.
    pub issuer: String,
    /// Authorization endpoint.
    pub authorization_endpoint: String,
    /// Token endpoint.
    pub token_endpoint: String,
    /// Public keys of this issuer.
    pub jwks_uri: String,
    /// Userinfo endpoint (OpenID Connect Core §5.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Introspection endpoint (RFC 7662).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// Revocation endpoint (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// A `client_id` may be the URL of a document that describes the client (draft-ietf-oauth-client-id-metadata-document).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_metadata_document_supported: Option<bool>,
    /// Resources that tokens of this issuer are for (RFC 9728 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected_resources: Option<Vec<String>>,
    /// Dynamic registration endpoint (RFC 7591).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// Logout endpoint (RP-Initiated Logout §2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// The page that clients put into a frame to hear of changes of the login (Session Management §3.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_session_iframe: Option<String>,
    /// Pushed authorization request endpoint (RFC 9126).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Device authorization endpoint (RFC 8628).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    /// Backchannel authentication endpoint (CIBA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_endpoint: Option<String>,
    /// Arrangement revocation endpoint of the Australian Consumer Data Right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdr_arrangement_revocation_endpoint: Option<String>,
    /// The endpoints at which a client shows its certificate (RFC 8705 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls_endpoint_aliases: Option<MtlsEndpointAliases>,
    /// The issuer under its mutual TLS host; ACP's own member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls_issuer: Option<String>,
    // Requests and responses
    /// Scopes that may be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes_supported: Option<Vec<String>>,
    /// Response types, as the IANA registry spells them.
    pub response_types_supported: Vec<String>,
    /// Response modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_modes_supported: Option<Vec<String>>,
    /// Grant types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types_supported: Option<Vec<String>>,
    /// PKCE methods (RFC 8414 §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// Words of `prompt` (Initiating User Registration §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_values_supported: Option<Vec<String>>,
    /// Authentication context classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_values_supported: Option<Vec<String>>,
    /// Values of `display` (OpenID Connect Core §3.1.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_values_supported: Option<Vec<String>>,
    /// Languages of the pages (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales_supported: Option<Vec<String>>,
    /// Whether the `claims` parameter is understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_parameter_supported: Option<bool>,
    /// Whether the `request` parameter is understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameter_supported: Option<bool>,
    /// Whether the `request_uri` parameter is understood. Absent means true (OpenID Connect Discovery §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_uri_parameter_supported: Option<bool>,
    /// Whether request URIs must be registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_request_uri_registration: Option<bool>,
    /// Whether every request must be pushed (RFC 9126 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// Whether every request must be signed (RFC 9101 §10.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    /// Whether responses carry `iss` (RFC 9207 §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_response_iss_parameter_supported: Option<bool>,
    /// Types of authorization details (RFC 9396 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details_types_supported: Option<Vec<String>>,
    // Client authentication and key binding
    /// Client authentication methods of the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Algorithms of client assertions there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    /// Client authentication methods of the introspection endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Algorithms of client assertions there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    /// Client authentication methods of the revocation endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Algorithms of client assertions there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    /// Whether access tokens can be bound to certificates (RFC 8705 §3.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    /// Algorithms of DPoP proofs (RFC 9449 §5.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_signing_alg_values_supported: Option<Vec<String>>,
    // Subjects, claims and tokens
    /// Subject types.
    pub subject_types_supported: Vec<String>,
    /// Claims that may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_supported: Option<Vec<String>>,
    /// Languages of claims (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_locales_supported: Option<Vec<String>>,
    /// Claim types (OpenID Connect Core §5.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_types_supported: Option<Vec<String>>,
    /// Signing algorithms of ID tokens.
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// Key algorithms of encrypted ID tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content algorithms of encrypted ID tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_encryption_enc_values_supported: Option<Vec<String>>,
    /// Signing algorithms of userinfo answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signing_alg_values_supported: Option<Vec<String>>,
    /// Key algorithms of encrypted userinfo answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content algorithms of encrypted userinfo answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_encryption_enc_values_supported: Option<Vec<String>>,
    /// Signing algorithms of request objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg_values_supported: Option<Vec<String>>,
    /// Key algorithms of encrypted request objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content algorithms of encrypted request objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_enc_values_supported: Option<Vec<String>>,
    /// Signing algorithms of authorization responses (JARM §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_signing_alg_values_supported: Option<Vec<String>>,
    /// Key algorithms of encrypted authorization responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content algorithms of encrypted authorization responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_encryption_enc_values_supported: Option<Vec<String>>,
    /// Signing algorithms of introspection answers (RFC 9701 §7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_signing_alg_values_supported: Option<Vec<String>>,
    /// Key management of encrypted introspection responses (RFC 9701 §7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content encryption of encrypted introspection responses (RFC 9701 §7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encryption_enc_values_supported: Option<Vec<String>>,
    // Backchannel authentication and logout
    /// Delivery modes of CIBA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_token_delivery_modes_supported: Option<Vec<String>>,
    /// Signing algorithms of CIBA requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_request_signing_alg_values_supported: Option<Vec<String>>,
    /// Whether CIBA requests may carry a user code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_user_code_parameter_supported: Option<bool>,
    /// Whether clients are told of a logout (Back-Channel Logout §2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_supported: Option<bool>,
    /// Whether logout tokens carry `sid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_supported: Option<bool>,
    /// Whether clients are told through the browser (Front-Channel Logout §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_supported: Option<bool>,
    /// Whether those calls carry `sid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_supported: Option<bool>,
    // Identity assurance (OpenID Connect for Identity Assurance §7)
    /// Whether verified claims are understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_claims_supported: Option<bool>,
    /// Claims that may be verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_in_verified_claims_supported: Option<Vec<String>>,
    /// Trust frameworks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_frameworks_supported: Option<Vec<String>>,
    /// Kinds of evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_supported: Option<Vec<String>>,
    /// Kinds of documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents_supported: Option<Vec<String>>,
    /// Methods of looking at documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents_methods_supported: Option<Vec<String>>,
    /// Methods of checking documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents_check_methods_supported: Option<Vec<String>>,
    /// Kinds of electronic records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_records_supported: Option<Vec<String>>,
    /// Kinds of attachments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments_supported: Option<Vec<String>>,
    /// Digests of external attachments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_algorithms_supported: Option<Vec<String>>,
    // About the service (RFC 8414 §2)
    /// A page for developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// How a client may use the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    /// Terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
}

/// Endpoints under the host that asks for a client certificate (RFC 8705 §5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MTLSEndpointAliases)]
pub struct MtlsEndpointAliases {
    /// Alias of `token_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// Alias of `introspection_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// Alias of `revocation_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Alias of `userinfo_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Alias of `registration_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// Alias of `pushed_authorization_request_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Alias of `backchannel_authentication_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_endpoint: Option<String>,
    /// Alias of `device_authorization_endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_members_are_left_out() {
        let metadata = ProviderMetadata {
            issuer: "https://localhost:8443/default/default".to_owned(),
            response_types_supported: vec!["code".to_owned()],
            ..ProviderMetadata::default()
        };
        let json = serde_json::to_value(&metadata).unwrap();
        let members: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            members,
            [
                "authorization_endpoint",
                "id_token_signing_alg_values_supported",
                "issuer",
                "jwks_uri",
                "response_types_supported",
                "subject_types_supported",
                "token_endpoint",
            ]
        );
    }

    #[test]
    fn example_of_rfc_8414_is_read() {
        // RFC 8414 §3.2, with the members that OpenID Connect Discovery requires beside.
        let json = serde_json::json!({
            "issuer": "https://server.example.com",
            "authorization_endpoint": "https://server.example.com/authorize",
            "token_endpoint": "https://server.example.com/token",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
            "userinfo_endpoint": "https://server.example.com/userinfo",
            "jwks_uri": "https://server.example.com/jwks.json",
            "registration_endpoint": "https://server.example.com/register",
            "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
            "response_types_supported": ["code", "code token"],
            "service_documentation": "http://server.example.com/service_documentation.html",
            "ui_locales_supported": ["en-US", "en-GB", "en-CA", "fr-FR", "fr-CA"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let metadata: ProviderMetadata = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(metadata.ui_locales_supported.as_ref().map(Vec::len), Some(5));
        assert_eq!(serde_json::to_value(&metadata).unwrap(), json);
    }
}
