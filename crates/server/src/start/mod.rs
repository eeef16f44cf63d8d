//! From settings to an application: the data folder, the master key, the database, the refusal journal.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use symbolon_store::seal::MasterKeys;
use symbolon_store::{Location, PostgresOptions, SqliteOptions, Store, StoreError};
use zeroize::Zeroizing;

use crate::app::{App, AppError, Environment};
use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::refusals::Refusals;
use crate::rng::Rng;

pub mod master_key;

/// Why there is no application: one sentence each, with the cure.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A part that the settings name cannot be made.
    #[error(transparent)]
    App(#[from] AppError),
    /// The data folder.
    #[error("cannot use the data folder {path}: {error}; choose another one with --data-dir")]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The refusal journal.
    #[error("cannot write the refusal journal in {path}: {error}")]
    Refusals {
        /// The data folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] master_key::MasterKeyError),
    /// The authorities of the database server.
    #[error("cannot read sql.root_ca {path}: {error}")]
    DatabaseRoots {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The database.
    #[error("{}", sentence(database, error))]
    Store {
        /// The database, without its password.
        database: String,
        /// What the store says.
        error: StoreError,
    },
}

/// Opens everything that `config` names. An empty database gets its schema; an older one is left alone until
/// `migrate_older` or `symbolon migrate` says so.
///
/// # Errors
/// What cannot be opened, and what to do about it.
pub async fn open(config: Config, clock: Clock, rng: Rng, migrate_older: bool) -> Result<App, StartError> {
    create_private_folder(&config.data_dir)
        .map_err(|error| StartError::DataFolder { path: config.data_dir.clone(), error })?;
    let master = master_key::load_or_create(&config, &rng)?;
    let store = open_store(&config, &master, &clock, migrate_older).await?;
    let metrics = Metrics::default();
    let refusals = Refusals::open(&config.data_dir, metrics.refusals_dropped.clone())
        .map_err(|error| StartError::Refusals { path: config.data_dir.clone(), error })?;
    let master_key = Zeroizing::new(master.current.to_vec());
    Ok(App::build(Environment { config, store, master_key, clock, rng, metrics, refusals })?)
}

/// Where the settings say the database is.
///
/// # Errors
/// When the file `sql.root_ca` cannot be read.
pub fn location(config: &Config) -> Result<Location, StartError> {
    let connections = config.sql.max_open_conns;
    Ok(match config.sql.url.expose().strip_prefix("sqlite:") {
        Some(":memory:") => {
            Location::Sqlite(SqliteOptions { readers: connections, ..SqliteOptions::ephemeral() })
        }
        Some(path) => Location::Sqlite(SqliteOptions { readers: connections, ..SqliteOptions::file(path) }),
        None => {
            let options = PostgresOptions::new(config.sql.url.expose());
            let root_cas = config.sql.root_ca.as_deref().map(read_roots).transpose()?;
            Location::Postgres(PostgresOptions { connections, root_cas, ..options })
        }
    })
}

fn read_roots(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|error| StartError::DatabaseRoots { path: path.to_owned(), error })
}

/// Seals anew what earlier master keys sealed (`secret.previous_keys`). Returns how many values: afterwards those keys
/// are needed no more.
///
/// # Errors
/// What cannot be opened, and what to do about it.
pub async fn reseal(config: &Config, clock: &Clock, rng: &Rng) -> Result<u64, StartError> {
    let master = master_key::load_or_create(config, rng)?;
    let store = open_store(config, &master, clock, false).await?;
    store.reseal().await.map_err(|error| store_error(config, error))
}

/// Turns what the store says about a database into a sentence.
#[must_use]
pub fn store_error(config: &Config, error: StoreError) -> StartError {
    let database = match config.sql.url.expose().strip_prefix("sqlite:") {
        Some(path) => format!("SQLite file {path}"),
        // The URL holds a password.
        None => "PostgreSQL database".to_owned(),
    };
    StartError::Store { database, error }
}

/// Makes a folder, and those above it, that only this user can enter. One that is there stays as it is.
///
/// # Errors
/// What the system says.
pub fn create_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

async fn open_store(
    config: &Config,
    master: &master_key::Master,
    clock: &Clock,
    migrate_older: bool,
) -> Result<Store, StartError> {
    let location = location(config)?;
    let now = clock.now().millis();
    let keys = || MasterKeys::new(&master.current, &master.previous);
    let opened = match Store::open(&location, keys().map_err(|e| store_error(config, e))?, now).await {
        Err(StoreError::OlderSchema { found, .. }) if found == 0 || migrate_older => {
            Store::migrate(&location, false, now).await.map_err(|e| store_error(config, e))?;
            Store::open(&location, keys().map_err(|e| store_error(config, e))?, now).await
        }
        opened => opened,
    };
    opened.map_err(|error| store_error(config, error))
}

fn sentence(database: &str, error: &StoreError) -> String {
    match error {
        StoreError::NewerSchema { found, known } => format!(
            "the {database} was written by a newer version of this program (schema {found}, this program knows {known}): \
             start the newer program, or restore a backup from before the upgrade"
        ),
        StoreError::OlderSchema { found, needed } => format!(
            "the {database} has schema {found}, this program needs {needed}: make a backup, then run `symbolon migrate`"
        ),
        StoreError::Unavailable(reason) => format!(
            "cannot open the {database}: {reason}; check sql.url, that the database is reachable and writable, \
             and that no other process has locked it"
        ),
        StoreError::Corrupt(reason) => format!(
            "cannot read the {database}: {reason}; check that it is a database of this program and that secret.key \
             (or the file master.key in the data folder) is the key it was written with"
        ),
        other => format!("cannot use the {database}: {other}"),
    }
}

#[cfg(test)]
mod tests;
