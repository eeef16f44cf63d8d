//! The application: what is built once at start-up and shared by every request.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use symbolon_store::Store;
use url::Url;
use zeroize::Zeroizing;

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::config::Config;
use crate::fetch::{FetchError, FetchOptions, Fetcher};
use crate::login::password::PasswordError;
use crate::login::{LoginLimits, Passwords};
use crate::metrics::Metrics;
use crate::oauth2::memory::Memory;
use crate::pages::Pages;
use crate::rate::Rate;
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
    /// What the protocol endpoints remember.
    pub memory: Memory,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Keys derived from the master key.
    pub keys: Keys,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Counts the people that each address sends to log in or to consent.
    pub authorize_rate: Rate,
    /// Counts failed authentications of clients.
    pub client_failures: Rate,
    /// Counts failed logins.
    pub login_limits: LoginLimits,
    /// Fetches from others.
    pub fetcher: Fetcher,
    /// What people see.
    pub pages: Pages,
    /// Counts everything.
    pub metrics: Metrics,
    /// Where refused requests are written down.
    pub refusals: Refusals,
}

/// What comes from outside: the environment of an [`App`].
#[derive(Debug)]
pub struct Environment {
    /// The settings.
    pub config: Config,
    /// What is remembered.
    pub store: Store,
    /// The key that `csrf` fields and their like are signed with is derived from it.
    pub master_key: Zeroizing<Vec<u8>>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Counts everything.
    pub metrics: Metrics,
    /// Where refused requests are written down.
    pub refusals: Refusals,
}

/// Why an [`App`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// `client.root_ca` is not a certificate.
    #[error("client.root_ca {path}: {reason}")]
    RootCa {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The outgoing client cannot be made.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    /// A template or a message is malformed: a fault of the build.
    #[error("{0}")]
    Pages(String),
}

impl App {
    /// Builds the application in its environment.
    ///
    /// # Errors
    /// When a setting names what cannot be used.
    pub fn build(environment: Environment) -> Result<Self, AppError> {
        let Environment { config, store, master_key, clock, rng, metrics, refusals } = environment;
        let url = |url: &Option<Url>| url.as_ref().map(|url| BaseUrl::new(url.as_str()));
        Ok(Self(Arc::new(Parts {
            base_url: url(&config.server.url),
            mtls_url: url(&config.server.mtls_url),
            keys: Keys::derive(&master_key),
            passwords: Passwords::new(rng.bytes(), config.limits.password_hashes)?,
            authorize_rate: Rate::per_minute(config.limits.authorize_per_minute),
            client_failures: Rate::per_minute(config.limits.client_failures_per_minute),
            login_limits: LoginLimits::default(),
            fetcher: Fetcher::new(fetch_options(&config)?)?,
            pages: Pages::new().map_err(|error| AppError::Pages(error.to_string()))?,
            snapshots: Snapshots::default(),
            memory: Memory::default(),
            config,
            store,
            clock,
            rng,
            metrics,
            refusals,
        })))
    }
}

fn fetch_options(config: &Config) -> Result<FetchOptions, AppError> {
    let extra_roots = match &config.client.root_ca {
        None => Vec::new(),
        Some(path) => {
            let fail = |reason: String| AppError::RootCa { path: path.clone(), reason };
            let pem = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
            let certificates =
                symbolon_pki::parse_pem_bundle(&pem).map_err(|error| fail(error.to_string()))?;
            certificates.into_iter().map(|certificate| certificate.der().clone()).collect()
        }
    };
    Ok(FetchOptions {
        extra_roots,
        allow_private_addresses: config.client.allow_private_addresses,
        timeout: config.client.timeout,
    })
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
