//! What can go wrong in the store.

/// An error of the store. None of it is meant for clients: the server answers with fixed text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A value that must be unique is there already (409).
    #[error("{table}.{column} is taken")]
    Conflict {
        /// The table.
        table: String,
        /// The last column of the key, the one that tells it from others: `id`, `name` …
        column: String,
    },
    /// The entity is not there, or belongs to somebody else (404).
    #[error("no such {0}")]
    NotFound(&'static str),
    /// What the row would belong to is not there (404): the workspace was deleted meanwhile.
    #[error("what the row belongs to does not exist")]
    MissingParent,
    /// The entity is not at the version the caller saw (412).
    #[error("the entity changed: version {found} is current")]
    PreconditionFailed {
        /// The version it is at.
        found: i64,
    },
    /// A statement of a batch touched other rows than it had to; nothing of the batch was kept.
    #[error("statement {statement} affected {affected} rows")]
    Expectation {
        /// Index of the statement in the batch.
        statement: usize,
        /// Rows that it affected.
        affected: u64,
    },
    /// The database cannot answer now: disk full, locked, gone, too slow (503). Whether a write was kept is
    /// known only when it was never sent; ask again.
    #[error("the store is away: {0}")]
    Unavailable(String),
    /// The caller gave something that must not be stored, such as a readable password.
    #[error("not storable: {0}")]
    Invalid(String),
    /// What is stored cannot be read: a damaged file, a document of another kind, a wrong master key.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The schema is newer than this program. Start the newer program.
    #[error("the database has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// Version in the database.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// The schema is older than this program. Run `symbolon migrate`.
    #[error("the database has schema {found}, this program needs {needed}: run `symbolon migrate`")]
    OlderSchema {
        /// Version in the database; 0 when it is empty.
        found: i64,
        /// Version needed.
        needed: i64,
    },
    /// A mistake in this program: a statement the database refuses.
    #[error("the database refused a statement: {0}")]
    Internal(String),
}

/// Result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
