//! Symbolon: server.

pub mod config;
