//! Workspaces.

mod advanced;
mod ecosystems;
mod login;
mod registration;
mod trusted_issuers;
mod words;

pub use advanced::{
    AdvancedConfiguration, AuthenticationContextAttribute, AuthenticationContextSettings,
    CookiesConfiguration, ServerMetadata,
};
pub use ecosystems::{
    CdrArrangementsAutoRemoval, CdrConfiguration, FdxConfiguration, FdxParty, IdentityAssuranceConfiguration,
    LegalEntity, ObbrConfiguration,
};
pub use login::{
    DeviceAuthorizationConfiguration, DiscoveryMode, IdpDiscovery, OrganizationConfiguration,
    SamlConfiguration, ServerSettings, SsoConfiguration, Styling, StylingColors,
};
pub use registration::{
    ClientIdMetadataDocumentSettings, DynamicClientRegistrationSettings, InitialAccessTokenSettings,
    JwsPayloadSettings, PayloadFormat, PayloadSettings, TrustAnchorConfiguration,
};
pub use trusted_issuers::{SubjectMapping, TrustedIssuer};
pub use words::{
    AccessTokenStrategy, KeyType, ScopeClaimFormat, SubjectFormat, WorkspaceKind, WorkspaceProfile,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::words::owned;
use crate::entity::{GoDuration, Secret, ServerJwks};

/// A workspace: one authorization server of a tenant, with its own issuer, keys, clients and users.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Server {
    /// JWT or opaque access tokens.
    #[schema(default = "jwt")]
    pub access_token_strategy: AccessTokenStrategy,
    /// Lifetime of access tokens.
    #[schema(default = "1h0m0s")]
    pub access_token_ttl: GoDuration,
    /// Switches that harden or loosen single behaviours.
    pub advanced: Option<AdvancedConfiguration>,
    /// Declared authentication context attributes.
    pub authentication_context_settings: Option<AuthenticationContextSettings>,
    /// Pool login mechanisms allowed here.
    pub authentication_mechanisms: Vec<String>,
    /// Lifetime of authorization codes.
    pub authorization_code_ttl: Option<GoDuration>,
    /// CIBA modes on.
    #[schema(default = json!(["poll", "ping"]))]
    pub backchannel_token_delivery_modes_supported: Vec<String>,
    /// CIBA user code on.
    pub backchannel_user_code_parameter_supported: bool,
    /// CDR block.
    pub cdr: Option<CdrConfiguration>,
    /// Clients that are described by a document at the URL they are called by; an addition of ours.
    pub client_id_metadata_documents: Option<ClientIdMetadataDocumentSettings>,
    /// Badge colour.
    #[schema(default = "#007FFF")]
    pub color: String,
    /// Brazil consent urn namespace.
    pub consent_id_namespace: Option<String>,
    /// Lifetime of the login cookie.
    pub cookie_max_age: Option<GoDuration>,
    /// PEM bundle of X.509 CRLs that client certificates are checked against; an addition of ours.
    pub crls: Option<String>,
    /// Overrides `iss`.
    pub custom_issuer_url: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Device flow options.
    pub device_authorization: Option<DeviceAuthorizationConfiguration>,
    /// DCR options.
    pub dynamic_client_registration: Option<DynamicClientRegistrationSettings>,
    /// Split char of dynamic scopes (users.*).
    #[schema(default = ".")]
    pub dynamic_scope_separator: String,
    /// Deprecated, see `idp_discovery`.
    pub enable_idp_discovery: bool,
    /// Deprecated.
    pub enable_legacy_clients_with_no_software_statement: bool,
    /// Listed on login quick access.
    pub enable_quick_access: bool,
    /// DCR needs a signed software statement.
    pub enable_trust_anchor: bool,
    /// `Id_token` must be JWE.
    pub enforce_id_token_encryption: bool,
    /// PKCE for all clients.
    pub enforce_pkce: bool,
    /// PKCE for public clients: on unless it is set to false (RFC 9700 §2.1.1).
    #[schema(default = true)]
    pub enforce_pkce_for_public_clients: bool,
    /// FDX block.
    pub fdx: Option<FdxConfiguration>,
    /// Allowed grants.
    #[schema(default = json!(["authorization_code", "implicit", "client_credentials", "refresh_token"]))]
    pub grant_types: Vec<String>,
    /// Identifier, generated when absent.
    pub id: String,
    /// Lifetime of id tokens.
    pub id_token_ttl: Option<GoDuration>,
    /// OIDC4IDA block.
    pub identity_assurance: Option<IdentityAssuranceConfiguration>,
    /// Identifier-first discovery.
    pub idp_discovery: Option<IdpDiscovery>,
    /// Iss for signed messages.
    pub issuer_id: Option<String>,
    /// Public keys; filled from the key table, never stored here.
    pub jwks: Option<ServerJwks>,
    /// Kind of the keys made at creation; input only.
    #[schema(default = "ecdsa")]
    pub key_type: KeyType,
    /// Legal entity data.
    pub legal_entity: Option<LegalEntity>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// Free data, checked against a schema if there is one.
    pub metadata: Option<ServerMetadata>,
    /// Label.
    pub name: String,
    /// Brazil block.
    pub obbr: Option<ObbrConfiguration>,
    /// Organization (B2B) block.
    pub organization: Option<OrganizationConfiguration>,
    /// Parent workspace.
    pub parent_id: Option<String>,
    /// Template and security profile.
    #[schema(default = "default")]
    pub profile: WorkspaceProfile,
    /// PAR lifetime, 60 s when absent.
    pub pushed_authorization_request_ttl: Option<GoDuration>,
    /// Lifetime of refresh tokens.
    #[schema(default = "720h0m0s")]
    pub refresh_token_ttl: GoDuration,
    /// Only PAR accepted.
    pub require_pushed_authorization_requests: bool,
    /// Allowed response types.
    pub response_types: Vec<String>,
    /// PEM bundle trusted for client certificates; absent = system roots.
    pub root_cas: Option<String>,
    /// Older secrets still accepted (max 2).
    pub rotated_secrets: Vec<Secret>,
    /// SAML identity provider options.
    pub saml: Option<SamlConfiguration>,
    /// Scp array and/or scope string in access token.
    #[schema(default = json!(["scp_array"]))]
    pub scope_claim_formats: Vec<ScopeClaimFormat>,
    /// Secret of at least 32 characters that salts and signs; sealed when stored.
    pub secret: Option<Secret>,
    /// Misc settings.
    pub settings: Option<ServerSettings>,
    /// SSO session options.
    pub sso: Option<SsoConfiguration>,
    /// Look of the pages.
    pub styling: Option<Styling>,
    /// Hash = one-way of idp id + idp sub, legacy = raw.
    pub subject_format: Option<SubjectFormat>,
    /// Salt of pairwise subjects; sealed when stored.
    pub subject_identifier_algorithm_salt: Option<Secret>,
    /// Subject types on.
    #[schema(default = json!(["public", "pairwise"]))]
    pub subject_identifier_types: Vec<String>,
    /// Usable as template.
    pub template: bool,
    /// Owning tenant.
    pub tenant_id: String,
    /// Client authentication methods that are on.
    #[schema(default = json!(["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "self_signed_tls_client_auth", "tls_client_auth", "none"]))]
    pub token_endpoint_auth_methods: Vec<String>,
    /// Assertion algs on (HS256 RS256 ES256 PS256), profile-dependent.
    pub token_endpoint_auth_signing_alg_values: Vec<String>,
    /// Deprecated alias.
    pub token_endpoint_authn_methods: Vec<String>,
    /// Keys that sign software statements.
    pub trust_anchor_configuration: Option<TrustAnchorConfiguration>,
    /// Issuers outside whose JWTs are believed; an addition of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// Workspaces of the tenant whose access tokens can be exchanged here; an addition of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_workspaces: Vec<String>,
    /// Kind.
    #[serde(rename = "type")]
    #[schema(default = "regular")]
    pub kind: WorkspaceKind,
    /// Internal schema version.
    #[schema(default = 3)]
    pub version: i64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            access_token_strategy: AccessTokenStrategy::default(),
            access_token_ttl: GoDuration::from_hours(1),
            advanced: None,
            authentication_context_settings: None,
            authentication_mechanisms: Vec::new(),
            authorization_code_ttl: None,
            backchannel_token_delivery_modes_supported: owned(&["poll", "ping"]),
            backchannel_user_code_parameter_supported: false,
            cdr: None,
            client_id_metadata_documents: None,
            color: "#007FFF".to_owned(),
            consent_id_namespace: None,
            cookie_max_age: None,
            crls: None,
            custom_issuer_url: None,
            description: None,
            device_authorization: None,
            dynamic_client_registration: None,
            dynamic_scope_separator: ".".to_owned(),
            enable_idp_discovery: false,
            enable_legacy_clients_with_no_software_statement: false,
            enable_quick_access: false,
            enable_trust_anchor: false,
            enforce_id_token_encryption: false,
            enforce_pkce: false,
            enforce_pkce_for_public_clients: true,
            fdx: None,
            grant_types: owned(&["authorization_code", "implicit", "client_credentials", "refresh_token"]),
            id: String::new(),
            id_token_ttl: None,
            identity_assurance: None,
            idp_discovery: None,
            issuer_id: None,
            jwks: None,
            key_type: KeyType::default(),
            legal_entity: None,
            logo_uri: None,
            metadata: None,
            name: String::new(),
            obbr: None,
            organization: None,
            parent_id: None,
            profile: WorkspaceProfile::default(),
            pushed_authorization_request_ttl: None,
            refresh_token_ttl: GoDuration::from_hours(720),
            require_pushed_authorization_requests: false,
            response_types: Vec::new(),
            root_cas: None,
            rotated_secrets: Vec::new(),
            saml: None,
            scope_claim_formats: vec![ScopeClaimFormat::ScpArray],
            secret: None,
            settings: None,
            sso: None,
            styling: None,
            subject_format: None,
            subject_identifier_algorithm_salt: None,
            subject_identifier_types: owned(&["public", "pairwise"]),
            template: false,
            tenant_id: String::new(),
            token_endpoint_auth_methods: owned(&[
                "client_secret_basic",
                "client_secret_post",
                "client_secret_jwt",
                "private_key_jwt",
                "self_signed_tls_client_auth",
                "tls_client_auth",
                "none",
            ]),
            token_endpoint_auth_signing_alg_values: Vec::new(),
            token_endpoint_authn_methods: Vec::new(),
            trust_anchor_configuration: None,
            trusted_issuers: Vec::new(),
            trusted_workspaces: Vec::new(),
            kind: WorkspaceKind::default(),
            version: 3,
        }
    }
}
