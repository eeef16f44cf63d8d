//! Symbolon: jose.
