//! PostgreSQL, or what speaks its protocol.

mod error;
mod listen;
mod tls;
mod transaction;
mod values;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::sync::watch;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};

use super::{Batch, Outcome, Row, Statement};
use crate::error::{Result, StoreError};
use error::{is_gone, is_stale, is_transient, pool_error, store_error};
use listen::Listener;

/// How the server is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database?sslmode=require`. With `require`, `verify-ca` or
    /// `verify-full` the connection is encrypted and the server's certificate and name are verified; with
    /// anything else it is plain.
    pub url: String,
    /// PEM certificates that the server's certificate must come from; None means the system's.
    pub root_cas: Option<String>,
    /// The most connections, beside one that listens for changes.
    pub connections: usize,
    /// How long to wait for a free connection.
    pub wait_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
}

impl PostgresOptions {
    /// A server with the usual limits.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            root_cas: None,
            connections: 16,
            wait_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for PostgresOptions {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// A pool of connections.
pub(crate) struct Postgres {
    pool: Pool,
    config: Config,
    tls: Option<tls::RustlsConnector>,
    /// Beyond the server's own limit: the network may be gone.
    deadline: Duration,
    listener: OnceLock<Listener>,
}

/// How often a read is tried.
const READS: u32 = 3;

/// How often a transaction that the server rolled back is tried again, and the first pause before it.
const RETRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(2);

impl Postgres {
    /// Connects once, to know that the server is there.
    pub(super) async fn open(options: &PostgresOptions) -> Result<Self> {
        let config = config(options)?;
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(tls::RustlsConnector::new(options.root_cas.as_deref())?),
            _ => {
                if !is_local(&config) {
                    tracing::warn!("the connection to the database is not encrypted; say sslmode=require");
                }
                None
            }
        };
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match &tls {
            Some(tls) => Manager::from_config(config.clone(), tls.clone(), recycling),
            None => Manager::from_config(config.clone(), NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(options.connections.max(1))
            .wait_timeout(Some(options.wait_timeout))
            .create_timeout(Some(options.wait_timeout))
            .recycle_timeout(Some(options.wait_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let deadline = options.statement_timeout + Duration::from_secs(5);
        let postgres = Self { pool, config, tls, deadline, listener: OnceLock::new() };
        drop(postgres.client().await?);
        Ok(postgres)
    }

    /// Runs a query; again when the connection turns out to be dead, as all are after the server was restarted.
    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Row>> {
        let mut tries = 0;
        loop {
            let client = self.client().await?;
            let reading = async {
                let prepared = client.prepare_cached(&statement.sql).await?;
                transaction::run(&client, &prepared, statement).await
            };
            let error = match tokio::time::timeout(self.deadline, reading).await {
                Ok(Ok(answer)) => return values::rows(&answer).map(|(_, rows)| rows),
                Ok(Err(error)) => error,
                Err(_) => {
                    discard(client);
                    return Err(StoreError::Unavailable("the database does not answer".to_owned()));
                }
            };
            tries += 1;
            if is_gone(&error) {
                self.pool.retain(|_, _| false);
                discard(client);
            } else if is_stale(&error) {
                discard(client);
            } else if !is_transient(&error) {
                return Err(store_error(&error));
            }
            if tries == READS {
                return Err(store_error(&error));
            }
        }
    }

    /// Applies a batch in one transaction, and again when the server rolled it back for reasons of its own.
    pub(super) async fn write(self: &Arc<Self>, batch: Batch) -> Result<Vec<Outcome>> {
        // A task of its own: a caller that goes away must not leave a transaction half sent.
        let this = Arc::clone(self);
        let outcomes = tokio::spawn(async move { this.write_with_retries(&batch).await }).await;
        outcomes.map_err(|e| StoreError::Unavailable(format!("writer: {e}")))?
    }

    async fn write_with_retries(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..RETRIES {
            match self.write_once(batch).await {
                Err(transaction::Failure::Database(error)) if is_transient(&error) || is_stale(&error) => {
                    tracing::debug!(%error, "transaction is tried again");
                }
                Err(failure) => return Err(failure.into()),
                Ok(outcomes) => return Ok(outcomes),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Unavailable(format!("rolled back {RETRIES} times by the database")))
    }

    async fn write_once(&self, batch: &Batch) -> Result<Vec<Outcome>, transaction::Failure> {
        let client = self.client().await?;
        let outcome = tokio::time::timeout(self.deadline, transaction::apply(&client, batch)).await;
        match outcome {
            Ok(Ok(outcomes)) => Ok(outcomes),
            Ok(Err(transaction::Failure::Database(error))) => {
                // Unless the server answered, and goes on, nobody knows what state the connection is in.
                if is_stale(&error) || is_gone(&error) {
                    discard(client);
                }
                Err(transaction::Failure::Database(error))
            }
            Ok(Err(failure)) => Err(failure),
            Err(_) => {
                discard(client);
                Err(StoreError::Unavailable("the database does not answer".to_owned()).into())
            }
        }
    }

    /// Applies the statements of a migration in one transaction; one node at a time.
    pub(super) async fn apply_script(&self, script: &str) -> Result<()> {
        // SQLite orders text by its bytes; so must this, whatever the locale of the database.
        let script = script.replace(" TEXT", " TEXT COLLATE \"C\"");
        let client = self.client().await?;
        let sql = format!("BEGIN; SELECT pg_advisory_xact_lock({MIGRATION_LOCK}); {script}; COMMIT");
        let applied = client.batch_execute(&sql).await;
        if applied.is_err() {
            discard(client);
        }
        applied.map_err(|e| store_error(&e))
    }

    /// From the first call on, a connection of its own listens for changes by other nodes.
    pub(super) fn config_signal(&self) -> watch::Receiver<u64> {
        self.listener.get_or_init(|| Listener::start(self.config.clone(), self.tls.clone())).signal()
    }

    async fn client(&self) -> Result<Client> {
        self.pool.get().await.map_err(|e| pool_error(&e))
    }
}

/// Any number, the same on every node.
const MIGRATION_LOCK: i64 = 0x7379_6d62_6f6c_6f6e;

/// True when what is said to the server does not leave this machine.
fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Host::Unix(_) => true,
    })
}

/// Takes a connection out of the pool and closes it.
fn discard(client: Client) {
    drop(Client::take(client));
}

fn config(options: &PostgresOptions) -> Result<Config> {
    // Certificates are verified whenever there is TLS, so these are the same here.
    let url = options.url.replace("sslmode=verify-full", "sslmode=require");
    let url = url.replace("sslmode=verify-ca", "sslmode=require");
    let mut config: Config =
        url.parse().map_err(|e| StoreError::Invalid(format!("address of the database: {e}")))?;
    let limit = options.statement_timeout.as_millis();
    let given = config.get_options().unwrap_or_default();
    let limits = format!(
        "{given} -c statement_timeout={limit} -c idle_in_transaction_session_timeout={limit} \
         -c default_transaction_isolation=read\\ committed"
    );
    config.options(limits.trim()).connect_timeout(options.wait_timeout);
    if config.get_application_name().is_none() {
        config.application_name("symbolon");
    }
    Ok(config)
}
