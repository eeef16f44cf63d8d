//! Keys and their states.

use serde_json::json;
use symbolon_store::{KeyState, KeyUse, NewKey, Store, StoreError};

use crate::backend::NOW;

async fn add(store: &Store, kid: &str, alg: &str, state: KeyState, now: i64) -> Result<(), StoreError> {
    let public_jwk = json!({ "kid": kid });
    let private_pkcs8 = format!("private {kid}");
    let key = NewKey {
        kid,
        key_use: KeyUse::Sig,
        alg,
        public_jwk: &public_jwk,
        private_pkcs8: private_pkcs8.as_bytes(),
    };
    store.workspace("t", "w").insert_key(&key, state, now).await
}

async fn rotate(store: &Store, kid: &str, now: i64) -> Result<(), StoreError> {
    let public_jwk = json!({ "kid": kid });
    let key = NewKey {
        kid,
        key_use: KeyUse::Sig,
        alg: "ES256",
        public_jwk: &public_jwk,
        private_pkcs8: b"private",
    };
    store.workspace("t", "w").rotate_keys(&key, now).await
}

async fn states(store: &Store) -> String {
    let keys = store.workspace("t", "w").list_keys().await.unwrap();
    keys.iter().map(|key| format!("{}:{}", key.kid, key.state.as_str())).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn a_rotation_moves_every_key_on(store: Store) {
    add(&store, "1", "ES256", KeyState::Current, NOW).await.unwrap();
    add(&store, "2", "ES256", KeyState::Next, NOW).await.unwrap();
    add(&store, "r", "RS256", KeyState::Current, NOW - 1).await.unwrap();
    assert_eq!(states(&store).await, "1:current r:current 2:next");
    rotate(&store, "3", NOW + 10).await.unwrap();
    assert_eq!(states(&store).await, "2:current r:current 3:next 1:rotated");
    rotate(&store, "4", NOW + 20).await.unwrap();
    let keys = store.workspace("t", "w").list_keys().await.unwrap();
    let one = keys.iter().find(|key| key.kid == "1").unwrap();
    assert_eq!((one.created_at, one.promoted_at, one.rotated_at), (NOW, Some(NOW), Some(NOW + 10)));
    assert_eq!(one.private_pkcs8.as_slice(), b"private 1");
    assert_eq!(one.public_jwk, json!({ "kid": "1" }));
    let three = store.workspace("t", "w").find_key("3").await.unwrap().unwrap();
    assert_eq!((three.state, three.promoted_at), (KeyState::Current, Some(NOW + 20)));
    assert!(!format!("{three:?}").contains("private"));
}

pub(crate) async fn a_failed_rotation_changes_nothing(store: Store) {
    add(&store, "1", "ES256", KeyState::Current, NOW).await.unwrap();
    assert_eq!(rotate(&store, "2", NOW).await, Err(StoreError::NotFound("next key")));
    assert_eq!(states(&store).await, "1:current");
    add(&store, "2", "ES256", KeyState::Next, NOW).await.unwrap();
    let taken = rotate(&store, "1", NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
    assert_eq!(states(&store).await, "1:current 2:next");
}

pub(crate) async fn there_is_one_current_key_for_an_algorithm(store: Store) {
    add(&store, "1", "ES256", KeyState::Current, NOW).await.unwrap();
    let second = add(&store, "2", "ES256", KeyState::Current, NOW).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })), "{second:?}");
    add(&store, "3", "PS256", KeyState::Current, NOW).await.unwrap();
}

pub(crate) async fn only_rotated_keys_are_revoked_and_only_revoked_ones_deleted(store: Store) {
    let w = store.workspace("t", "w");
    add(&store, "1", "ES256", KeyState::Current, NOW).await.unwrap();
    add(&store, "2", "ES256", KeyState::Next, NOW).await.unwrap();
    for kid in ["1", "2", "none"] {
        assert_eq!(w.revoke_key(kid, NOW).await, Err(StoreError::NotFound("rotated key")));
        assert_eq!(w.delete_key(kid).await, Err(StoreError::NotFound("revoked key")));
    }
    rotate(&store, "3", NOW).await.unwrap();
    w.revoke_key("1", NOW + 5).await.unwrap();
    assert_eq!(w.find_key("1").await.unwrap().unwrap().revoked_at, Some(NOW + 5));
    assert_eq!(states(&store).await, "2:current 3:next 1:revoked");
    w.delete_key("1").await.unwrap();
    assert_eq!(states(&store).await, "2:current 3:next");
}
