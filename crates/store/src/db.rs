//! One database, SQLite or PostgreSQL. Nothing above this module knows which.
//!
//! The SQL is written once: parameters are `$1…`, columns are TEXT, BIGINT or BYTEA. A write is a value, a
//! [`Batch`], applied whole or not at all, and answered after its commit.

pub(crate) mod migrate;
mod postgres;
mod sqlite;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

pub use migrate::{MigrationReport, SCHEMA_VERSION};
pub use postgres::PostgresOptions;
pub use sqlite::SqliteOptions;

use crate::error::{Result, StoreError};

/// A value going into or coming out of the database. `Debug` shows kind and size only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// TEXT
    Text(String),
    /// BIGINT
    Int(i64),
    /// BYTEA
    Bytes(Vec<u8>),
    /// NULL, of any type
    Null,
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row(Vec<Value>);

/// A statement with its parameters, and what it must do.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    params: Vec<Value>,
    expect: Expect,
}

/// How many rows a statement of a batch must affect (for a query: return).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Any number.
    #[default]
    Any,
    /// Exactly so many.
    Rows(u64),
}

/// Statements applied in order, whole or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    statements: Vec<Statement>,
    changes_config: bool,
}

/// What one statement of a batch did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Rows inserted, updated, deleted, or returned by a query.
    pub(crate) rows_affected: u64,
    /// Rows of a query, or of RETURNING.
    pub(crate) rows: Vec<Row>,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file, or a temporary folder.
    Sqlite(SqliteOptions),
    /// A server.
    Postgres(PostgresOptions),
}

impl Location {
    /// True when nothing of it stays after the process.
    pub fn is_ephemeral(&self) -> bool {
        matches!(self, Self::Sqlite(options) if options.path.is_none())
    }
}

/// A database.
#[derive(Clone)]
pub(crate) enum Db {
    /// Embedded, one file.
    Sqlite(Arc<sqlite::Sqlite>),
    /// A server.
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens the database, whatever its schema.
    pub(crate) async fn open(location: &Location) -> Result<Self> {
        match location {
            Location::Sqlite(options) => {
                let options = options.clone();
                let opened = tokio::task::spawn_blocking(move || sqlite::Sqlite::open(&options)).await;
                opened
                    .map_err(|e| StoreError::Unavailable(e.to_string()))?
                    .map(|db| Self::Sqlite(Arc::new(db)))
            }
            Location::Postgres(options) => {
                postgres::Postgres::open(options).await.map(|db| Self::Postgres(Arc::new(db)))
            }
        }
    }

    /// Point read: the first row, if there is one.
    pub(crate) async fn find(&self, statement: Statement) -> Result<Option<Row>> {
        if statement.matches_nothing() {
            return Ok(None);
        }
        match self {
            // Some microseconds from a warm page cache: less than a hop to another thread and back.
            Self::Sqlite(db) => Ok(db.read(&statement)?.into_iter().next()),
            Self::Postgres(db) => Ok(db.read(&statement).await?.into_iter().next()),
        }
    }

    /// Read of many rows.
    pub(crate) async fn list(&self, statement: Statement) -> Result<Vec<Row>> {
        if statement.matches_nothing() {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(db) => {
                let db = Arc::clone(db);
                tokio::task::spawn_blocking(move || db.read(&statement))
                    .await
                    .map_err(|e| StoreError::Unavailable(format!("reader: {e}")))?
            }
            Self::Postgres(db) => db.read(&statement).await,
        }
    }

    /// Applies `batch`, and answers after the commit with one outcome per statement.
    pub(crate) async fn write(&self, batch: Batch) -> Result<Vec<Outcome>> {
        if batch.statements.is_empty() {
            return Ok(Vec::new());
        }
        if batch.statements.iter().any(Statement::matches_nothing) {
            return Err(StoreError::Invalid("text with a NUL character".to_owned()));
        }
        match self {
            Self::Sqlite(db) => db.write(batch).await,
            Self::Postgres(db) => db.write(batch).await,
        }
    }

