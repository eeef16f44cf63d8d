//! The application: what is built once at start-up and shared by every request.

use std::ops::Deref;
use std::sync::Arc;

use symbolon_store::Store;

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::config::Config;
use crate::refusals::Refusals;
use crate::rng::Rng;
use crate::snapshot::Snapshots;

/// A handle to the application. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The configured `server.url`; without it the server answers under any name it is reached by.
    pub base_url: Option<BaseUrl>,
    /// What is remembered.
    pub store: Store,
    /// Configuration in memory.
    pub snapshots: Snapshots,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
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
