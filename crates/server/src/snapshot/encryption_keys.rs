//! The keys of a workspace that clients encrypt to (RFC 9101 §6.1, OpenID Connect Core §10.2).

use symbolon_jose::{DecryptionKey, Jwk, KeyManagement};
use symbolon_store::{KeyState, SigningKey as StoredKey, StoreError};

/// The keys for encryption of one workspace. It need not have any.
#[derive(Debug, Default)]
pub struct EncryptionKeys {
    /// Decrypt what clients send: current, next and rotated keys, not revoked ones.
    pub private: Vec<DecryptionKey>,
    /// The algorithms that can be used with the keys that are published.
    pub algorithms: Vec<KeyManagement>,
    /// What the JWKS shows: the current keys alone, as nobody should encrypt to one that is on its way out. They name no
    /// `alg`, as they serve several.
    pub(super) published: Vec<Jwk>,
}

impl EncryptionKeys {
    pub(super) fn new(rows: &[StoredKey]) -> Result<Self, StoreError> {
        let corrupt = |error: symbolon_jose::Error| StoreError::Corrupt(format!("encryption key: {error}"));
        let mut keys = Self::default();
        for row in rows {
            let algorithm: KeyManagement = row.alg.parse().map_err(corrupt)?;
            let key =
                DecryptionKey::from_pkcs8(Some(&row.kid), algorithm, &row.private_pkcs8).map_err(corrupt)?;
            if row.state == KeyState::Current {
                keys.algorithms.extend(key.algorithms());
                keys.published.extend(key.public_jwk());
            }
            keys.private.push(key);
        }
        Ok(keys)
    }
}
