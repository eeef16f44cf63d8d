//! The metadata of a client (RFC 7591 §2, OpenID Connect Registration §2): what it must be, and what follows from it.
//!
//! The management API and dynamic registration ask here, so that a client is the same however it came about.

mod answers;
pub mod complete;
pub mod keys;
pub mod localized;
mod logout;
pub mod sector;
pub mod validate;
