//! What Symbolon remembers: entities, sessions, codes and tokens, on SQLite or PostgreSQL.

pub mod entity;
