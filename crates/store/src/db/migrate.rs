//! The schema: numbered migrations, each applied in a transaction of its own.

use super::{Db, Statement};
use crate::error::{Result, StoreError};

struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

/// Never change one that was released: add another. Statements end with `;` at the end of a line.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "initial", sql: include_str!("../../migrations/0001_initial.sql") },
    Migration {
        version: 2,
        name: "pushed_requests",
        sql: include_str!("../../migrations/0002_pushed_requests.sql"),
    },
    Migration {
        version: 3,
        name: "device_and_ciba",
        sql: include_str!("../../migrations/0003_device_and_ciba.sql"),
    },
    Migration {
        version: 4,
        name: "registration",
        sql: include_str!("../../migrations/0004_registration.sql"),
    },
    Migration {
        version: 5,
        name: "details_claims_acrs",
        sql: include_str!("../../migrations/0005_details_claims_acrs.sql"),
    },
    Migration { version: 7, name: "logout", sql: include_str!("../../migrations/0007_logout.sql") },
    Migration { version: 8, name: "accounts", sql: include_str!("../../migrations/0008_accounts.sql") },
    Migration {
        version: 9,
        name: "waiting_requests",
        sql: include_str!("../../migrations/0009_waiting_requests.sql"),
    },
    Migration {
        version: 10,
        name: "grants_in_pages",
        sql: include_str!("../../migrations/0010_grants_in_pages.sql"),
    },
];

/// The schema this program works with.
pub const SCHEMA_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// What a migration did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// Version found; 0 for an empty database.
    pub from: i64,
    /// Version afterwards.
    pub to: i64,
    /// Names of the steps in between, in order.
    pub steps: Vec<&'static str>,
}

/// Brings the schema up to date. With `dry_run` it only says what it would do.
pub(crate) async fn run(db: &Db, dry_run: bool, now: i64) -> Result<MigrationReport> {
    let from = version(db).await?;
    if from > SCHEMA_VERSION {
        return Err(StoreError::NewerSchema { found: from, known: SCHEMA_VERSION });
    }
    let pending: Vec<&Migration> = MIGRATIONS.iter().filter(|m| m.version > from).collect();
    if !dry_run {
        for migration in &pending {
            apply(db, migration, now).await?;
        }
    }
    Ok(MigrationReport { from, to: SCHEMA_VERSION, steps: pending.iter().map(|m| m.name).collect() })
}

async fn apply(db: &Db, migration: &Migration, now: i64) -> Result<()> {
    let script = format!(
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL);\n\
         INSERT INTO schema_version (version, applied_at) VALUES ({}, {now});\n{}",
        migration.version, migration.sql
    );
    let applied = match db {
        Db::Sqlite(sqlite) => sqlite.apply_script(&script).await,
        Db::Postgres(postgres) => postgres.apply_script(&script).await,
    };
    match applied {
        // Another node was faster.
        Err(StoreError::Conflict { table, .. }) if table == "schema_version" => Ok(()),
        other => other,
    }
}

/// An error unless the schema is the one this program works with.
pub(crate) async fn check(db: &Db) -> Result<()> {
    match version(db).await? {
        SCHEMA_VERSION => Ok(()),
        found if found > SCHEMA_VERSION => Err(StoreError::NewerSchema { found, known: SCHEMA_VERSION }),
        found => Err(StoreError::OlderSchema { found, needed: SCHEMA_VERSION }),
    }
}

/// The version in the database; 0 when there is none.
pub(crate) async fn version(db: &Db) -> Result<i64> {
    let newest = db.find(Statement::new("SELECT MAX(version) FROM schema_version", [])).await;
    match newest {
        Ok(row) => Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten().unwrap_or(0)),
        Err(StoreError::Internal(_)) if !is_migrated(db).await? => Ok(0),
        Err(error) => Err(error),
    }
}

async fn is_migrated(db: &Db) -> Result<bool> {
    let sql = match db {
        Db::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1",
        Db::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1"
        }
    };
    Ok(db.find(Statement::new(sql, ["schema_version".into()])).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_in_order() {
        assert!(MIGRATIONS.is_sorted_by(|a, b| a.version < b.version));
        assert_eq!(MIGRATIONS[0].version, 1);
    }
}
