//! Several new entities at once.

use symbolon_store::entity::{Client, Scope, Server, Service, Tenant};
use symbolon_store::{ConfigChanges, KeyState, KeyUse, NewKey, Provision, Store, StoreError};

use crate::backend::{NOW, client};

fn tenant_with_workspace(provision: &mut Provision<'_>, tenant: &str) {
    provision.tenant(Tenant { id: tenant.into(), ..Tenant::default() }).unwrap();
    provision.workspace(tenant, Server { id: "first".into(), ..Server::default() }).unwrap();
    let service = Service { id: "openid".into(), name: "OpenID Connect".into(), ..Service::default() };
    provision.entity(tenant, "first", service).unwrap();
    let scope = Scope {
        id: "s1".into(),
        name: "openid".into(),
        service_id: Some("openid".into()),
        ..Scope::default()
    };
    provision.entity(tenant, "first", scope).unwrap();
    provision.entity(tenant, "first", client("c")).unwrap();
    let public_jwk = serde_json::json!({ "kty": "EC" });
    let key = NewKey {
        kid: "k",
        key_use: KeyUse::Sig,
        alg: "ES256",
        public_jwk: &public_jwk,
        private_pkcs8: b"private",
    };
    provision.key(tenant, "first", &key, KeyState::Current).unwrap();
}

pub(crate) async fn a_provision_is_stored_whole(store: Store) {
    let before = store.config_version().await.unwrap();
    let mut provision = store.provision(NOW);
    tenant_with_workspace(&mut provision, "new");
    provision.commit().await.unwrap();
    assert_eq!(store.root().load("new").await.unwrap().version, 1);
    let first = store.workspace("new", "first");
    assert_eq!(first.load::<Client>("c").await.unwrap().tenant_id, "new");
    assert_eq!(first.load::<Scope>("s1").await.unwrap().service_id.as_deref(), Some("openid"));
    assert_eq!(first.list_keys().await.unwrap()[0].private_pkcs8.as_slice(), b"private");
    // Caches hear of the tenant and of the workspace.
    let ConfigChanges::These(changes) = store.changes_since(before).await.unwrap() else {
        panic!("too many")
    };
    let heard: Vec<_> = changes.iter().map(|c| (c.tenant_id.as_str(), c.workspace_id.as_deref())).collect();
    assert_eq!(heard, [("new", None), ("new", Some("first"))]);
}

pub(crate) async fn a_provision_with_one_conflict_stores_nothing(store: Store) {
    let before = store.config_version().await.unwrap();
    let mut provision = store.provision(NOW);
    tenant_with_workspace(&mut provision, "new");
    // `t` is there already.
    provision.tenant(Tenant { id: "t".into(), ..Tenant::default() }).unwrap();
    let refused = provision.commit().await;
    assert!(matches!(&refused, Err(StoreError::Conflict { table, .. }) if table == "tenants"), "{refused:?}");
    assert_eq!(store.root().find("new").await.unwrap(), None);
    assert_eq!(store.config_version().await.unwrap(), before);
}
