//! Changes of configuration are heard of.

use std::time::Duration;

use symbolon_store::entity::{Client, Server};
use symbolon_store::{Change, ConfigChanges, Store};
use tokio::time::timeout;

use crate::backend::{NEVER, NOW, PATIENCE, client};

fn only(changes: ConfigChanges) -> Change {
    match changes {
        ConfigChanges::These(mut list) if list.len() == 1 => list.remove(0),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn every_write_of_configuration_is_told(store: Store) {
    let mut version = store.config_version().await.unwrap();
    let w = store.workspace("t", "w");
    let mut told = async |workspace: Option<&str>| {
        let change = only(store.changes_since(version).await.unwrap());
        assert_eq!((change.tenant_id.as_str(), change.workspace_id.as_deref()), ("t", workspace));
        assert_eq!(change.version, version + 1);
        version = change.version;
    };
    w.insert(client("c"), NOW).await.unwrap();
    told(Some("w")).await;
    w.update(client("c"), None, NOW).await.unwrap();
    told(Some("w")).await;
    w.delete::<Client>("c", None).await.unwrap();
    told(Some("w")).await;
    store.tenant("t").delete::<Server>("v", None).await.unwrap();
    told(Some("v")).await;
    store.root().delete("t", None).await.unwrap();
    told(None).await;
    assert_eq!(store.changes_since(version).await.unwrap(), ConfigChanges::These(vec![]));
}

pub(crate) async fn a_refused_write_is_not_told(store: Store) {
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let version = store.config_version().await.unwrap();
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap_err();
    store.workspace("t", "w").update(client("c"), Some(9), NOW).await.unwrap_err();
    store.workspace("t", "w").delete::<Client>("none", None).await.unwrap_err();
    assert_eq!(store.config_version().await.unwrap(), version);
}

pub(crate) async fn who_is_too_far_behind_is_told_everything(store: Store) {
    let version = store.config_version().await.unwrap();
    assert_eq!(store.changes_since(version + 1).await.unwrap(), ConfigChanges::Everything(version));
    // Enough writes to push the first one out of the log, in few transactions.
    for round in 0..9 {
        let mut all = store.provision(NOW);
        for i in 0..500 {
            all.workspace("t", Server { id: format!("{round}-{i}"), ..Server::default() }).unwrap();
        }
        all.commit().await.unwrap();
    }
    let now = store.config_version().await.unwrap();
    assert_eq!(store.changes_since(version).await.unwrap(), ConfigChanges::Everything(now));
    let ConfigChanges::These(list) = store.changes_since(now - 4000).await.unwrap() else { panic!() };
    assert_eq!(list.len(), 4000);
}

pub(crate) async fn a_subscriber_hears_of_a_change_at_once(store: Store) {
    let mut subscription = store.subscribe().await.unwrap();
    subscription.poll_every(NEVER);
    // Nothing yet.
    assert!(timeout(Duration::from_millis(50), subscription.next()).await.is_err());
    let waiting = tokio::spawn(async move { subscription.next().await.unwrap() });
    tokio::task::yield_now().await;
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let change = only(timeout(PATIENCE, waiting).await.unwrap().unwrap());
    assert_eq!(change.workspace_id.as_deref(), Some("w"));
}
