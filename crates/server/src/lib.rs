//! Symbolon's server: HTTP endpoints, grants, client authentication, login, management APIs and pages.

pub mod clock;
pub mod config;
pub mod fetch;
pub mod logging;
pub mod metrics;
pub mod middleware;
pub mod refusals;
pub mod rng;
pub mod secrets;
