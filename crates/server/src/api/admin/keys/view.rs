//! How keys are shown: their public halves and their states.

use serde::Serialize;
use symbolon_store::entity::{ServerJwk, ServerJwks, Timestamp};
use symbolon_store::{KeyState, KeyUse, SigningKey};
use utoipa::ToSchema;

/// The keys of one use, by state.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct KeysResponse {
    /// The key that signs, or that clients encrypt to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_key: Option<ServerJwk>,
    /// The key that will take its place at the next rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_key: Option<ServerJwk>,
    /// Keys that still verify what they signed, or decrypt what was encrypted to them.
    pub rotated_keys: Vec<ServerJwk>,
    /// Keys that serve nothing any more.
    pub revoked_keys: Vec<ServerJwk>,
    /// Current and next keys of further algorithms, which clients may ask for.
    pub further_keys: Vec<ServerJwk>,
}

impl KeysResponse {
    /// Sorts keys by state. `preferred` is the algorithm that the workspace signs with.
    pub(super) fn new(keys: &[SigningKey], key_use: KeyUse, preferred: &str) -> Self {
        let preferred = match key_use {
            KeyUse::Sig => preferred,
            KeyUse::Enc => current_encryption(keys).unwrap_or_default(),
        };
        let mut response = Self::default();
        for key in keys.iter().filter(|key| key.key_use == key_use) {
            let shown = of(key);
            match key.state {
                KeyState::Current if key.alg == preferred => response.current_key = Some(shown),
                KeyState::Next if key.alg == preferred => response.next_key = Some(shown),
                KeyState::Current | KeyState::Next => response.further_keys.push(shown),
                KeyState::Rotated => response.rotated_keys.push(shown),
                KeyState::Revoked => response.revoked_keys.push(shown),
            }
        }
        response
    }
}

/// The algorithm of the key that clients are to encrypt to; of several, the newest.
pub(super) fn current_encryption(keys: &[SigningKey]) -> Option<&str> {
    let current = keys.iter().filter(|key| key.key_use == KeyUse::Enc && key.state == KeyState::Current);
    current.max_by_key(|key| key.promoted_at).map(|key| key.alg.as_str())
}

/// The public half of a key, with its dates.
pub(super) fn of(key: &SigningKey) -> ServerJwk {
    let public = serde_json::from_value::<ServerJwk>(key.public_jwk.clone()).unwrap_or_default();
    ServerJwk {
        alg: Some(key.alg.clone()),
        created_at: Some(Timestamp(key.created_at)),
        kid: Some(key.kid.clone()),
        promoted_at: key.promoted_at.map(Timestamp),
        revoked_at: key.revoked_at.map(Timestamp),
        rotated_at: key.rotated_at.map(Timestamp),
        use_: Some(key.key_use.as_str().to_owned()),
        ..public
    }
}

/// All keys, as the model of a workspace has them.
pub(in crate::api) fn all_of(keys: &[SigningKey], preferred: &str) -> ServerJwks {
    let signing = KeysResponse::new(keys, KeyUse::Sig, preferred);
    let encryption = KeysResponse::new(keys, KeyUse::Enc, preferred);
    let published = [&signing, &encryption].into_iter().flat_map(|keys| {
        keys.current_key.iter().chain(&keys.further_keys).chain(&keys.rotated_keys).cloned()
    });
    ServerJwks {
        keys: published.collect(),
        next_encryption_key: encryption.next_key,
        next_signing_key: signing.next_key,
        revoked_encryption_keys: encryption.revoked_keys,
        revoked_keys_limit: None,
        revoked_signing_keys: signing.revoked_keys,
        rotated_keys_limit: None,
    }
}
