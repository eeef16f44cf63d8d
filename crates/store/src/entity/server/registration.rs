//! Dynamic client registration and trust anchors of a workspace (RFC 7591, RFC 7592).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{ClientJwks, GoDuration};

/// Dynamic client registration of a workspace (RFC 7591, RFC 7592).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct DynamicClientRegistrationSettings {
    /// Registration token tied to the certificate used.
    pub cert_bound_registration_token: bool,
    /// Scopes when request has none (else openid address email phone profile).
    pub default_scopes: Vec<String>,
    /// Never expires.
    pub disable_registration_access_token_expiry: bool,
    /// Client manages itself with `client_credentials` token instead.
    pub disable_registration_token_management: bool,
    /// No rotation.
    pub disable_registration_token_rotation: bool,
    /// On/off.
    pub enabled: bool,
    /// Initial access token need.
    pub initial_access_token: Option<InitialAccessTokenSettings>,
    /// Profile data checked against payload schema.
    pub payload: Option<PayloadSettings>,
    /// A registration needs a client certificate of a CA that the workspace trusts; an addition of ours.
    pub require_trusted_certificate: bool,
    /// ≥ 24 h.
    #[schema(default = "720h0m0s")]
    pub registration_access_token_ttl: GoDuration,
}

impl Default for DynamicClientRegistrationSettings {
    fn default() -> Self {
        Self {
            cert_bound_registration_token: false,
            default_scopes: Vec::new(),
            disable_registration_access_token_expiry: false,
            disable_registration_token_management: false,
            disable_registration_token_rotation: false,
            enabled: false,
            initial_access_token: None,
            payload: None,
            require_trusted_certificate: false,
            registration_access_token_ttl: GoDuration::from_hours(720),
        }
    }
}

/// Clients that nobody registers: their identifier is the https URL of a document that describes them
/// (draft-ietf-oauth-client-id-metadata-document). An addition of ours.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ClientIdMetadataDocumentSettings {
    /// Hosts whose documents are read, such as `client.example` or `*.example` for every host below it; all when
    /// empty.
    pub allowed_hosts: Vec<String>,
    /// On/off.
    pub enabled: bool,
    /// The scopes that such clients can ask for; all but those of this server's own APIs when empty.
    pub scopes: Vec<String>,
}

/// Whether a registration needs a token.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct InitialAccessTokenSettings {
    /// Request must carry token with scope `dcr_register`.
    pub required: bool,
}

/// The body a registration request must have.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct PayloadSettings {
    /// Json or jws body.
    #[schema(default = "json")]
    pub format: PayloadFormat,
    /// Keys for jws body.
    pub jws_payload: Option<JwsPayloadSettings>,
}

/// What a dynamic registration request carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayloadFormat {
    /// A JSON body (RFC 7591).
    #[default]
    Json,
    /// A signed body.
    Jws,
}

/// Where the keys of a signed registration body are found.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JwsPayloadSettings {
    /// Inline key set.
    pub jwks: Option<ClientJwks>,
    /// Remote key set.
    pub jwks_uri: Option<String>,
    /// Server keys or statement `jwks_uri`.
    pub source: Option<String>,
}

/// The keys that sign software statements (RFC 7591 §2.3).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TrustAnchorConfiguration {
    /// Inline key set.
    pub jwks: Option<ClientJwks>,
    /// Remote key set.
    pub jwks_uri: Option<String>,
}
