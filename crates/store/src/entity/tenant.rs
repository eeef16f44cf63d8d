//! Tenants.

mod secure_options;

pub use secure_options::SecureOptions;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::server::Styling;
use crate::entity::{Metadata, ServerJwks};

/// A tenant: the owner of workspaces.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Tenant {
    /// Identifier, generated when absent.
    pub id: String,
    /// Public keys of the tenant; private members are not stored.
    pub jwks: Option<ServerJwks>,
    /// Free data of the tenant.
    pub metadata: Metadata,
    /// Label.
    pub name: String,
    /// Misc settings.
    pub settings: Option<TenantSettings>,
    /// Look of the pages.
    pub styling: Option<Styling>,
    /// Custom URL.
    pub url: Option<String>,
}

/// Settings of a tenant.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TenantSettings {
    /// Template for new workspaces.
    pub default_template_id: Option<String>,
    /// Landing workspace.
    pub default_workspace_id: Option<String>,
    /// HTTP security headers.
    pub security: Option<SecureOptions>,
    /// Languages of the pages.
    pub translations: Option<TenantTranslationsSettings>,
    /// Members added to the discovery document.
    pub well_known: Metadata,
    /// Workforce options.
    pub workforce: Option<WorkforceSettings>,
}

/// Languages of a tenant's pages.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TenantTranslationsSettings {
    /// Language when the user asks for none.
    pub default_locale: Option<String>,
    /// Languages that are off.
    pub disabled_translations: Vec<String>,
    /// Whether pages are translated.
    pub enabled: bool,
    /// Whether pages let the user choose.
    pub selector_enabled: bool,
}

/// Where the workforce portal is.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct WorkforceSettings {
    /// Address of the portal's manifest.
    pub manifest_url: Option<String>,
    /// Address of the portal.
    pub url: Option<String>,
}
