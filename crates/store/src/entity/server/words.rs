//! The closed vocabularies of workspaces.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How access tokens of a workspace look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenStrategy {
    /// Signed, read by whoever has the keys (RFC 9068).
    #[default]
    Jwt,
    /// A random value that only introspection can read.
    Opaque,
}

/// What a workspace is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceKind {
    /// Made by an administrator, for applications.
    #[default]
    Regular,
    /// Logs administrators in and issues tokens for the admin API.
    Admin,
    /// The developer portal.
    Developer,
    /// Machine tokens for the system API.
    System,
    /// A customer organization (B2B).
    Organization,
}

/// The template and security profile a workspace follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceProfile {
    /// No profile beyond OAuth 2 and OpenID Connect.
    #[default]
    Default,
    /// Demonstration data.
    Demo,
    /// Employees.
    Workforce,
    /// Customers.
    Consumer,
    /// Partner companies.
    Partners,
    /// Third-party developers.
    ThirdParty,
    /// FAPI 1.0 Advanced.
    FapiAdvanced,
    /// FAPI 1.0 implementer's draft, read and write.
    FapiRw,
    /// FAPI 1.0 implementer's draft, read only.
    FapiRo,
    /// Open Banking UK on FAPI 1.0 Advanced.
    OpenbankingUkFapiAdvanced,
    /// Open Banking UK.
    OpenbankingUk,
    /// Open Finance Brasil.
    OpenbankingBr,
    /// Open Finance Brasil with Unico.
    OpenbankingBrUnico,
    /// Consumer Data Right, Australia.
    CdrAustralia,
    /// Consumer Data Right on the older FAPI draft.
    CdrAustraliaFapiRw,
    /// Financial Data Exchange.
    Fdx,
    /// Open Banking, Saudi Arabia.
    OpenbankingKsa,
    /// FAPI 2.0 Security Profile.
    #[serde(rename = "fapi_20_security")]
    Fapi20Security,
    /// FAPI 2.0 Message Signing.
    #[serde(rename = "fapi_20_message_signing")]
    Fapi20MessageSigning,
    /// `ConnectID`, Australia.
    ConnectId,
    /// OAuth 2.1; an addition of ours.
    #[serde(rename = "oauth_21")]
    Oauth21,
    /// OAuth 2.1 for clients of the Model Context Protocol; an addition of ours.
    Mcp,
}

impl WorkspaceProfile {
    /// The name as it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Demo => "demo",
            Self::Workforce => "workforce",
            Self::Consumer => "consumer",
            Self::Partners => "partners",
            Self::ThirdParty => "third_party",
            Self::FapiAdvanced => "fapi_advanced",
            Self::FapiRw => "fapi_rw",
            Self::FapiRo => "fapi_ro",
            Self::OpenbankingUkFapiAdvanced => "openbanking_uk_fapi_advanced",
            Self::OpenbankingUk => "openbanking_uk",
            Self::OpenbankingBr => "openbanking_br",
            Self::OpenbankingBrUnico => "openbanking_br_unico",
            Self::CdrAustralia => "cdr_australia",
            Self::CdrAustraliaFapiRw => "cdr_australia_fapi_rw",
            Self::Fdx => "fdx",
            Self::OpenbankingKsa => "openbanking_ksa",
            Self::Fapi20Security => "fapi_20_security",
            Self::Fapi20MessageSigning => "fapi_20_message_signing",
            Self::ConnectId => "connect_id",
            Self::Oauth21 => "oauth_21",
            Self::Mcp => "mcp",
        }
    }
}

/// The kind of signing key made with a workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyType {
    /// P-256 for ES256.
    #[default]
    Ecdsa,
    /// RSA for RS256.
    Rsa,
    /// RSA for PS256.
    Ps,
    /// Ed25519; an addition of ours.
    Eddsa,
}

/// How `sub` is made from the identity provider and its user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectFormat {
    /// One-way hash of both.
    #[default]
    Hash,
    /// The identity provider's own value.
    Legacy,
}

/// How granted scopes appear in an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeClaimFormat {
    /// `scp`, an array.
    #[default]
    ScpArray,
    /// `scope`, separated by spaces (RFC 9068 §2.2.3).
    ScopeString,
}
