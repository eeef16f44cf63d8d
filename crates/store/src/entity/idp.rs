//! Identity providers.

mod jit;
mod static_users;

pub use jit::{
    JitProvisioning, JitSettings, JitUser, JitUserAddress, JitUserIdentifier, PreProvisioningConfiguration,
    UserAttributeMapping,
};
pub use static_users::{StaticCredentials, StaticUser};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::entity::Metadata;
use crate::entity::server::AuthenticationContextAttribute;

/// An identity provider of a workspace. `method` says which kind; `settings` holds what that kind
/// needs.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Idp {
    /// Declared attributes of the identity provider.
    pub attributes: Vec<AuthenticationContextAttribute>,
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Client the tokens of this identity provider are for.
    pub client_id: Option<String>,
    /// Misc identity provider switches.
    pub config: Option<IdpConfiguration>,
    /// Users of a static identity provider; sealed when stored.
    pub credentials: Option<StaticCredentials>,
    /// Off.
    pub disabled: bool,
    /// Domains and redirect rules.
    pub discovery_settings: Option<IdpDiscoverySettings>,
    /// Order on login page.
    pub display_order: Option<i64>,
    /// Not shown, still usable.
    pub hidden: bool,
    /// Identifier, generated when absent.
    pub id: String,
    /// Linked pool.
    pub identity_pool_id: Option<String>,
    /// Just-in-time provisioning.
    pub jit: Option<JitSettings>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// How its attributes become the authentication context.
    pub mappings: Vec<Mapping>,
    /// Kind of the identity provider, such as `static`.
    pub method: String,
    /// Label.
    pub name: String,
    /// Custom app after login.
    pub post_authn_app_id: Option<String>,
    /// Settings of its kind; for `static`: `hint`, whether the login page shows the user names, and
    /// `public_registration_allowed`, whether people may make accounts.
    pub settings: Metadata,
    /// Opt out of SSO.
    pub sso_settings: Option<IdpSsoSettings>,
    /// Amr to report.
    pub static_amr: Vec<String>,
    /// Owning tenant.
    pub tenant_id: String,
    /// Tokens of this identity provider usable in exchange.
    pub token_exchange_settings: Option<IdpTokenExchangeSettings>,
    /// Internal schema version.
    pub version: Option<i64>,
    /// Owning workspace.
    pub workspace_id: Option<String>,
}

/// Switches of an identity provider.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdpConfiguration {
    /// Re-read user on refresh (pool identity provider only).
    pub reload_claims_at_refresh_token: bool,
    /// Use vendor-provided app keys.
    pub use_embedded: bool,
}

/// When identifier-first login chooses this identity provider.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdpDiscoverySettings {
    /// E-mail domains.
    pub domains: Vec<String>,
    /// Shown when no match.
    pub fallback_provider: bool,
    /// Look user up first.
    pub identifier_based_matching: bool,
    /// Go as soon as domain matches.
    pub instant_redirect: bool,
}

/// Single sign-on of an identity provider.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdpSsoSettings {
    /// Logins here start no single sign-on session.
    pub disabled: bool,
}

/// Whether tokens of this identity provider can be exchanged.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdpTokenExchangeSettings {
    /// Whether they can be exchanged.
    pub enabled: bool,
}

/// How one attribute of the identity provider becomes one of the authentication context.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Mapping {
    /// Loose type casts.
    pub allow_weak_decoding: bool,
    /// How a value is combined with one that is there.
    pub mode: Option<String>,
    /// Path in what the identity provider sent.
    pub source: Option<String>,
    /// Fixed value.
    #[serde(rename = "static")]
    pub fixed: Option<Value>,
    /// Path in authentication context, . = root.
    pub target: String,
    /// Type of the target.
    #[serde(rename = "type")]
    pub kind: String,
}
