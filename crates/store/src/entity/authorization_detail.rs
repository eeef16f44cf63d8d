//! Types of authorization details (RFC 9396).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::Metadata;

/// A type of authorization details that clients of a workspace may ask for.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct AuthorizationDetail {
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Free text, shown on the consent page.
    pub description: Option<String>,
    /// Identifier, generated when absent.
    pub id: String,
    /// Free data.
    pub metadata: Metadata,
    /// Consent page label.
    pub name: Option<String>,
    /// JSON Schema (draft 2020-12) that a detail of this type must satisfy.
    pub schema: Option<Metadata>,
    /// Service it belongs to; none for types of the workspace itself.
    pub service_id: Option<String>,
    /// Owning tenant.
    pub tenant_id: String,
    /// Consent is asked every time, also for details that were allowed before. An addition of ours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub transient: bool,
    /// `type` as requests carry it; unique in the workspace.
    #[serde(rename = "type")]
    pub kind: String,
}
