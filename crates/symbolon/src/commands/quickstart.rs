//! `symbolon quickstart`

use std::path::{Path, PathBuf};

use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::rng::Rng;
use symbolon_server::{logging, start};

use super::serve::{Listeners, identity, runtime};
use crate::certificates::Pair;
use crate::cli::Quickstart;
use crate::demo;
use crate::walk_through::WalkThrough;

/// Serves demo data until SIGTERM or SIGINT, and says how to use it.
pub(crate) fn run(arguments: &Quickstart, data_dir: Option<&Path>) -> anyhow::Result<()> {
    // Kept to the end: the folder is removed when it is dropped.
    let temporary = match (arguments.ephemeral, data_dir) {
        (true, None) => Some(tempfile::Builder::new().prefix("symbolon-").tempdir()?),
        _ => None,
    };
    let data_dir = temporary.as_ref().map(tempfile::TempDir::path).or(data_dir);
    let mut settings = arguments.settings.clone();
    if let Some(port) = arguments.port {
        settings.set("server.port", port.to_string());
    }
    let config = settings.load(data_dir, presets(arguments.ephemeral))?;
    logging::set_up(&config.logging)?;
    runtime()?.block_on(async {
        // Before anything is made: a second server on the same port must leave no trace.
        let listeners = Listeners::bind(&config, true).await?;
        let ca = demo::ensure_ca(&config.data_dir)?;
        demo::ensure_client(&config.data_dir)?;
        if uses_own_certificate(&config) {
            demo::ensure_server(&config.data_dir, &config)?;
        }
        let identity = identity(&config)?;
        let app = start::open(config, Clock::system(), Rng::system(), true).await?;
        demo::seed(&app, &ca).await?;
        let walk_through = WalkThrough::new(&app.config, listeners.port()?, listeners.metrics_address());
        listeners.serve(app, identity, || print!("{walk_through}")).await
    })
}

/// What differs from `serve` unless somebody says otherwise.
fn presets(ephemeral: bool) -> Vec<(&'static str, String)> {
    let mut presets = vec![
        ("demo", "true"),
        // The demo passwords are public.
        ("server.bind", "localhost"),
        ("server.certificate.cert_path", "{data_dir}/server.pem"),
        ("server.certificate.key_path", "{data_dir}/server-key.pem"),
        // Whoever tries everything out, or runs a test suite against it, is one address.
        ("limits.authorize_per_minute", "0"),
        ("limits.registrations", "100000"),
    ];
    if ephemeral {
        presets.push(("sql.url", "sqlite::memory:"));
    }
    presets.into_iter().map(|(key, text)| (key, text.to_owned())).collect()
}

/// False when a certificate was given, or TLS is off.
fn uses_own_certificate(config: &Config) -> bool {
    let own: PathBuf = Pair::server(&config.data_dir).certificate;
    config.server.certificate.as_ref().is_some_and(|given| given.cert_path == own)
}
