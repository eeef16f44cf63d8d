//! Sessions, device flow, discovery of identity providers, and the look of a workspace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::GoDuration;
use crate::entity::words::owned;

/// Single sign-on sessions of a workspace.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct SsoConfiguration {
    /// Cookie domain.
    pub domain: Option<String>,
    /// On unless it is set to false: who sets a lifetime does not switch sessions off.
    #[schema(default = true)]
    pub enabled: bool,
    /// Risk level.
    pub loa_threshold: Option<f64>,
    /// Extra domains for `redirect_to`.
    pub logout_redirect_domains: Vec<String>,
    /// Absolute TTL.
    pub max_age: Option<GoDuration>,
    /// Idle TTL.
    pub max_idle: Option<GoDuration>,
    /// Default landing.
    pub post_logout_url: Option<String>,
}

impl Default for SsoConfiguration {
    fn default() -> Self {
        Self {
            domain: None,
            enabled: true,
            loa_threshold: None,
            logout_redirect_domains: Vec::new(),
            max_age: None,
            max_idle: None,
            post_logout_url: None,
        }
    }
}

/// The device authorization grant of a workspace (RFC 8628).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct DeviceAuthorizationConfiguration {
    /// 30 min when absent.
    pub request_ttl: Option<GoDuration>,
    /// Alphabet of user code.
    pub user_code_character_set: Option<String>,
    /// Chars in user code.
    pub user_code_length: Option<i64>,
}

/// Identifier-first login.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdpDiscovery {
    /// By domain or by script.
    pub discovery_mode: Option<DiscoveryMode>,
    /// On/off.
    pub enabled: bool,
}

/// How identifier-first login finds the identity provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoveryMode {
    /// By the domain of the address.
    #[default]
    DomainMatching,
    /// By a script.
    ScriptExecution,
}

/// References from a workspace to other things.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ServerSettings {
    /// Client used when none.
    pub default_client_id: Option<String>,
    /// Script after login.
    pub default_post_authn_ctx_script_id: Option<String>,
}

/// What makes a workspace an organization.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct OrganizationConfiguration {
    /// E-mail domains.
    pub domains: Vec<String>,
}

/// A workspace as a SAML identity provider.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct SamlConfiguration {
    /// SAML metadata.
    pub organization_display_name: Option<String>,
    /// SAML metadata.
    pub organization_name: Option<String>,
    /// SAML metadata.
    pub organization_url: Option<String>,
    /// Allowed hashes.
    #[schema(default = json!(["sha-256"]))]
    pub signing_hash_algorithms: Vec<String>,
    /// Name-id source.
    pub subject_name_id: Option<String>,
    /// Name-id format.
    pub subject_name_id_format: Option<String>,
}

impl Default for SamlConfiguration {
    fn default() -> Self {
        Self {
            organization_display_name: None,
            organization_name: None,
            organization_url: None,
            signing_hash_algorithms: owned(&["sha-256"]),
            subject_name_id: None,
            subject_name_id_format: None,
        }
    }
}

/// The look of the pages.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Styling {
    /// Colours of the pages.
    pub colors: Option<StylingColors>,
    /// Address of a font.
    pub font_url: Option<String>,
    /// Size of the logo.
    pub logo_size: Option<String>,
    /// Address of the logo.
    pub logo_url: Option<String>,
}

/// Colours of the pages, as CSS values.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct StylingColors {
    /// Colour: background.
    pub background: Option<String>,
    /// Colour: header.
    pub header: Option<String>,
    /// Colour: primary.
    pub primary: Option<String>,
}
