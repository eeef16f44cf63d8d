//! Symbolon: server.
