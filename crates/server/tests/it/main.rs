//! The server through its router: in process, on an ephemeral store, at a fixed time. The tree is that of the URLs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod api;
mod attacks;
mod ciba;
mod device;
mod discovery;
mod harness;
mod interaction;
mod oauth2;
mod oidc;
mod profiles;
mod staleness;
mod userinfo;
mod well_known;
