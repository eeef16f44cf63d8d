//! What Symbolon remembers: entities, sessions, codes and tokens, on SQLite or PostgreSQL.

mod config;
mod db;
mod error;
mod runtime;
mod store;

pub mod entity;
pub mod seal;

pub use config::*;
pub use db::{Location, MigrationReport, PostgresOptions, SCHEMA_VERSION, SqliteOptions};
pub use error::{Result, StoreError};
pub use runtime::*;
pub use store::{Root, Store, TenantStore, WorkspaceStore};
