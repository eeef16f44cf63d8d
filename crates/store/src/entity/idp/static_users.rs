//! Built-in users of a static identity provider.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{Metadata, Secret};

/// The users of a static identity provider.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct StaticCredentials {
    /// The users.
    pub users: Vec<StaticUser>,
}

/// A built-in user. The password is write-only, and stored as an argon2 hash.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct StaticUser {
    /// Extra attributes.
    pub additional_attributes: Metadata,
    /// Attributes from login.
    pub authentication_context: Metadata,
    /// Email address.
    pub email: Option<String>,
    /// Verified mark.
    pub email_verified: bool,
    /// Password: write-only, kept as an argon2 hash (PHC string).
    pub password: Option<Secret>,
    /// Phone.
    pub phone_number: Option<String>,
    /// Verified mark.
    pub phone_number_verified: bool,
    /// Name to log in with.
    pub username: String,
}
