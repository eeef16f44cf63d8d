//! The listener and the other end of a connection.

mod peer;

pub use peer::{CertificateSource, Peer, PeerCertificate};
