//! Scopes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::Metadata;

/// A scope of a workspace.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Scope {
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Free text.
    pub description: Option<String>,
    /// Consent page label.
    pub display_name: Option<String>,
    /// Identifier, generated when absent.
    pub id: String,
    /// Asked for by default for subscribed clients.
    pub implicit: bool,
    /// Consent not asked.
    pub implicit_grant: bool,
    /// Free data.
    pub metadata: Metadata,
    /// Name as requests carry it; unique in the workspace.
    pub name: String,
    /// Service it belongs to; none for scopes of the workspace itself.
    pub service_id: Option<String>,
    /// Owning tenant.
    pub tenant_id: String,
    /// Grants of it are not stored.
    pub transient: bool,
}
