//! The writer thread: everything that has queued up is one transaction, each batch a savepoint of it.
//!
//! One fsync then serves many callers, and each is answered only after it.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::error::store_error;
use super::query;
use crate::db::{Batch, Outcome};
use crate::error::{Result, StoreError};

/// A batch, and where its answer goes.
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) reply: oneshot::Sender<Result<Vec<Outcome>>>,
}

/// Batches in one transaction.
const GROUP: usize = 1024;

/// Runs until the queue is closed and empty.
pub(super) fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>, config: &watch::Sender<u64>) {
    let mut group = Vec::with_capacity(GROUP);
    while let Some(job) = jobs.blocking_recv() {
        group.push(job);
        while group.len() < GROUP
            && let Ok(job) = jobs.try_recv()
        {
            group.push(job);
        }
        commit(connection, &mut group, config);
    }
}

fn commit(connection: &Connection, group: &mut Vec<Job>, config: &watch::Sender<u64>) {
    match apply(connection, group) {
        Ok(results) => {
            let changed =
                group.iter().zip(&results).any(|(job, result)| job.batch.changes_config && result.is_ok());
            for (job, result) in group.drain(..).zip(results) {
                // A caller that went away has nothing to be told; its write is kept.
                let _ = job.reply.send(result);
            }
            if changed {
                config.send_modify(|n| *n += 1);
            }
        }
        Err(error) => {
            tracing::error!(batches = group.len(), %error, "writes were not kept");
            for job in group.drain(..) {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
}

/// One result for each job after the commit; an error when nothing at all was kept.
fn apply(connection: &Connection, group: &[Job]) -> Result<Vec<Result<Vec<Outcome>>>> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let mut results = Vec::with_capacity(group.len());
    for job in group {
        let result = apply_one(connection, &job.batch);
        // Disk full, an I/O error and the like end the whole transaction, not only this batch.
        if connection.is_autocommit() {
            return Err(result.err().unwrap_or_else(|| StoreError::Unavailable("rolled back".to_owned())));
        }
        if let Err(error @ StoreError::Unavailable(_)) = result {
            roll_back(connection);
            return Err(error);
        }
        results.push(result);
    }
    if let Err(error) = execute(connection, "COMMIT") {
        roll_back(connection);
        return Err(error);
    }
    Ok(results)
}

fn apply_one(connection: &Connection, batch: &Batch) -> Result<Vec<Outcome>> {
    if let [only] = batch.statements.as_slice()
        && only.expect.misses_without_trace()
    {
        // A statement that fails undoes itself: no savepoint needed.
        return statements(connection, batch);
    }
    execute(connection, "SAVEPOINT batch")?;
    let result = statements(connection, batch);
    if !connection.is_autocommit() {
        if result.is_err() {
            execute(connection, "ROLLBACK TO batch")?;
        }
        execute(connection, "RELEASE batch")?;
    }
    result
}

fn statements(connection: &Connection, batch: &Batch) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(batch.statements.len());
    for (i, statement) in batch.statements.iter().enumerate() {
        let outcome = query(connection, statement).map_err(|e| store_error(&e))?;
        if !statement.expect.met_by(outcome.rows_affected) {
            return Err(StoreError::Expectation { statement: i, affected: outcome.rows_affected });
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    connection.prepare_cached(sql).and_then(|mut s| s.raw_execute()).map(drop).map_err(|e| store_error(&e))
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        tracing::error!(%error, "cannot roll back");
    }
}
