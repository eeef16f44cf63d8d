//! SQLite: readers on their own connections, one writer thread that commits in groups.

mod error;
mod folder;
mod writer;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Batch, Outcome, Row, Statement, Value};
use crate::error::{Result, StoreError};
use error::store_error;
use folder::TemporaryFolder;
use writer::Job;

/// How the file is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// The database file; None keeps everything in a temporary folder that goes with the store.
    pub path: Option<PathBuf>,
    /// Connections for reading.
    pub readers: usize,
    /// How long to wait for a lock that another process holds.
    pub lock_timeout: Duration,
    /// How long a write waits for a place in a full queue.
    pub queue_timeout: Duration,
    /// The most pages of 4 KiB the file may have; None is SQLite's own limit.
    pub max_pages: Option<u32>,
}

impl SqliteOptions {
    /// A database in `path`.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), ..Self::ephemeral() }
    }

    /// A database that is gone when the store is dropped.
    pub fn ephemeral() -> Self {
        Self {
            path: None,
            readers: 8,
            lock_timeout: Duration::from_secs(5),
            queue_timeout: Duration::from_secs(5),
            max_pages: None,
        }
    }
}

/// An open SQLite database.
pub(crate) struct Sqlite {
    queue: Option<mpsc::Sender<Job>>,
    queue_timeout: Duration,
    writer: Option<JoinHandle<()>>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
    config: watch::Sender<u64>,
    // Last: removed when the connections are closed.
    _folder: Option<TemporaryFolder>,
}

/// Writes that may wait in the queue. A group takes at most a quarter of it.
const QUEUE: usize = 4096;

impl Sqlite {
    /// Opens the file, and makes it when it is not there. Blocks.
    pub(super) fn open(options: &SqliteOptions) -> Result<Self> {
        let folder = if options.path.is_none() { Some(TemporaryFolder::create()?) } else { None };
        let path = match (&options.path, &folder) {
            (Some(path), _) => path.clone(),
            (None, Some(folder)) => folder.path().join("symbolon.db"),
            (None, None) => return Err(StoreError::Internal("no path".to_owned())),
        };
        create_private(&path)?;
        let writable = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, writable).map_err(|e| store_error(&e))?;
        prepare_writer(&connection, options).map_err(|e| store_error(&e))?;
        let readers = (0..options.readers.max(1))
            .map(|_| open_reader(&path, options).map(Mutex::new).map_err(|e| store_error(&e)))
            .collect::<Result<Vec<_>>>()?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let config = watch::Sender::new(0);
        let signal = config.clone();
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer::run(&connection, jobs, &signal))
            .map_err(|e| StoreError::Unavailable(format!("writer thread: {e}")))?;
        Ok(Self {
            queue: Some(queue),
            queue_timeout: options.queue_timeout,
            writer: Some(writer),
            readers,
            next_reader: AtomicUsize::new(0),
            config,
            _folder: folder,
        })
    }

    /// Runs a query on a reading connection, on this thread.
    pub(super) fn read(&self, statement: &Statement) -> Result<Vec<Row>> {
        let reader = self.reader();
        query(&reader, statement).map(|outcome| outcome.rows).map_err(|e| store_error(&e))
    }

    /// Queues a batch for the writer, and waits for its commit.
    pub(super) async fn write(&self, batch: Batch) -> Result<Vec<Outcome>> {
        let queue = self.queue.as_ref().ok_or_else(|| away("closed"))?;
        let (reply, answer) = oneshot::channel();
        match queue.try_send(Job { batch, reply }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(job)) => {
                tokio::time::timeout(self.queue_timeout, queue.send(job))
                    .await
                    .map_err(|_| away("the write queue is full"))?
                    .map_err(|_| away("the writer has ended"))?;
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(away("the writer has ended")),
        }
        answer.await.map_err(|_| away("the writer has ended"))?
    }

    /// An error when the writer thread has ended.
    pub(super) fn writer_is_there(&self) -> Result<()> {
        match &self.queue {
            Some(queue) if !queue.is_closed() => Ok(()),
            _ => Err(away("the writer has ended")),
        }
    }

    /// Applies the statements of a migration in one transaction.
    pub(super) async fn apply_script(&self, script: &str) -> Result<()> {
        let mut batch = Batch::new();
        for sql in script.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()) {
            batch.push(Statement::new(sql.to_owned(), []));
        }
        self.write(batch).await.map(drop)
    }

    pub(super) fn config_signal(&self) -> watch::Receiver<u64> {
        self.config.subscribe()
    }

    /// A free reader, or the next in turn.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        let first = self.next_reader.fetch_add(1, Ordering::Relaxed);
        for i in 0..self.readers.len() {
            match self.readers[first.wrapping_add(i) % self.readers.len()].try_lock() {
                Ok(guard) => return guard,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.readers[first % self.readers.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sqlite {
    /// Ends the writer after what is queued, so that the file is whole and closed afterwards.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn away(reason: &str) -> StoreError {
    StoreError::Unavailable(reason.to_owned())
}

/// The file holds hashes, sealed keys and people's names: nobody else on the machine may read it.
fn create_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|e| StoreError::Unavailable(format!("{}: {e}", path.display())))
}

fn prepare_writer(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    connection.busy_timeout(options.lock_timeout)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // What is gone with the process anyway need not survive a power cut.
    connection.pragma_update(None, "synchronous", if options.path.is_some() { "full" } else { "off" })?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // Bytes of log that a checkpoint leaves behind.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    harden(connection)
}

fn open_reader(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.lock_timeout)?;
    harden(&connection)?;
    Ok(connection)
}

fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// Runs one statement, whatever kind it is.
fn query(connection: &Connection, statement: &Statement) -> rusqlite::Result<Outcome> {
    // SQLite numbers `$1` by first appearance, `?1` by its number.
    let mut prepared = connection.prepare_cached(&statement.sql.replace('$', "?"))?;
    for (i, value) in statement.params.iter().enumerate() {
        prepared.raw_bind_parameter(i + 1, value)?;
    }
    if prepared.column_count() == 0 {
        let rows_affected = prepared.raw_execute()? as u64;
        return Ok(Outcome { rows_affected, rows: Vec::new() });
    }
    let rows = rows(&mut prepared)?;
    Ok(Outcome { rows_affected: rows.len() as u64, rows })
}

fn rows(prepared: &mut CachedStatement<'_>) -> rusqlite::Result<Vec<Row>> {
    let columns = prepared.column_count();
    let mut found = Vec::new();
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for i in 0..columns {
            values.push(match row.get_ref(i)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Text(text) => Value::Text(std::str::from_utf8(text)?.to_owned()),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                ValueRef::Real(_) => {
                    return Err(rusqlite::Error::InvalidColumnType(
                        i,
                        String::new(),
                        rusqlite::types::Type::Real,
                    ));
                }
            });
        }
        found.push(Row(values));
    }
    Ok(found)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}
