//! A batch as one transaction, its statements sent without waiting for each other.

use futures_util::future::{join, join_all};
use futures_util::{TryStreamExt, pin_mut};
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

use super::error::store_error;
use super::{listen, values};
use crate::db::{Batch, Expect, Outcome, Statement};
use crate::error::StoreError;

/// Why a batch was not applied.
pub(super) enum Failure {
    /// The database said so, or could not be asked.
    Database(Error),
    /// Anything else.
    Store(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => store_error(&error),
            Failure::Store(error) => error,
        }
    }
}

type Answer = (u64, Vec<tokio_postgres::Row>);

/// Statements sent at once; an answer is not read until all are sent, so there is a limit.
const PIPELINE: usize = 24;

/// Applies a batch, whole or not at all. When the server itself refused, the connection is idle afterwards.
pub(super) async fn apply(
    client: &deadpool_postgres::Client,
    batch: &Batch,
) -> Result<Vec<Outcome>, Failure> {
    let notify = Statement::new(listen::NOTIFY, []);
    let mut statements: Vec<&Statement> = batch.statements.iter().collect();
    if batch.changes_config {
        statements.push(&notify);
    }
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in &statements {
        let ready = client.prepare_cached(&statement.sql).await?;
        if ready.params().len() != statement.params.len() {
            return Err(StoreError::Internal("number of parameters".to_owned()).into());
        }
        prepared.push(ready);
    }
    let calls: Vec<_> = prepared.iter().zip(statements).collect();
    let answers = match calls.as_slice() {
        // One statement is a transaction by itself.
        [(ready, statement)] if statement.expect == Expect::Any => vec![run(client, ready, statement).await?],
        short if short.len() <= PIPELINE && short.iter().all(|(_, s)| s.expect == Expect::Any) => {
            in_one_go(client, short).await?
        }
        _ => step_by_step(client, &calls).await?,
    };
    let outcomes = answers
        .iter()
        .take(batch.statements.len())
        .map(|answer| values::rows(answer).map(|(rows_affected, rows)| Outcome { rows_affected, rows }));
    Ok(outcomes.collect::<Result<_, _>>()?)
}

/// BEGIN, everything, COMMIT in one round trip. When a statement fails the server refuses what follows, and
/// its COMMIT is a ROLLBACK.
async fn in_one_go(
    client: &tokio_postgres::Client,
    calls: &[(&tokio_postgres::Statement, &Statement)],
) -> Result<Vec<Answer>, Failure> {
    let all = join_all(calls.iter().map(|(ready, statement)| run(client, ready, statement)));
    let (begun, (answers, committed)) =
        join(client.batch_execute("BEGIN"), join(all, client.batch_execute("COMMIT"))).await;
    begun?;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    committed?;
    Ok(answers)
}

/// BEGIN and everything, then COMMIT when all that was expected has happened.
async fn step_by_step(
    client: &tokio_postgres::Client,
    calls: &[(&tokio_postgres::Statement, &Statement)],
) -> Result<Vec<Answer>, Failure> {
    let result = attempt(client, calls).await;
    if let Err(failure) = result {
        return match client.batch_execute("ROLLBACK").await {
            Ok(()) => Err(failure),
            Err(error) => Err(error.into()),
        };
    }
    client.batch_execute("COMMIT").await?;
    result
}

async fn attempt(
    client: &tokio_postgres::Client,
    calls: &[(&tokio_postgres::Statement, &Statement)],
) -> Result<Vec<Answer>, Failure> {
    let mut answers = Vec::with_capacity(calls.len());
    for (i, chunk) in calls.chunks(PIPELINE).enumerate() {
        let all = join_all(chunk.iter().map(|(ready, statement)| run(client, ready, statement)));
        if i == 0 {
            let (begun, results) = join(client.batch_execute("BEGIN"), all).await;
            begun?;
            answers.extend(results.into_iter().collect::<Result<Vec<_>, _>>()?);
        } else {
            answers.extend(all.await.into_iter().collect::<Result<Vec<_>, _>>()?);
        }
    }
    for (i, (answer, (_, statement))) in answers.iter().zip(calls).enumerate() {
        if !statement.expect.met_by(answer.0) {
            return Err(StoreError::Expectation { statement: i, affected: answer.0 }.into());
        }
    }
    Ok(answers)
}

/// Sends one statement when first polled, and collects its answer.
pub(super) async fn run(
    client: &tokio_postgres::Client,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
) -> Result<Answer, Error> {
    let params = statement.params.iter().map(|value| value as &(dyn ToSql + Sync));
    let stream = client.query_raw(prepared, params).await?;
    pin_mut!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    let affected = stream.rows_affected().unwrap_or(rows.len() as u64);
    Ok((affected, rows))
}
