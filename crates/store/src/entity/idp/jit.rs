//! Just-in-time provisioning.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Users made or changed in a pool when they log in.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JitSettings {
    /// On/off.
    pub enabled: bool,
    /// JIT options.
    pub provisioning: Option<JitProvisioning>,
}

/// How users are made at login.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JitProvisioning {
    /// Role for JIT admins.
    pub admin_role_type: Option<String>,
    /// Salt for hashed identifiers.
    pub identifier_salt: Option<String>,
    /// Whether users are made, changed or only looked up.
    pub mode: Option<String>,
    /// Target pool.
    pub pool_id: Option<String>,
    /// Rules for users created beforehand.
    pub pre_provisioning: Option<PreProvisioningConfiguration>,
    /// Attribute mapping to pool user.
    pub user: Option<JitUser>,
}

/// Rules for users that were made beforehand.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct PreProvisioningConfiguration {
    /// What happens to a user that was not made beforehand.
    pub authentication_flow_control: Option<String>,
}

/// What of a login goes into the user of the pool.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JitUser {
    /// Verifiable addresses.
    pub addresses: Vec<JitUserAddress>,
    /// Attributes.
    pub attributes_mapping: Vec<UserAttributeMapping>,
    /// Identifiers.
    pub identifiers: Vec<JitUserIdentifier>,
}

/// A verifiable address taken from the login.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JitUserAddress {
    /// Path in the authentication context.
    pub source: Option<String>,
    /// Kind: email, mobile ….
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether the address counts as verified.
    pub verification_mode: Option<String>,
}

/// An identifier taken from the login.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct JitUserIdentifier {
    /// Path in the authentication context.
    pub source: Option<String>,
    /// Kind: email, mobile, uid ….
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// How one attribute of the login becomes one of the user.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct UserAttributeMapping {
    /// Loose type casts.
    pub allow_weak_decoding: bool,
    /// How a value is combined with one that is there.
    pub mode: Option<String>,
    /// Path in the authentication context.
    pub source: Option<String>,
    /// Fixed value.
    #[serde(rename = "static")]
    pub fixed: Option<Value>,
    /// Path in the user.
    pub target: String,
    /// Type of the target.
    #[serde(rename = "type")]
    pub kind: String,
    /// Set again at every login.
    pub update_on_sign_in: bool,
}
