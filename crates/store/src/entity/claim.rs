//! Claims.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A claim of a workspace: where its value comes from, and which tokens tell it for which scopes.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Claim {
    /// Owning workspace.
    pub authorization_server_id: String,
    /// Whether tokens tell the value itself, or who asserts it (OIDC Core §5.6.2); an addition of ours.
    pub delivery: ClaimDelivery,
    /// Free text.
    pub description: Option<String>,
    /// Identifier, generated when absent.
    pub id: String,
    /// The path in the authentication context, as before there was `source_path`.
    pub mapping: Option<String>,
    /// Name as tokens carry it; unique among the claims of the same type.
    pub name: String,
    /// Told by userinfo (ID token) or introspection (access token) alone, and not in the token itself.
    pub opaque: bool,
    /// Name as a SAML attribute.
    pub saml_name: Option<String>,
    /// Format of that name.
    pub saml_name_format: Option<String>,
    /// Told where one of these scopes was granted; always when there are none.
    pub scopes: Vec<String>,
    /// Where the value is in its source, such as `address.country`.
    pub source_path: Option<String>,
    /// What `source_path` is looked up in.
    pub source_type: ClaimSource,
    /// Owning tenant.
    pub tenant_id: String,
    /// Which tokens tell it.
    #[serde(rename = "type")]
    pub kind: ClaimKind,
    /// Under `verified_claims` (OpenID Connect for Identity Assurance).
    pub verified: bool,
}

/// Which tokens tell a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// Access tokens and introspection.
    AccessToken,
    /// ID tokens and userinfo.
    #[default]
    IdToken,
}

/// How a claim is told (OIDC Core §5.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimDelivery {
    /// By its value.
    #[default]
    Normal,
    /// By a JWT of its issuer, which the authentication context has.
    Aggregated,
    /// By an address, and an access token for it, which the authentication context has as `endpoint` and
    /// `access_token`.
    Distributed,
}

impl ClaimDelivery {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Aggregated, Self::Distributed];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Aggregated => "aggregated",
            Self::Distributed => "distributed",
        }
    }
}

/// What the value of a claim is looked up in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
pub enum ClaimSource {
    /// What the identity provider says about the person: the authentication context.
    #[default]
    #[serde(rename = "authnCtx")]
    AuthnCtx,
    /// The client.
    #[serde(rename = "client")]
    Client,
}

impl ClaimKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::IdToken => "id_token",
        }
    }
}

impl Claim {
    /// Where the value is in its source: `source_path`, else `mapping`.
    pub fn path(&self) -> &str {
        self.source_path.as_deref().or(self.mapping.as_deref()).unwrap_or_default()
    }
}
