//! Services.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::Timestamp;

/// A group of scopes and APIs: a resource server.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Service {
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Service audience override.
    pub custom_audience: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Gateway that brought it.
    pub gateway_id: Option<String>,
    /// Identifier, generated when absent.
    pub id: String,
    /// Name.
    pub name: String,
    /// Built in: cannot be deleted.
    pub system: bool,
    /// Owning tenant.
    pub tenant_id: String,
    /// Kind.
    #[serde(rename = "type")]
    #[schema(default = "user")]
    pub kind: ServiceKind,
    /// Last change.
    pub updated_at: Option<Timestamp>,
    /// Has an `OpenAPI` 3 document.
    pub with_specification: bool,
}

/// Where a service comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Made by an administrator.
    #[default]
    User,
    /// The scopes of OAuth 2 itself.
    Oauth2,
    /// The scopes of OpenID Connect.
    Oidc,
    /// Built in.
    System,
    /// Open banking scopes.
    Openbanking,
}
