//! The master key: the right one is needed, and it can be changed.

use serde_json::json;
use symbolon_store::entity::{Client, Idp, Secret, Server};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{KeyState, KeyUse, Location, NewAccount, NewKey, Store, StoreError};

use crate::backend::{self, NOW, client};

const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [8; 32];

async fn open(location: &Location, current: &[u8; 32], older: &[[u8; 32]]) -> Result<Store, StoreError> {
    Store::open(location, MasterKeys::new(current, older).unwrap(), NOW).await
}

/// `store` was made at `location` with the old key.
async fn rotates(store: Store, location: &Location) {
    let w = store.workspace("t", "w");
    let mut clients = store.provision(NOW);
    for i in 0..250 {
        let client_secret = Some(Secret::new(format!("{i:032}")));
        clients.entity("t", "w", Client { client_secret, ..client(&format!("c{i}")) }).unwrap();
    }
    clients.commit().await.unwrap();
    w.insert(client("without"), NOW).await.unwrap();
    let mut server = store.tenant("t").load::<Server>("w").await.unwrap().value;
    server.secret = Some(Secret::new("s".repeat(32)));
    store.tenant("t").update(server, None, NOW).await.unwrap();
    let public_jwk = json!({});
    let key =
        NewKey { kid: "k", key_use: KeyUse::Sig, alg: "ES256", public_jwk: &public_jwk, private_pkcs8: b"p" };
    w.insert_key(&key, KeyState::Current, NOW).await.unwrap();
    w.insert(Idp { id: "i".into(), ..Idp::default() }, NOW).await.unwrap();
    let (password_hash, attributes) = (Secret::new("$argon2"), serde_json::Map::new());
    let account = NewAccount {
        id: "ac",
        idp_id: "i",
        username: "ada",
        password_hash: &password_hash,
        attributes: &attributes,
        is_news: false,
    };
    w.insert_account(&account, NOW).await.unwrap();
    let version = store.config_version().await.unwrap();
    drop(store);

    let wrong = open(location, &NEW, &[]).await;
    assert!(matches!(wrong, Err(StoreError::Corrupt(_))), "{wrong:?}");
    let both = open(location, &NEW, &[OLD]).await.unwrap();
    assert!(both.workspace("t", "w").load::<Client>("c7").await.unwrap().client_secret.is_some());
    assert_eq!(both.reseal().await.unwrap(), 253);
    assert_eq!(both.reseal().await.unwrap(), 0);
    drop(both);

    assert!(open(location, &OLD, &[]).await.is_err(), "the old key is no longer needed, nor of use");
    let store = open(location, &NEW, &[]).await.unwrap();
    let w = store.workspace("t", "w");
    for i in 0..250 {
        let found = w.load::<Client>(&format!("c{i}")).await.unwrap();
        assert_eq!(found.client_secret.as_ref().map(Secret::reveal), Some(format!("{i:032}").as_str()));
        assert_eq!(found.version, 1);
    }
    assert!(store.tenant("t").load::<Server>("w").await.unwrap().secret.is_some());
    assert_eq!(w.find_key("k").await.unwrap().unwrap().private_pkcs8.as_slice(), b"p");
    assert_eq!(w.find_account("ac").await.unwrap().unwrap().password_hash, password_hash);
    assert_eq!(store.config_version().await.unwrap(), version, "nothing changed for caches");
}

#[tokio::test]
async fn a_master_key_is_rotated_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    rotates(store, &backend::file_location(folder.path())).await;
}

#[tokio::test]
async fn a_master_key_is_rotated_on_postgres() {
    let Some(schema) = backend::Schema::create().await else { return };
    rotates(schema.store().await, &schema.location()).await;
    schema.remove().await;
}
