//! Clients.

mod ecosystems;
mod parts;

pub use ecosystems::{FdxMetadata, Intermediary, ObbrMetadata, RegistryReference};
pub use parts::{
    ApplicationKind, ClientKind, ClientPrivacy, ClientStatus, ClientTokenExchangeConfiguration, Confirmation,
    PiiCategory, RegistrationToken, ScopePrivacyInformation, SubjectType, TokenTtls,
};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::entity::words::owned;
use crate::entity::{ClientJwks, Metadata, Secret, Timestamp};

/// An application registered with a workspace (RFC 7591 metadata and more).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Client {
    /// Home page of the app.
    pub app_url: Option<String>,
    /// OIDC registration type web/native.
    #[schema(default = "web")]
    pub application_type: String,
    /// Tags for the filters of lists: what kind of application it is.
    #[schema(default = json!(["server_web"]), read_only)]
    pub application_types: Vec<ApplicationKind>,
    /// `aud` values put in tokens; empty means the client's own id.
    pub audience: Vec<String>,
    /// RAR types the client may send.
    pub authorization_details_types: Vec<String>,
    /// JARM key-wrap alg.
    pub authorization_encrypted_response_alg: Option<String>,
    /// JARM content alg; A128CBC-HS256 when only alg given.
    pub authorization_encrypted_response_enc: Option<String>,
    /// Owning workspace.
    pub authorization_server_id: String,
    /// JARM signing alg, none refused.
    pub authorization_signed_response_alg: Option<String>,
    /// CIBA signed request alg; absent = unsigned.
    pub backchannel_authentication_request_signing_alg: Option<String>,
    /// CIBA ping/push callback (https).
    pub backchannel_client_notification_endpoint: Option<String>,
    /// RP wants sid in logout token.
    pub backchannel_logout_session_required: bool,
    /// RP back-channel logout URL.
    pub backchannel_logout_uri: Option<String>,
    /// CIBA poll/ping/push.
    pub backchannel_token_delivery_mode: Option<String>,
    /// CIBA `user_code` supported by RP.
    pub backchannel_user_code_parameter: bool,
    /// Base64 of a PEM certificate, turned into `jwks`; input only.
    pub certificate: Option<String>,
    /// Identifier, made at random when absent.
    pub client_id: String,
    /// Unix seconds.
    pub client_id_issued_at: i64,
    /// Human name.
    pub client_name: String,
    /// Secret, made at random when absent; sealed when stored.
    #[schema(min_length = 32)]
    pub client_secret: Option<Secret>,
    /// Unix seconds, 0 = never.
    pub client_secret_expires_at: i64,
    /// Inactive blocks authorize, token and PAR.
    pub client_status: ClientStatus,
    /// Protocol kind, oauth2 or saml.
    pub client_type: ClientKind,
    /// Client home page.
    pub client_uri: Option<String>,
    /// Addresses of people to ask (RFC 7591); an addition of ours.
    pub contacts: Vec<String>,
    /// Cnf of the registration certificate/key.
    pub confirmation: Option<Confirmation>,
    /// When it was created; the store sets it.
    pub created_at: Option<Timestamp>,
    /// Acr asked for when request names none.
    pub default_acr_values: Vec<String>,
    /// How old a login may be when the request does not say, in seconds (OpenID Connect Registration §2); an addition of ours.
    pub default_max_age: Option<i64>,
    /// What it is, in free text.
    pub description: Option<String>,
    /// Subject of owning developer.
    pub developer_id: Option<String>,
    /// Free data of the developer.
    pub developer_metadata: Metadata,
    /// Token requests without `DPoP` proof refused.
    pub dpop_bound_access_tokens: bool,
    /// Made through DCR.
    pub dynamically_registered: bool,
    /// FDX block.
    pub fdx: Option<FdxMetadata>,
    /// RP wants iss and sid in front-channel logouts (Front-Channel Logout §2); an addition of ours.
    pub frontchannel_logout_session_required: bool,
    /// RP front-channel logout URL; an addition of ours.
    pub frontchannel_logout_uri: Option<String>,
    /// Allowed grants.
    #[schema(default = json!(["authorization_code"]))]
    pub grant_types: Vec<String>,
    /// SHA-256 of each older secret, hexadecimal.
    pub hashed_rotated_secrets: Vec<String>,
    /// SHA-256 of the secret, hexadecimal.
    pub hashed_secret: Option<String>,
    /// JWE alg for `id_token`.
    pub id_token_encrypted_response_alg: Option<String>,
    /// JWE enc for `id_token`.
    pub id_token_encrypted_response_enc: Option<String>,
    /// `Id_token` alg; falls back to workspace key.
    pub id_token_signed_response_alg: Option<String>,
    /// Where a login that somebody else begins is sent (OpenID Connect Core §4); an addition of ours.
    pub initiate_login_uri: Option<String>,
    /// Read only; empty = same as token endpoint.
    #[schema(default = "client_secret_basic")]
    pub introspection_endpoint_auth_method: String,
    /// JWE `alg` of introspection answers (RFC 9701 §6); an addition of ours.
    pub introspection_encrypted_response_alg: Option<String>,
    /// JWE `enc` of introspection answers; an addition of ours.
    pub introspection_encrypted_response_enc: Option<String>,
    /// JWS algorithm of introspection answers, which are then always signed (RFC 9701 §6); an addition of ours.
    pub introspection_signed_response_alg: Option<String>,
    /// Keys of the client.
    pub jwks: Option<ClientJwks>,
    /// Where the keys of the client are published.
    pub jwks_uri: Option<String>,
    /// What it says of itself in other languages (RFC 7591 §2.2): `client_name`, `client_uri`, `logo_uri`, `policy_uri`
    /// and `tos_uri`, each with the tag of a language, such as `client_name#de`; an addition of ours.
    #[schema(example = json!({"client_name#de": "Kalender"}))]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub localized: BTreeMap<String, String>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// Free data of the administrator.
    pub metadata: Metadata,
    /// Brazil block.
    pub obbr: Option<ObbrMetadata>,
    /// CDR register brand id.
    pub organisation_id: Option<String>,
    /// Policy page.
    pub policy_uri: Option<String>,
    /// Allowed after RP logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// Per scope: purpose and kinds of personal data, shown on the consent page.
    pub privacy: Option<ClientPrivacy>,
    /// Allowed redirect list.
    pub redirect_uris: Vec<String>,
    /// DCR management token record (signature + expiry).
    pub registration_token: Option<RegistrationToken>,
    /// JWE alg of request object.
    pub request_object_encryption_alg: Option<String>,
    /// JWE enc of request object.
    pub request_object_encryption_enc: Option<String>,
    /// Alg the request object must have; any = no limit.
    #[schema(default = "any")]
    pub request_object_signing_alg: String,
    /// Pre-registered `request_uri` list.
    pub request_uris: Vec<String>,
    /// `auth_time` is always in ID tokens (OpenID Connect Registration §2); an addition of ours.
    pub require_auth_time: bool,
    /// Only PAR accepted.
    pub require_pushed_authorization_requests: bool,
    /// Only signed authorization requests accepted (RFC 9101 §10.5); an addition of ours.
    pub require_signed_request_object: bool,
    /// Allowed response types.
    pub response_types: Vec<String>,
    /// Read only; empty = same as token endpoint.
    #[schema(default = "client_secret_basic")]
    pub revocation_endpoint_auth_method: String,
    /// Older secrets that are still accepted (at most 2); sealed when stored.
    pub rotated_secrets: Vec<Secret>,
    /// Until when each of `rotated_secrets` is accepted, in unix seconds; 0 or absent: until it is revoked. An
    /// addition of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rotated_secrets_expire_at: Vec<i64>,
    /// SAML attribute allow list.
    pub saml_allowed_attributes: Vec<String>,
    /// Parsed SP metadata.
    pub saml_metadata: Option<Value>,
    /// Last refresh.
    pub saml_metadata_updated_at: Option<Timestamp>,
    /// SP metadata source.
    pub saml_metadata_url: Option<String>,
    /// Use only the client list.
    pub saml_override_attributes: bool,
    /// SP entity id.
    pub saml_service_provider_id: Option<String>,
    /// Assertion hash.
    #[schema(default = "sha-256")]
    pub saml_signing_hash: String,
    /// Name-id override.
    pub saml_subject_name_id: Option<String>,
    /// Name-id format override.
    pub saml_subject_name_id_format: Option<String>,
    /// Space list form of scopes (RFC 7591).
    pub scope: Option<String>,
    /// Scope list.
    pub scopes: Vec<String>,
    /// For pairwise subjects.
    pub sector_identifier_uri: Option<String>,
    /// RFC 7591.
    pub software_id: Option<String>,
    /// RFC 7591 signed JWT.
    pub software_statement: Option<String>,
    /// Decoded statement.
    pub software_statement_payload: Metadata,
    /// RFC 7591.
    pub software_version: Option<String>,
    /// Public or pairwise sub.
    #[schema(default = "public")]
    pub subject_type: SubjectType,
    /// Internal client, hidden from normal lists.
    pub system: bool,
    /// Owning tenant.
    pub tenant_id: String,
    /// RFC 8705 expected dNSName.
    pub tls_client_auth_san_dns: Option<String>,
    /// RFC 8705 expected rfc822Name.
    pub tls_client_auth_san_email: Option<String>,
    /// RFC 8705 expected iPAddress (v4 dotted / v6 RFC 5952).
    pub tls_client_auth_san_ip: Option<String>,
    /// RFC 8705 expected URI SAN.
    pub tls_client_auth_san_uri: Option<String>,
    /// RFC 8705 expected subject DN as RFC 4514 text.
    pub tls_client_auth_subject_dn: Option<String>,
    /// Put cnf.x5t#S256 in tokens; off unless set.
    pub tls_client_certificate_bound_access_tokens: bool,
    /// Client auth at token endpoint.
    #[schema(default = "client_secret_basic")]
    pub token_endpoint_auth_method: String,
    /// Algorithm of assertions; empty means any that the workspace supports.
    #[schema(default = "ES256")]
    pub token_endpoint_auth_signing_alg: String,
    /// Per-client token exchange options.
    pub token_exchange: Option<ClientTokenExchangeConfiguration>,
    /// Per-client lifetimes.
    pub token_ttls: Option<TokenTtls>,
    /// Terms page.
    pub tos_uri: Option<String>,
    /// Consent page skipped.
    pub trusted: bool,
    /// When it last changed; the store sets it.
    pub updated_at: Option<Timestamp>,
    /// `Token_ttls` takes effect.
    pub use_custom_token_ttls: bool,
    /// JWE `alg` of userinfo; an addition to ACP.
    pub userinfo_encrypted_response_alg: Option<String>,
    /// JWE `enc` of userinfo; an addition to ACP.
    pub userinfo_encrypted_response_enc: Option<String>,
    /// None = JSON, else signed JWT.
    #[schema(default = "none")]
    pub userinfo_signed_response_alg: String,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            app_url: None,
            application_type: "web".to_owned(),
            application_types: vec![ApplicationKind::ServerWeb],
            audience: Vec::new(),
            authorization_details_types: Vec::new(),
            authorization_encrypted_response_alg: None,
            authorization_encrypted_response_enc: None,
            authorization_server_id: String::new(),
            authorization_signed_response_alg: None,
            backchannel_authentication_request_signing_alg: None,
            backchannel_client_notification_endpoint: None,
            backchannel_logout_session_required: false,
            backchannel_logout_uri: None,
            backchannel_token_delivery_mode: None,
            backchannel_user_code_parameter: false,
            certificate: None,
            client_id: String::new(),
            client_id_issued_at: 0,
            client_name: String::new(),
            client_secret: None,
            client_secret_expires_at: 0,
            client_status: ClientStatus::default(),
            client_type: ClientKind::default(),
            client_uri: None,
            confirmation: None,
            contacts: Vec::new(),
            created_at: None,
            default_acr_values: Vec::new(),
            default_max_age: None,
            description: None,
            developer_id: None,
            developer_metadata: Metadata::default(),
            dpop_bound_access_tokens: false,
            dynamically_registered: false,
            fdx: None,
            frontchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            grant_types: owned(&["authorization_code"]),
            hashed_rotated_secrets: Vec::new(),
            hashed_secret: None,
            id_token_encrypted_response_alg: None,
            id_token_encrypted_response_enc: None,
            id_token_signed_response_alg: None,
            initiate_login_uri: None,
            introspection_endpoint_auth_method: "client_secret_basic".to_owned(),
            introspection_encrypted_response_alg: None,
            introspection_encrypted_response_enc: None,
            introspection_signed_response_alg: None,
            jwks: None,
            jwks_uri: None,
            localized: BTreeMap::new(),
            logo_uri: None,
            metadata: Metadata::default(),
            obbr: None,
            organisation_id: None,
            policy_uri: None,
            post_logout_redirect_uris: Vec::new(),
            privacy: None,
            redirect_uris: Vec::new(),
            registration_token: None,
            request_object_encryption_alg: None,
            request_object_encryption_enc: None,
            request_object_signing_alg: "any".to_owned(),
            request_uris: Vec::new(),
            require_auth_time: false,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            response_types: Vec::new(),
            revocation_endpoint_auth_method: "client_secret_basic".to_owned(),
            rotated_secrets: Vec::new(),
            rotated_secrets_expire_at: Vec::new(),
            saml_allowed_attributes: Vec::new(),
            saml_metadata: None,
            saml_metadata_updated_at: None,
            saml_metadata_url: None,
            saml_override_attributes: false,
            saml_service_provider_id: None,
            saml_signing_hash: "sha-256".to_owned(),
            saml_subject_name_id: None,
            saml_subject_name_id_format: None,
            scope: None,
            scopes: Vec::new(),
            sector_identifier_uri: None,
            software_id: None,
            software_statement: None,
            software_statement_payload: Metadata::default(),
            software_version: None,
            subject_type: SubjectType::default(),
            system: false,
            tenant_id: String::new(),
            tls_client_auth_san_dns: None,
            tls_client_auth_san_email: None,
            tls_client_auth_san_ip: None,
            tls_client_auth_san_uri: None,
            tls_client_auth_subject_dn: None,
            tls_client_certificate_bound_access_tokens: false,
            token_endpoint_auth_method: "client_secret_basic".to_owned(),
            token_endpoint_auth_signing_alg: "ES256".to_owned(),
            token_exchange: None,
            token_ttls: None,
            tos_uri: None,
            trusted: false,
            updated_at: None,
            use_custom_token_ttls: false,
            userinfo_encrypted_response_alg: None,
            userinfo_encrypted_response_enc: None,
            userinfo_signed_response_alg: "none".to_owned(),
        }
    }
}
