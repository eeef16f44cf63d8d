//! A private PostgreSQL cluster on loopback, gone when the tests end.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
    time::Duration,
};

use anyhow::Context;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{debian, process};

/// A running cluster with one superuser, reachable from this machine only.
pub(crate) struct Cluster {
    // Ended before its folder goes: fields are dropped in this order.
    _server: process::Background,
    _folder: TempDir,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or does not start.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let programs = debian::postgres_programs().context("PostgreSQL is not installed")?;
        let folder = tempfile::Builder::new().prefix("symbolon-postgres-").tempdir()?;
        if debian::is_root() {
            process::output(Command::new("chown").arg("nobody").arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        process::output(
            unprivileged(&programs.join("initdb"))
                .arg("--pgdata")
                .arg(&data)
                .args(["--username", "symbolon", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"])
                .args(["--no-sync", "--no-instructions"])
                .current_dir(folder.path()),
        )?;
        let port = free_port()?;
        let mut command = unprivileged(&programs.join("postgres"));
        command
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-k"])
            .arg(folder.path())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"])
            // The data lives as long as the tests: what a crash of the machine would lose is no matter.
            .args(["-c", "fsync=off", "-c", "shared_buffers=64MB"])
            .current_dir(folder.path());
        let log = folder.path().join("log");
        // SIGINT is PostgreSQL's "fast" shutdown.
        let mut server = process::Background::start(&mut command, &log, Signal::INT)?;
        let ready = || {
            Command::new(programs.join("pg_isready"))
                .args(["--quiet", "--host", "127.0.0.1", "--port", &port.to_string()])
                .status()
                .is_ok_and(|status| status.success())
        };
        server.wait_until(Duration::from_secs(30), ready).with_context(|| read(&log))?;
        Ok(Self { _server: server, _folder: folder, port })
    }

    /// The URL of a database of the cluster.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://symbolon@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Errors
    /// When there is one of this name.
    pub(crate) fn create_database(&self, database: &str) -> anyhow::Result<String> {
        let programs = debian::postgres_programs().context("PostgreSQL is not installed")?;
        let url = self.url("postgres");
        process::output(Command::new(programs.join("createdb")).args(["--maintenance-db", &url, database]))?;
        Ok(self.url(database))
    }
}

/// A command that runs as an ordinary user when this program runs as root: PostgreSQL and Apache
/// refuse, or should not be asked, to run as root.
pub(crate) fn unprivileged(program: &Path) -> Command {
    if !debian::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

/// A port of loopback that nobody listens on.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
