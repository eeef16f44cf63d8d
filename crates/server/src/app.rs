//! The application: what is built once at start-up and shared by every request.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use symbolon_store::Store;

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::login::{LoginLimits, Passwords};
use crate::metrics::Metrics;
use crate::refusals::Refusals;
use crate::rng::Rng;
use crate::secrets::Keys;
use crate::snapshot::Snapshots;

/// A handle to the application. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The configured `server.url`; without it the server answers under any name it is reached by.
    pub base_url: Option<BaseUrl>,
    /// The configured `server.mtls_url`: where clients with certificates go.
    pub mtls_url: Option<BaseUrl>,
    /// What is remembered.
    pub store: Store,
    /// Configuration in memory.
    pub snapshots: Snapshots,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Keys derived from the master key.
    pub keys: Keys,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Counts failed logins.
    pub login_limits: LoginLimits,
    /// Fetches from others.
    pub fetcher: Fetcher,
    /// Counts everything.
    pub metrics: Metrics,
    /// Where refused requests are written down.
    pub refusals: Refusals,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App")
    }
}
