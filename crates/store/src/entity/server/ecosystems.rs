//! Open banking, open finance and identity assurance blocks of a workspace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// OpenID Connect for Identity Assurance: what discovery announces, and whether it is on.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct IdentityAssuranceConfiguration {
    /// Kinds of attachments.
    pub attachments: Vec<String>,
    /// Verified claims are left out of userinfo.
    pub block_verified_claims_via_userinfo: bool,
    /// Digest algorithms of external attachments.
    pub digest_algorithms: Vec<String>,
    /// Kinds of documents.
    pub documents: Vec<String>,
    /// How documents are checked.
    pub documents_check_methods: Vec<String>,
    /// How documents are validated (older name).
    pub documents_methods: Vec<String>,
    /// Kinds of electronic records.
    pub electronic_records: Vec<String>,
    /// Verified claims are on.
    pub enable_verified_claims: bool,
    /// Kinds of evidence.
    pub evidence: Vec<String>,
    /// Trust frameworks.
    pub trust_frameworks: Vec<String>,
}

/// Consumer Data Right (Australia).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct CdrConfiguration {
    /// The status of data recipients is checked against the register.
    pub adr_validation_enabled: bool,
    /// When old arrangements are removed.
    pub arrangements_auto_removal: Option<CdrArrangementsAutoRemoval>,
    /// Brand of the data holder in the register.
    pub brand_id: Option<String>,
    /// The keys of the register are fetched every time.
    pub dont_cache_trust_anchor_data: bool,
    /// Sector: banking, energy or telco.
    pub industry: Option<String>,
    /// Version of the register's API.
    pub register_api_version: Option<String>,
    /// Address of the register.
    pub register_url: Option<String>,
    /// The register's address is not checked.
    pub skip_register_url_validation: bool,
}

/// When old CDR arrangements are removed.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct CdrArrangementsAutoRemoval {
    /// Whether they are removed.
    pub enabled: bool,
    /// Days after which they are removed.
    pub remove_after_days: i64,
}

/// Financial Data Exchange.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct FdxConfiguration {
    /// Status a newly registered client begins with.
    pub initial_client_status: Option<String>,
    /// Legal entity of the data provider.
    pub legal_entity: Option<LegalEntity>,
}

/// The legal entity behind a workspace.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct LegalEntity {
    /// The party.
    pub party: Option<FdxParty>,
}

/// A party of the Financial Data Exchange.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct FdxParty {
    /// Home page.
    pub home_uri: Option<String>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// Name.
    pub name: String,
    /// Id in the registry.
    pub registered_entity_identifier: Option<String>,
    /// Name in the registry.
    pub registered_entity_name: Option<String>,
    /// Name of the registry.
    pub registry_name: Option<String>,
}

/// Open Finance Brasil.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ObbrConfiguration {
    /// Sector: open banking or open insurance.
    pub industry: Option<String>,
}
