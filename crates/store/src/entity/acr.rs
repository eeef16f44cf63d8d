//! Authentication context classes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::Metadata;

/// A class of authentication that clients of a workspace may ask for (`acr_values`).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
#[schema(as = ACR)]
pub struct Acr {
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Not told and not reached.
    pub disabled: bool,
    /// Identifier, generated when absent.
    pub id: String,
    /// Free data; `level` says how many factors reach it.
    pub metadata: Metadata,
    /// Owning tenant.
    pub tenant_id: String,
    /// The class as tokens carry it; unique in the workspace.
    pub value: String,
}
