//! Open banking and open finance blocks of a client.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::words::owned;

/// What FDX registers about a client.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct FdxMetadata {
    /// Addresses of people to ask.
    pub contacts: Vec<String>,
    /// Longest duration of a consent, in days.
    #[schema(default = 365)]
    pub duration_period: Option<i64>,
    /// Durations a consent may have.
    #[schema(default = json!(["ONE_TIME", "PERSISTENT", "TIME_BOUND"]))]
    pub duration_type: Vec<String>,
    /// Parties in between.
    pub intermediaries: Vec<Intermediary>,
    /// How far back data may be read, in days.
    #[schema(default = 365)]
    pub lookback_period: Option<i64>,
    /// Entries in registries.
    pub registry_references: Vec<RegistryReference>,
    /// Status of the client.
    pub status: Option<String>,
}

impl Default for FdxMetadata {
    fn default() -> Self {
        Self {
            contacts: Vec::new(),
            duration_period: Some(365),
            duration_type: owned(&["ONE_TIME", "PERSISTENT", "TIME_BOUND"]),
            intermediaries: Vec::new(),
            lookback_period: Some(365),
            registry_references: Vec::new(),
            status: None,
        }
    }
}

/// A party between the data provider and the recipient.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Intermediary {
    /// Addresses of people to ask.
    pub contacts: Vec<String>,
    /// What it does.
    pub description: Option<String>,
    /// Logo.
    pub logo_uri: Option<String>,
    /// Name.
    pub name: String,
    /// Entries in registries.
    pub registry_references: Vec<RegistryReference>,
    /// Home page.
    pub uri: Option<String>,
}

/// An entry in a registry of participants.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct RegistryReference {
    /// Id in the registry.
    pub registered_entity_id: Option<String>,
    /// Name in the registry.
    pub registered_entity_name: Option<String>,
    /// The registry.
    pub registry: Option<String>,
}

/// What Open Finance Brasil registers about a client.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ObbrMetadata {
    /// Addresses that are told of changes.
    pub webhook_uris: Vec<String>,
}
