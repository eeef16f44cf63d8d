//! The entities of the management API: every field of the model, its names and its defaults.
//!
//! They are read from requests by [`lenient`], and from the store by plain serde: a document that lacks a
//! field (older) or has one too many (newer) is still read.

mod duration;
mod jwk;
mod metadata;
mod secret;
mod timestamp;
mod words;

pub mod acr;
pub mod authorization_detail;
pub mod claim;
pub mod client;
pub mod idp;
pub mod lenient;
pub mod scope;
pub mod server;
pub mod service;
pub mod tenant;

pub use acr::Acr;
pub use authorization_detail::AuthorizationDetail;
pub use claim::{Claim, ClaimDelivery, ClaimKind, ClaimSource};
pub use client::Client;
pub use duration::{DurationError, GoDuration};
pub use idp::Idp;
pub use jwk::{ClientJwk, ClientJwks, ServerJwk, ServerJwks};
pub use metadata::Metadata;
pub use scope::Scope;
pub use secret::Secret;
pub use server::Server;
pub use service::Service;
pub use tenant::Tenant;
pub use timestamp::Timestamp;
