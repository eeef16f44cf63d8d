//! Stores to test with, each with a tenant `t` that has the workspaces `w` and `v`, and a tenant `u` with `w`.

use std::io::Write;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use symbolon_store::entity::{Client, Server, Tenant};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{Location, PostgresOptions, SqliteOptions, Store};
use tokio_postgres::NoTls;

/// Now, unix ms: any moment does.
pub(crate) const NOW: i64 = 1_800_000_000_000;
/// What takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test lasts.
pub(crate) const NEVER: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn keys() -> MasterKeys {
    MasterKeys::new(&[7; 32], &[]).unwrap()
}

pub(crate) fn file_location(folder: &Path) -> Location {
    Location::Sqlite(SqliteOptions::file(folder.join("symbolon.db")))
}

pub(crate) async fn sqlite_file(folder: &Path) -> Store {
    let location = file_location(folder);
    Store::migrate(&location, false, NOW).await.unwrap();
    furnished(Store::open(&location, keys(), NOW).await.unwrap()).await
}

pub(crate) async fn ephemeral() -> Store {
    let location = Location::Sqlite(SqliteOptions::ephemeral());
    furnished(Store::open(&location, keys(), NOW).await.unwrap()).await
}

/// A schema of its own in the PostgreSQL database that `SYMBOLON_TEST_POSTGRES` names.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// None, and a line that says so, without a server; an error in CI.
    #[expect(clippy::disallowed_methods, reason = "tests are told of the server by the environment")]
    pub(crate) async fn create() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("SYMBOLON_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "CI must set SYMBOLON_TEST_POSTGRES");
            static TOLD: Once = Once::new();
            // Past the capture of the test harness, and once for all.
            TOLD.call_once(|| {
                let _ =
                    writeln!(std::io::stderr(), "skipped: PostgreSQL (SYMBOLON_TEST_POSTGRES is not set)");
            });
            return None;
        };
        let name = format!("s{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let schema = Self { server, name };
        schema.execute(&format!("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}", schema.name)).await;
        Some(schema)
    }

    pub(crate) fn location(&self) -> Location {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        let url = format!(
            "{}{separator}options=-c%20search_path%3D{}&application_name={}",
            self.server, self.name, self.name
        );
        Location::Postgres(PostgresOptions { connections: 8, ..PostgresOptions::new(url) })
    }

    pub(crate) async fn store(&self) -> Store {
        Store::migrate(&self.location(), false, NOW).await.unwrap();
        furnished(Store::open(&self.location(), keys(), NOW).await.unwrap()).await
    }

    pub(crate) async fn execute(&self, sql: &str) {
        let (client, connection) = tokio_postgres::connect(&self.server, NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    }

    /// Ends every connection of the stores on this schema.
    pub(crate) async fn terminate_others(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name";
        self.execute(&format!("{sql} = '{}'", self.name)).await;
    }

    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn remove(self) {
        self.execute(&format!("DROP SCHEMA {} CASCADE", self.name)).await;
    }
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
