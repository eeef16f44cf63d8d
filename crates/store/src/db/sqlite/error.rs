//! What SQLite's errors mean.

use rusqlite::{Error, ErrorCode, ffi};

use crate::error::StoreError;

pub(super) fn store_error(error: &Error) -> StoreError {
    let Error::SqliteFailure(failure, message) = error else {
        return match error {
            Error::Utf8Error(..) | Error::InvalidColumnType(..) => StoreError::Corrupt(error.to_string()),
            _ => StoreError::Internal(error.to_string()),
        };
    };
    let message = message.clone().unwrap_or_else(|| failure.to_string());
    match failure.code {
        ErrorCode::ConstraintViolation => constraint(failure.extended_code, &message),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DiskFull
        | ErrorCode::CannotOpen
        | ErrorCode::SystemIoFailure
        | ErrorCode::ReadOnly
        | ErrorCode::OutOfMemory
        | ErrorCode::OperationInterrupted
        | ErrorCode::OperationAborted
        | ErrorCode::PermissionDenied
        | ErrorCode::FileLockingProtocolFailed => StoreError::Unavailable(message),
        ErrorCode::TooBig => StoreError::Invalid(message),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt(message),
        _ => StoreError::Internal(message),
    }
}

fn constraint(extended: i32, message: &str) -> StoreError {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            // "UNIQUE constraint failed: clients.tenant_id, clients.id"
            let last = message.rsplit([' ', ',']).next().unwrap_or_default();
            let (table, column) = last.split_once('.').unwrap_or((last, ""));
            StoreError::Conflict { table: table.to_owned(), column: column.to_owned() }
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::MissingParent,
        _ => StoreError::Internal(message.to_owned()),
    }
}
