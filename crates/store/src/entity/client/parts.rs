//! The parts of a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{GoDuration, Metadata};

/// Whether a client may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientStatus {
    /// In use.
    #[default]
    Active,
    /// Refused at authorize, token and PAR.
    Inactive,
}

/// The protocol a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// OAuth 2 and OpenID Connect.
    #[default]
    Oauth2,
    /// SAML 2.0 service provider.
    Saml,
}

/// Tags that lists of clients can be filtered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// A web application with a server.
    #[default]
    ServerWeb,
    /// A single-page application.
    SinglePage,
    /// A native application.
    MobileDesktop,
    /// A machine.
    Service,
    /// Uses grants that are best avoided.
    Legacy,
    /// Registered itself.
    Dcr,
}

/// Who sees the same `sub` (OpenID Connect Core §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// Every client.
    #[default]
    Public,
    /// Only clients of one sector.
    Pairwise,
}

/// Lifetimes of one client's tokens, used when `use_custom_token_ttls` is set.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TokenTtls {
    /// Lifetime of access tokens.
    #[schema(default = "1h0m0s")]
    pub access_token_ttl: GoDuration,
    /// Lifetime of authorization codes.
    pub authorization_code_ttl: Option<GoDuration>,
    /// Lifetime of id tokens.
    pub id_token_ttl: Option<GoDuration>,
    /// Lifetime of refresh tokens.
    #[schema(default = "720h0m0s")]
    pub refresh_token_ttl: GoDuration,
}

impl Default for TokenTtls {
    fn default() -> Self {
        Self {
            access_token_ttl: GoDuration::from_hours(1),
            authorization_code_ttl: None,
            id_token_ttl: None,
            refresh_token_ttl: GoDuration::from_hours(720),
        }
    }
}

/// Token exchange (RFC 8693) of a client.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ClientTokenExchangeConfiguration {
    /// Actor claims copied into act.
    pub actor_claims: Vec<String>,
    /// Whether the client must always name an actor: it may act for a person, and never pass for them. An addition of
    /// ours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub actor_token_required: bool,
    /// `may_act` of the access tokens issued to this client: who may act for their subject (RFC 8693 §4.4). An
    /// addition of ours.
    pub may_act: Option<Metadata>,
    /// Audiences under which tokens are meant for this client besides its id, such as that of the service it is: it may
    /// exchange tokens that name one. An addition of ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subject_audiences: Vec<String>,
}

/// What the registration of a client was bound to.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Confirmation {
    /// `DPoP` key thumbprint.
    pub jkt: Option<String>,
    /// SHA-256 thumbprint.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Option<String>,
}

/// The registration access token of a client, kept as a signature.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct RegistrationToken {
    /// Client home page.
    pub client_uri: Option<String>,
    /// Seconds.
    pub expires_in: Option<i64>,
    /// Token signature kept instead of token.
    pub signature: Option<String>,
}

/// What a client says about the data it asks for.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ClientPrivacy {
    /// Scope list.
    pub scopes: BTreeMap<String, ScopePrivacyInformation>,
}

/// Why a client asks for one scope.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ScopePrivacyInformation {
    /// PII tags.
    pub pii_categories: Vec<PiiCategory>,
    /// Purpose text.
    pub purpose: Option<String>,
}

/// A kind of personal data.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct PiiCategory {
    /// Name of the category.
    pub name: String,
}
