//! JSON Web Keys as the management API shows them (RFC 7517).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{Secret, Timestamp};

/// The public keys of a workspace or tenant, by state.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ServerJwks {
    /// All published keys, the current signing key first.
    pub keys: Vec<ServerJwk>,
    /// The encryption key that comes next.
    pub next_encryption_key: Option<ServerJwk>,
    /// The signing key that comes next.
    pub next_signing_key: Option<ServerJwk>,
    /// Encryption keys no longer accepted.
    pub revoked_encryption_keys: Vec<ServerJwk>,
    /// How many revoked keys are kept.
    pub revoked_keys_limit: Option<i64>,
    /// Signing keys no longer accepted.
    pub revoked_signing_keys: Vec<ServerJwk>,
    /// How many rotated keys are kept.
    pub rotated_keys_limit: Option<i64>,
}

/// One key of a workspace or tenant. Private members are accepted on import and never stored readable.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ServerJwk {
    /// Algorithm the key is for.
    pub alg: Option<String>,
    /// Creation time.
    pub created_at: Option<Timestamp>,
    /// Curve of an EC or OKP key.
    pub crv: Option<String>,
    /// Private member.
    pub d: Option<Secret>,
    /// Private member (RSA).
    pub dp: Option<Secret>,
    /// Private member (RSA).
    pub dq: Option<Secret>,
    /// Public exponent (RSA).
    pub e: Option<String>,
    /// Symmetric key, private.
    pub k: Option<Secret>,
    /// Key id.
    pub kid: Option<String>,
    /// Key type.
    pub kty: String,
    /// Modulus (RSA).
    pub n: Option<String>,
    /// Private member (RSA).
    pub p: Option<Secret>,
    /// Became current.
    pub promoted_at: Option<Timestamp>,
    /// Private member (RSA).
    pub q: Option<Secret>,
    /// Private member (RSA).
    pub qi: Option<Secret>,
    /// Revocation time.
    pub revoked_at: Option<Timestamp>,
    /// Replaced.
    pub rotated_at: Option<Timestamp>,
    /// `sig` or `enc`.
    #[serde(rename = "use")]
    pub use_: Option<String>,
    /// X coordinate, or the public key of an OKP key.
    pub x: Option<String>,
    /// Certificate chain, base64 DER.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub x5c: Vec<String>,
    /// SHA-1 thumbprint.
    pub x5t: Option<String>,
    /// SHA-256 thumbprint.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Option<String>,
    /// Y coordinate.
    pub y: Option<String>,
}

/// A set of keys that others hold.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ClientJwks {
    /// The keys.
    pub keys: Vec<ClientJwk>,
}

/// One key of a client (RFC 7517). Only its public members are stored.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ClientJwk {
    /// Algorithm the key is for.
    pub alg: Option<String>,
    /// Curve of an EC or OKP key.
    pub crv: Option<String>,
    /// Private member.
    pub d: Option<Secret>,
    /// Private member (RSA).
    pub dp: Option<Secret>,
    /// Private member (RSA).
    pub dq: Option<Secret>,
    /// Public exponent (RSA).
    pub e: Option<String>,
    /// Symmetric key, private.
    pub k: Option<Secret>,
    /// Key id.
    pub kid: Option<String>,
    /// Key type.
    pub kty: String,
    /// Modulus (RSA).
    pub n: Option<String>,
    /// Private member (RSA).
    pub p: Option<Secret>,
    /// Private member (RSA).
    pub q: Option<Secret>,
    /// Private member (RSA).
    pub qi: Option<Secret>,
    /// `sig` or `enc`.
    #[serde(rename = "use")]
    pub use_: Option<String>,
    /// X coordinate, or the public key of an OKP key.
    pub x: Option<String>,
    /// Certificate chain, base64 DER.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub x5c: Vec<String>,
    /// SHA-1 thumbprint.
    pub x5t: Option<String>,
    /// SHA-256 thumbprint.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Option<String>,
    /// Y coordinate.
    pub y: Option<String>,
}

impl ClientJwks {
    /// Drops the private members: what a client sent by mistake is not ours to keep.
    pub fn keep_public(&mut self) {
        for key in &mut self.keys {
            let ClientJwk { d, dp, dq, k, p, q, qi, .. } = key;
            [d, dp, dq, k, p, q, qi].into_iter().for_each(|private| *private = None);
        }
    }
}

impl ServerJwks {
    /// Drops the private members.
    pub fn keep_public(&mut self) {
        let next = [&mut self.next_encryption_key, &mut self.next_signing_key].into_iter().flatten();
        let revoked = self.revoked_encryption_keys.iter_mut().chain(&mut self.revoked_signing_keys);
        for key in self.keys.iter_mut().chain(next).chain(revoked) {
            let ServerJwk { d, dp, dq, k, p, q, qi, .. } = key;
            [d, dp, dq, k, p, q, qi].into_iter().for_each(|private| *private = None);
        }
    }
}
