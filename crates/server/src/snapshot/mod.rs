//! Configuration in memory: what every request needs and few requests change.
//!
//! A workspace is loaded once and shared as an immutable [`Workspace`]; its clients as [`Client`]. Both caches are
//! bounded. A change to the configuration drops the workspace it touches, on this node at once and on the others
//! when they hear of it (LISTEN/NOTIFY, and a poll of the version every second beneath it: the staleness bound).

mod claims;
mod client;
pub mod detail_types;
mod encryption_keys;
mod keys;
mod public_keys;
mod scopes;
mod workspace;

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use quick_cache::Equivalent;
use quick_cache::sync::Cache;
use symbolon_pki::TrustAnchors;
use symbolon_store::{Store, StoreError};

pub use claims::Claims;
pub use client::{Client, SecretDigest};
pub use detail_types::{DetailType, DetailTypes};
pub use encryption_keys::EncryptionKeys;
pub use keys::{WorkspaceKeys, algorithm_of, signs};
pub use public_keys::PublicKeys;
pub use scopes::{ScopeEntry, Scopes};
pub use workspace::Workspace;

use crate::clock::Timestamp;

/// How many workspaces are kept in memory.
const WORKSPACES: usize = 2_000;
/// How many clients are kept in memory, over all workspaces.
const CLIENTS: usize = 50_000;

/// The caches of one node.
#[derive(Debug)]
pub struct Snapshots {
    workspaces: Cache<WorkspaceKey, Arc<Workspace>>,
    clients: Cache<ClientKey, Arc<Client>>,
    /// Counts invalidations. A load that began before one is never kept after it, not for a moment: whoever keeps or
    /// drops a workspace holds this.
    epoch: Mutex<u64>,
    /// Numbers snapshots: a client belongs to one load of its workspace and dies with it.
    generation: AtomicU64,
    /// The host's own roots, for workspaces that name none.
    system_trust: OnceLock<Arc<TrustAnchors>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct WorkspaceKey(Box<str>, Box<str>);

#[derive(Hash)]
struct WorkspaceRef<'a>(&'a str, &'a str);

impl Equivalent<WorkspaceKey> for WorkspaceRef<'_> {
    fn equivalent(&self, key: &WorkspaceKey) -> bool {
        *key.0 == *self.0 && *key.1 == *self.1
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ClientKey(u64, Box<str>);

#[derive(Hash)]
struct ClientRef<'a>(u64, &'a str);

impl Equivalent<ClientKey> for ClientRef<'_> {
    fn equivalent(&self, key: &ClientKey) -> bool {
        key.0 == self.0 && *key.1 == *self.1
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            workspaces: Cache::new(WORKSPACES),
            clients: Cache::new(CLIENTS),
            epoch: Mutex::new(0),
            generation: AtomicU64::new(0),
            system_trust: OnceLock::new(),
        }
    }
}

impl Snapshots {
    /// The workspace as it is configured now; `None` when there is no such tenant or workspace.
    ///
    /// # Errors
    /// When it is not in memory and the store does not answer.
    pub async fn workspace(
        &self,
        store: &Store,
        tenant_id: &str,
        workspace_id: &str,
    ) -> Result<Option<Arc<Workspace>>, StoreError> {
        if let Some(hit) = self.workspaces.get(&WorkspaceRef(tenant_id, workspace_id)) {
            return Ok(Some(hit));
        }
        let began = *self.epoch();
        let generation = self.generation.fetch_add(1, Ordering::Relaxed);
        // Boxed: loading needs ten times as much room as looking up, and every request would carry it.
        let load = Workspace::load(store, tenant_id, workspace_id, &self.system_trust, generation);
        let Some(workspace) = Box::pin(load).await? else { return Ok(None) };
        let workspace = Arc::new(workspace);
        let epoch = self.epoch();
        if *epoch == began {
            self.workspaces
                .insert(WorkspaceKey(tenant_id.into(), workspace_id.into()), Arc::clone(&workspace));
        }
        drop(epoch);
        Ok(Some(workspace))
    }

    /// A client of the workspace; `None` when it has none of that id.
    ///
    /// # Errors
    /// When it is not in memory and the store does not answer.
    pub async fn client(
        &self,
        store: &Store,
        workspace: &Workspace,
        client_id: &str,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        if let Some(hit) = self.clients.get(&ClientRef(workspace.generation, client_id)) {
            return Ok(Some(hit));
        }
        let load = Client::load(store, workspace, client_id);
        let Some(client) = Box::pin(load).await? else { return Ok(None) };
        let client = Arc::new(client);
        self.clients.insert(ClientKey(workspace.generation, client_id.into()), Arc::clone(&client));
        Ok(Some(client))
    }

    /// Drops a workspace with its clients: the next request loads them anew.
    pub fn invalidate(&self, tenant_id: &str, workspace_id: &str) {
        let mut epoch = self.epoch();
        *epoch += 1;
        self.workspaces.remove(&WorkspaceRef(tenant_id, workspace_id));
    }

    /// Drops all workspaces of a tenant with their clients.
    pub fn invalidate_tenant(&self, tenant_id: &str) {
        let mut epoch = self.epoch();
        *epoch += 1;
        self.workspaces.retain(|key, _| *key.0 != *tenant_id);
    }

    /// Drops everything: when it is not known what changed.
    pub fn invalidate_all(&self) {
        let mut epoch = self.epoch();
        *epoch += 1;
        self.workspaces.clear();
        self.clients.clear();
    }

    fn epoch(&self) -> MutexGuard<'_, u64> {
        self.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Unix milliseconds as the store keeps them, seconds as tokens do.
fn is_expired(expires_at: Option<i64>, now: Timestamp) -> bool {
    expires_at.is_some_and(|at| at <= now.seconds())
}
