//! Symbolon: pki.
