//! PostgreSQL, or what speaks its protocol.

use tokio::sync::watch;

use super::{Batch, Outcome, Row, Statement};
use crate::error::{Result, StoreError};

/// How the server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresOptions {}

/// A pool of connections.
pub(crate) struct Postgres {
    config: watch::Sender<u64>,
}

impl Postgres {
    pub(super) async fn open(_options: &PostgresOptions) -> Result<Self> {
        Err(StoreError::Unavailable("not yet".to_owned()))
    }

    pub(super) async fn read(&self, _statement: &Statement) -> Result<Vec<Row>> {
        Err(StoreError::Unavailable("not yet".to_owned()))
    }
    pub(super) async fn write(&self, _batch: Batch) -> Result<Vec<Outcome>> {
        Err(StoreError::Unavailable("not yet".to_owned()))
    }
    pub(super) async fn apply_script(&self, _script: &str) -> Result<()> {
        Err(StoreError::Unavailable("not yet".to_owned()))
    }
    pub(super) fn config_signal(&self) -> watch::Receiver<u64> {
        self.config.subscribe()
    }
}
