//! Stores to test with, each with a tenant `t` that has the workspaces `w` and `v`, and a tenant `u` with `w`.

use std::path::Path;

use symbolon_store::entity::{Client, Server, Tenant};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{Location, SqliteOptions, Store};

/// Now, unix ms: any moment does.
pub(crate) const NOW: i64 = 1_800_000_000_000;

pub(crate) fn keys() -> MasterKeys {
    MasterKeys::new(&[7; 32], &[]).unwrap()
}

pub(crate) async fn sqlite_file(folder: &Path) -> Store {
    let location = Location::Sqlite(SqliteOptions::file(folder.join("symbolon.db")));
    Store::migrate(&location, false, NOW).await.unwrap();
    furnished(Store::open(&location, keys(), NOW).await.unwrap()).await
}

pub(crate) async fn ephemeral() -> Store {
    let location = Location::Sqlite(SqliteOptions::ephemeral());
    furnished(Store::open(&location, keys(), NOW).await.unwrap()).await
}

async fn furnished(store: Store) -> Store {
    for (tenant, workspaces) in [("t", ["w", "v"].as_slice()), ("u", &["w"])] {
        store.root().insert(Tenant { id: tenant.into(), ..Tenant::default() }, NOW).await.unwrap();
        for workspace in workspaces {
            let server = Server { id: (*workspace).into(), ..Server::default() };
            store.tenant(tenant).insert(server, NOW).await.unwrap();
        }
    }
    store
}

pub(crate) fn client(id: &str) -> Client {
    Client { client_id: id.into(), client_name: format!("Name of {id}"), ..Client::default() }
}
