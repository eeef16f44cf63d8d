//! Entities.

use symbolon_store::Store;
use symbolon_store::entity::{Client, Secret};

use crate::backend::{NOW, client};

pub(crate) async fn a_client_comes_back_as_it_was_stored(store: Store) {
    let w = store.workspace("t", "w");
    let entity = Client {
        client_secret: Some(Secret::new("s".repeat(32))),
        rotated_secrets: vec![Secret::new("r".repeat(32))],
        redirect_uris: vec!["https://example.com/callback".into()],
        ..client("c")
    };
    let stored = w.insert(entity, NOW).await.unwrap();
    assert_eq!(stored.version, 1);
    let found = w.load::<Client>("c").await.unwrap();
    assert_eq!(found, stored);
    assert_eq!(found.client_secret.as_ref().map(Secret::reveal), Some("s".repeat(32).as_str()));
    assert_eq!(found.tenant_id, "t");
    assert_eq!(found.authorization_server_id, "w");
    assert_eq!(found.hashed_secret, found.client_secret.as_ref().map(Secret::sha256_hex));
}