    /// Applies one statement. See [`Db::write`].
    pub(crate) async fn write_one(&self, statement: Statement) -> Result<Outcome> {
        let mut outcomes = self.write(Batch::from(statement)).await?;
        outcomes.pop().ok_or_else(|| StoreError::Internal("no outcome".to_owned()))
    }

    /// Changes its value after each change of configuration that this process heard of.
    pub(crate) fn config_signal(&self) -> watch::Receiver<u64> {
        match self {
            Self::Sqlite(db) => db.config_signal(),
            Self::Postgres(db) => db.config_signal(),
        }
    }

    /// Reads one row, and checks the schema. Writes nothing.
    pub(crate) async fn health(&self) -> Result<()> {
        if let Self::Sqlite(db) = self {
            db.writer_is_there()?;
        }
        migrate::check(self).await
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Db::Sqlite",
            Self::Postgres(_) => "Db::Postgres",
        })
    }
}

impl Statement {
    /// A statement that may affect any number of rows.
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, params: impl Into<Vec<Value>>) -> Self {
        Self { sql: sql.into(), params: params.into(), expect: Expect::Any }
    }

    /// True when a parameter holds a NUL character, which PostgreSQL's TEXT cannot have: no row has it.
    fn matches_nothing(&self) -> bool {
        self.params.iter().any(|value| matches!(value, Value::Text(text) if text.contains('\0')))
    }

    /// Says what it must do, or the whole batch is undone.
    #[must_use]
    pub(crate) fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }
}

impl Expect {
    fn met_by(self, affected: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Rows(n) => affected == n,
        }
    }

    /// True when a statement that misses this expectation has changed nothing, so there is nothing to undo.
    fn misses_without_trace(self) -> bool {
        !matches!(self, Self::Rows(_))
    }
}

impl Batch {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a statement at the end.
    pub(crate) fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// Adds a statement at the end.
    #[must_use]
    pub(crate) fn with(mut self, statement: Statement) -> Self {
        self.push(statement);
        self
    }

    /// After the commit, whoever waits for changes of configuration is told, on every node.
    #[must_use]
    pub(crate) fn signalling_config(mut self) -> Self {
        self.changes_config = true;
        self
    }
}

impl From<Statement> for Batch {
    fn from(statement: Statement) -> Self {
        Self::new().with(statement)
    }
}

impl Row {
    /// Column `i` as text.
    pub(crate) fn text(&self, i: usize) -> Result<&str> {
        match self.0.get(i) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(mismatch(i, "text", other)),
        }
    }

    /// Column `i` as a number.
    pub(crate) fn int(&self, i: usize) -> Result<i64> {
        match self.0.get(i) {
            Some(Value::Int(n)) => Ok(*n),
            other => Err(mismatch(i, "number", other)),
        }
    }

    /// Column `i` as bytes.
    pub(crate) fn bytes(&self, i: usize) -> Result<&[u8]> {
        match self.0.get(i) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            other => Err(mismatch(i, "bytes", other)),
        }
    }

    /// Column `i` as text, None for NULL.
    pub(crate) fn opt_text(&self, i: usize) -> Result<Option<&str>> {
        self.opt(i, Self::text)
    }

    /// Column `i` as a number, None for NULL.
    pub(crate) fn opt_int(&self, i: usize) -> Result<Option<i64>> {
        self.opt(i, Self::int)
    }

    /// Column `i` as bytes, None for NULL.
    pub(crate) fn opt_bytes(&self, i: usize) -> Result<Option<&[u8]>> {
        self.opt(i, Self::bytes)
    }

    fn opt<'a, T>(&'a self, i: usize, get: impl Fn(&'a Self, usize) -> Result<T>) -> Result<Option<T>> {
        match self.0.get(i) {
            Some(Value::Null) => Ok(None),
            _ => get(self, i).map(Some),
        }
    }
}

fn mismatch(i: usize, wanted: &str, found: Option<&Value>) -> StoreError {
    StoreError::Corrupt(format!("column {i}: expected {wanted}, found {found:?}"))
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Int(n) => write!(f, "Int({n})"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Null => f.write_str("Null"),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
