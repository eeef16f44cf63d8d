//! `symbolon serve`, and what `quickstart` shares with it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use symbolon_server::app::App;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::rng::Rng;
use symbolon_server::seed::first_start::{self, FirstCredentials};
use symbolon_server::tls::{self, Front, ServerIdentity};
use symbolon_server::{background, logging, metrics, router, start};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::demo;
use crate::setting_args::SettingArgs;

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(settings: &SettingArgs, data_dir: Option<&Path>) -> anyhow::Result<()> {
    let config = settings.load(data_dir, Vec::new())?;
    logging::set_up(&config.logging)?;
    for caution in config.cautions() {
        tracing::warn!("{caution}");
    }
    runtime()?.block_on(async {
        // Before anything is made: a second server on the same port must leave no trace.
        let listeners = Listeners::bind(&config, false).await?;
        let identity = identity(&config)?;
        let demo_ca = config.demo.then(|| demo::ensure_ca(&config.data_dir)).transpose()?;
        let app = start::open(config, Clock::system(), Rng::system(), false).await?;
        match demo_ca {
            Some(ca) => {
                tracing::warn!("demo is set: the demo tenant's passwords are public");
                demo::seed(&app, &ca).await?;
            }
            None => first_administrator(&app).await?,
        }
        listeners.serve(app, identity, || {}).await
    })
}

/// A runtime with a worker for each core.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// The certificate and key of the settings; none when TLS is off.
pub(crate) fn identity(config: &Config) -> anyhow::Result<Option<Arc<ServerIdentity>>> {
    Ok(config.server.certificate.as_ref().map(ServerIdentity::load).transpose()?)
}

/// On an empty database: the tenant `system`, and an administrator whose credentials are printed once.
async fn first_administrator(app: &App) -> anyhow::Result<()> {
    if !first_start::is_needed(&app.store).await.map_err(|error| start::store_error(&app.config, error))? {
        return Ok(());
    }
    let credentials = FirstCredentials::new(&app.rng);
    let hash = app.passwords.hash(credentials.password.reveal(), app.rng.bytes()).await?;
    let created = first_start::create(&app.store, &app.rng, &credentials, &hash, app.clock.now()).await;
    if created.map_err(|error| start::store_error(&app.config, error))? {
        println!(
            "The database was empty. It now has the tenant `system` with one administrator, shown this once:"
        );
        println!();
        println!("  workspace      system/admin");
        println!("  user name      {}", credentials.username);
        println!("  password       {}", credentials.password.reveal());
        println!("  client id      {}", credentials.client_id);
        println!("  client secret  {}", credentials.client_secret.reveal());
        println!();
    }
    Ok(())
}

/// The ports of a server, taken.
pub(crate) struct Listeners {
    main: Vec<TcpListener>,
    metrics: Option<TcpListener>,
}

impl Listeners {
    /// Takes the ports that the settings name. With `without_metrics` a metrics port that is in use is no fault.
    pub(crate) async fn bind(config: &Config, without_metrics: bool) -> anyhow::Result<Self> {
        let mut main = tls::bind(&config.server.bind, config.server.port)?;
        if let Some(port) = config.server.mtls_port {
            main.extend(tls::bind(&config.server.bind, port)?);
        }
        let metrics = match config.metrics.enabled {
            true => bind_metrics(config.metrics.address, without_metrics).await?,
            false => None,
        };
        Ok(Self { main, metrics })
    }

    /// The port of the main listener.
    pub(crate) fn port(&self) -> anyhow::Result<u16> {
        let first = self.main.first().context("server.bind names no address")?;
        Ok(first.local_addr()?.port())
    }

    /// Where the metrics are.
    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// Serves until SIGTERM or SIGINT; then takes no more requests and lets those under way finish.
    pub(crate) async fn serve(
        self,
        app: App,
        identity: Option<Arc<ServerIdentity>>,
        announce: impl FnOnce(),
    ) -> anyhow::Result<()> {
        let server = &app.config.server;
        let front = Front::new(server, identity.clone(), app.metrics.clone(), router::router(&app))?;
        let stop = CancellationToken::new();
        stop_on_signals(&stop)?;
        let mut beside = background::start(&app, &stop);
        beside.extend(identity.map(|identity| tokio::spawn(identity.watch(stop.clone()))));
        announce();
        let addresses: Vec<_> = self.main.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        if let Some(listener) = self.metrics {
            let serving = metrics::serve(listener, app.metrics.clone(), stop.clone().cancelled_owned());
            beside.push(tokio::spawn(async move {
                if let Err(error) = serving.await {
                    tracing::error!(%error, "the metrics listener failed");
                }
            }));
        }
        tracing::info!(?addresses, "server ready");
        let drained = tls::serve(self.main, front, stop).await;
        if drained.cut_off > 0 {
            tracing::warn!(connections = drained.cut_off, "cut off after server.drain_timeout");
        }
        for task in beside {
            // It ended by itself, or was logged when it panicked.
            let _ended = task.await;
        }
        app.refusals.close();
        tracing::info!("server stopped");
        Ok(())
    }
}

async fn bind_metrics(address: SocketAddr, without: bool) -> anyhow::Result<Option<TcpListener>> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if without => {
            tracing::warn!(%address, %error, "no metrics: set metrics.address to another one");
            Ok(None)
        }
        Err(error) => anyhow::bail!(
            "cannot listen on {address} for metrics: {error}; set metrics.address to another one, or \
             metrics.enabled to false"
        ),
    }
}

/// The first signal drains, the second ends at once.
fn stop_on_signals(stop: &CancellationToken) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = stop.clone();
    tokio::spawn(async move {
        for time in 1.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if time > 1 {
                std::process::exit(130);
            }
            tracing::info!("draining: requests under way may finish; a second signal ends them");
            stop.cancel();
        }
    });
    Ok(())
}
