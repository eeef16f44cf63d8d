//! Symbolon: protocol.
