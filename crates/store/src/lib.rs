//! Symbolon: store.
