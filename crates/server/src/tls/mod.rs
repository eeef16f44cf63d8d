//! The listener, and the other end of a connection. A peer certificate enters the server here and nowhere else:
//! from the TLS handshake, or from a listed proxy's header.
//!
//! - [`bind`] takes the addresses, [`serve`] accepts connections until told to stop, then drains them.
//! - The handshake asks every client for a certificate, names no authorities, requires none, verifies possession
//!   of the key and judges no chain (`possession`): whom to trust is known only once the workspace is.
//! - A resumed session carries the certificate it began with and is not verified again, so nothing may be
//!   concluded from the handshake but possession: the chain is judged on every request.
//! - [`ServerIdentity`] is the server's own certificate, read again when its files change.

mod activity;
mod bind;
mod connection;
mod forwarded;
mod front;
mod identity;
mod peer;
mod possession;
mod serve;

pub use bind::{BindError, bind};
pub use forwarded::{CertificateFault, ForwardedError, HeaderFault, HeaderForm, Via, refuse_faults};
pub use front::{Front, FrontError, Timeouts};
pub use identity::{IdentityError, ServerIdentity};
pub use peer::{CertificateSource, Peer, PeerCertificate, TlsSession};
pub use serve::{Drained, serve};

#[cfg(test)]
mod tests;
