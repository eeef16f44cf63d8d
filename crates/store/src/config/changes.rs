//! Tells caches what changed: a version that every write of configuration raises, and a log of what each
//! version touched.

use std::time::Duration;

use tokio::sync::watch;

use crate::db::{Batch, Statement};
use crate::error::{Result, StoreError};
use crate::store::Store;

/// Versions kept in the log. A cache that is further behind must forget everything.
const KEPT: i64 = 4096;

/// How long a change by another process may go unnoticed when no notification arrives.
pub const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Something changed in a tenant, or in one workspace of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The version of the configuration that this made.
    pub version: i64,
    /// The tenant.
    pub tenant_id: String,
    /// The workspace; None when the tenant itself changed.
    pub workspace_id: Option<String>,
}

/// What changed since some version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigChanges {
    /// These, in order; empty when nothing did.
    These(Vec<Change>),
    /// More than the log remembers: everything may have changed. The configuration is at this version.
    Everything(i64),
}

/// Waits for changes. See [`Store::subscribe`].
#[derive(Debug)]
pub struct Subscription {
    store: Store,
    signal: watch::Receiver<u64>,
    seen: i64,
    poll_interval: Duration,
}

/// Adds to `batch` that something of `tenant` changed.
pub(crate) fn bump(batch: &mut Batch, tenant: &str, workspace: Option<&str>) {
    batch.push(Statement::new("UPDATE config_version SET version = version + 1 WHERE id = 1", []));
    batch.push(Statement::new(
        "INSERT INTO config_changes (version, tenant_id, workspace_id) \
         SELECT version, $1, $2 FROM config_version WHERE id = 1",
        [tenant.into(), workspace.into()],
    ));
    batch.push(Statement::new(
        "DELETE FROM config_changes WHERE version <= (SELECT version - $1 FROM config_version WHERE id = 1)",
        [KEPT.into()],
    ));
}

impl Store {
    /// The version of the configuration: it grows with every write to it.
    pub async fn config_version(&self) -> Result<i64> {
        let row = self.db.find(Statement::new("SELECT version FROM config_version WHERE id = 1", [])).await?;
        row.ok_or_else(|| StoreError::Corrupt("no configuration version".to_owned()))?.int(0)
    }

    /// What changed after `version`.
    pub async fn changes_since(&self, version: i64) -> Result<ConfigChanges> {
        let current = self.config_version().await?;
        if current == version {
            return Ok(ConfigChanges::These(Vec::new()));
        }
        let rows = self
            .db
            .list(Statement::new(
                "SELECT version, tenant_id, workspace_id FROM config_changes WHERE version > $1 ORDER BY version",
                [version.into()],
            ))
            .await?;
        let changes = rows
            .iter()
            .map(|row| {
                Ok(Change {
                    version: row.int(0)?,
                    tenant_id: row.text(1)?.to_owned(),
                    workspace_id: row.opt_text(2)?.map(ToOwned::to_owned),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        // A version lower than what was seen: the database was restored from a copy.
        let complete = current > version && changes.first().is_some_and(|first| first.version == version + 1);
        if complete { Ok(ConfigChanges::These(changes)) } else { Ok(ConfigChanges::Everything(current)) }
    }

    /// Follows the changes of configuration from now on: those of this process at once, those of others by
    /// notification (PostgreSQL) or within [`POLL_INTERVAL`].
    pub async fn subscribe(&self) -> Result<Subscription> {
        let signal = self.db.config_signal();
        let seen = self.config_version().await?;
        Ok(Subscription { store: self.clone(), signal, seen, poll_interval: POLL_INTERVAL })
    }
}

impl Subscription {
    /// Looks this often where nobody tells of a change, instead of every [`POLL_INTERVAL`].
    pub fn poll_every(&mut self, interval: Duration) {
        self.poll_interval = interval;
    }

    /// Waits until something changed, and says what. After an error, ask again: nothing is lost.
    pub async fn next(&mut self) -> Result<ConfigChanges> {
        loop {
            let changes = self.store.changes_since(self.seen).await?;
            match &changes {
                ConfigChanges::These(list) => {
                    if let Some(last) = list.last() {
                        self.seen = last.version;
                        return Ok(changes);
                    }
                }
                ConfigChanges::Everything(version) => {
                    self.seen = *version;
                    return Ok(changes);
                }
            }
            // A timeout means a poll; an error that the database is closing, which the next read tells.
            let _ = tokio::time::timeout(self.poll_interval, self.signal.changed()).await;
        }
    }
}
