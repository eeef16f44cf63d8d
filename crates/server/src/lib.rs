//! Symbolon's server: HTTP endpoints, grants, client authentication, login, management APIs and pages.

pub mod api;
pub mod app;
pub mod background;
pub mod base_url;
pub mod clock;
pub mod config;
pub mod cx;
pub mod fetch;
pub mod health;
pub mod home;
pub mod logging;
pub mod login;
pub mod metrics;
pub mod middleware;
pub mod oauth2;
pub mod pages;
pub mod refusals;
pub mod rng;
pub mod router;
pub mod secrets;
pub mod seed;
pub mod snapshot;
pub mod start;
pub mod tls;
pub mod wrong_host;
