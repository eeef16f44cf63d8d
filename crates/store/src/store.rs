//! The store, and the handles through which a tenant's data is reached.

use std::sync::Arc;

use crate::db::{Db, Location, MigrationReport, migrate};
use crate::error::{Result, StoreError};
use crate::seal::MasterKeys;

/// Everything that is remembered. Cheap to clone.
///
/// Data of a tenant is reached only through [`Store::tenant`] and [`Store::workspace`]: each of their
/// functions reads and writes rows of that tenant or workspace, and of no other.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) keys: Arc<MasterKeys>,
}

/// Tenants themselves.
#[derive(Clone, Copy, Debug)]
pub struct Root<'a> {
    pub(crate) store: &'a Store,
}

/// What belongs to one tenant.
#[derive(Clone, Copy, Debug)]
pub struct TenantStore<'a> {
    pub(crate) store: &'a Store,
    pub(crate) tenant: &'a str,
}

/// What belongs to one workspace.
#[derive(Clone, Copy, Debug)]
pub struct WorkspaceStore<'a> {
    pub(crate) store: &'a Store,
    pub(crate) tenant: &'a str,
    pub(crate) workspace: &'a str,
}

impl Store {
    /// Opens a database whose schema is up to date.
    ///
    /// An ephemeral database has none yet, and gets it here; `now` (unix ms) is noted as its date.
    ///
    /// # Errors
    /// `NewerSchema` and `OlderSchema` when the schema is not this program's; `Corrupt` when the database was
    /// sealed with a master key that is not among `keys`; `Unavailable`.
    pub async fn open(location: &Location, keys: MasterKeys, now: i64) -> Result<Self> {
        let db = Db::open(location).await?;
        if location.is_ephemeral() {
            migrate::run(&db, false, now).await?;
        }
        migrate::check(&db).await?;
        let store = Self { db, keys: Arc::new(keys) };
        store.check_master_key().await?;
        Ok(store)
    }

    /// Brings the schema of a database up to date, making the database if it is a file that is not there.
    /// With `dry_run` it says what it would do. `now` is unix ms.
    ///
    /// # Errors
    /// `NewerSchema` when the schema is newer than this program; `Unavailable`.
    pub async fn migrate(location: &Location, dry_run: bool, now: i64) -> Result<MigrationReport> {
        let db = Db::open(location).await?;
        migrate::run(&db, dry_run, now).await
    }

    /// Tenants themselves.
    pub fn root(&self) -> Root<'_> {
        Root { store: self }
    }

    /// What belongs to `tenant`, which need not exist.
    pub fn tenant<'a>(&'a self, tenant: &'a str) -> TenantStore<'a> {
        TenantStore { store: self, tenant }
    }

    /// What belongs to `workspace` of `tenant`, neither of which need exist.
    pub fn workspace<'a>(&'a self, tenant: &'a str, workspace: &'a str) -> WorkspaceStore<'a> {
        WorkspaceStore { store: self, tenant, workspace }
    }

    /// An error unless the database answers and has this program's schema. Writes nothing.
    pub async fn health(&self) -> Result<()> {
        self.db.health().await
    }
}

impl<'a> TenantStore<'a> {
    /// What belongs to one workspace of this tenant.
    pub fn workspace(&self, workspace: &'a str) -> WorkspaceStore<'a> {
        WorkspaceStore { store: self.store, tenant: self.tenant, workspace }
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &'a str {
        self.tenant
    }
}

impl<'a> WorkspaceStore<'a> {
    /// The tenant's id.
    pub fn tenant_id(&self) -> &'a str {
        self.tenant
    }

    /// The workspace's id.
    pub fn workspace_id(&self) -> &'a str {
        self.workspace
    }
}

/// Reads a stored JSON document.
pub(crate) fn read_doc<T: serde::de::DeserializeOwned>(what: &str, doc: &str) -> Result<T> {
    serde_json::from_str(doc).map_err(|e| StoreError::Corrupt(format!("{what}: {e}")))
}

/// Writes a JSON document.
pub(crate) fn write_doc<T: serde::Serialize>(what: &str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Invalid(format!("{what}: {e}")))
}
