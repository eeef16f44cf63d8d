//! The server under test: `symbolon quickstart` on a free port, ended by PID.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Context;
use rustix::process::Signal;

use crate::{postgres::free_port, process, project};

/// A running server with the demo data.
pub(crate) struct Service {
    _process: process::Background,
    port: u16,
    folder: PathBuf,
}

impl Service {
    /// Starts `symbolon quickstart` with `folder` as its data folder and waits until it answers.
    /// `settings` are given in its environment.
    ///
    /// # Errors
    /// When it does not answer in time; the message holds its log.
    pub(crate) fn start(
        folder: &Path,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let port = free_port()?;
        let log = folder.join("server.log");
        let mut command = Command::new(binary());
        command
            .args(["quickstart", "--port", &port.to_string(), "--data-dir"])
            .arg(folder)
            .args(arguments)
            // Several servers may run at a time, and there is one default port for metrics.
            .env("METRICS_ENABLED", "false")
            .envs(settings.iter().copied())
            .current_dir(folder);
        let mut server = process::Background::start(&mut command, &log, Signal::TERM)?;
        server
            .wait_until(Duration::from_secs(30), || is_alive(port))
            .with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self { _process: server, port, folder: folder.to_path_buf() })
    }

    /// Tells a test where the server is.
    pub(crate) fn describe(&self, command: &mut Command) {
        command
            .env("SYMBOLON_URL", format!("https://localhost:{}", self.port))
            .env("SYMBOLON_DATA", &self.folder);
    }
}

/// The server's binary as the tests build it.
pub(crate) fn binary() -> PathBuf {
    project::target("debug/symbolon")
}

fn is_alive(port: u16) -> bool {
    Command::new("curl")
        .args(["--silent", "--fail", "--insecure", "--max-time", "5", "--output", "/dev/null"])
        .arg(format!("https://localhost:{port}/alive"))
        .status()
        .is_ok_and(|status| status.success())
}
