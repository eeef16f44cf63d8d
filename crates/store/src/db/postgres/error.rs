//! What PostgreSQL's errors mean (appendix A of its manual).

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::error::StoreError;

pub(super) fn pool_error(error: &PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => match store_error(error) {
            // A wrong password or database name is no mistake of this program.
            StoreError::Internal(reason) => StoreError::Unavailable(reason),
            other => other,
        },
        other => StoreError::Unavailable(other.to_string()),
    }
}

pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(database) = error.as_db_error() else {
        // The connection failed, or the answer made no sense.
        return StoreError::Unavailable(describe(error));
    };
    let code = database.code().code();
    match code {
        "23505" => conflict(database),
        "23503" => StoreError::MissingParent,
        // 25006: a standby. 55P03: a lock. 57…: shut down, starting up, cancelled by the time limit.
        "25006" | "55P03" | "40001" | "40P01" => StoreError::Unavailable(database.message().to_owned()),
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(database.message().to_owned())
        }
        // Text too long for an index, a value that TEXT cannot hold.
        "54000" | "22021" | "22001" => StoreError::Invalid(database.message().to_owned()),
        "XX001" | "XX002" => StoreError::Corrupt(database.message().to_owned()),
        _ => StoreError::Internal(format!("{code} {}", database.message())),
    }
}

/// The server undid the transaction so that others can go on: the same again may succeed.
pub(super) fn is_transient(error: &Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

/// A prepared statement no longer fits: the schema changed, or a proxy gave the session to somebody else.
pub(super) fn is_stale(error: &Error) -> bool {
    matches!(error.code(), Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME))
}

/// The connection is of no use any more: it broke, or the server said that it ends it.
pub(super) fn is_gone(error: &Error) -> bool {
    error
        .as_db_error()
        .is_none_or(|database| ["08", "57P"].iter().any(|class| database.code().code().starts_with(class)))
}

fn conflict(database: &DbError) -> StoreError {
    // "Key (tenant_id, workspace_id, name)=(t, w, read) already exists."
    let columns =
        database.detail().and_then(|detail| detail.split_once(")=")).map_or("", |(columns, _)| columns);
    let column = columns.rsplit([' ', '(', ',']).next().unwrap_or_default();
    StoreError::Conflict { table: database.table().unwrap_or_default().to_owned(), column: column.to_owned() }
}

/// The error and its causes; tokio-postgres shows only the kind.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
