//! One file for each command.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Cli, Command};

mod cert;
mod explain;
mod healthcheck;
mod migrate;
mod openapi;
mod quickstart;
mod serve;

/// Runs the command to its end.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let folder = || cli.data_dir.clone().unwrap_or_else(|| PathBuf::from("data"));
    match cli.command {
        Command::Quickstart(quickstart) => quickstart::run(&quickstart, cli.data_dir.as_deref())?,
        Command::Serve(settings) => serve::run(&settings, cli.data_dir.as_deref())?,
        Command::Migrate(migrate) => migrate::run(&migrate, cli.data_dir.as_deref())?,
        Command::Cert { kind } => cert::run(&kind, &folder())?,
        Command::Healthcheck(healthcheck) => return healthcheck::run(&healthcheck, &folder()),
        Command::Openapi(openapi) => openapi::run(&openapi)?,
        Command::Settings => print!("{}", symbolon_server::config::manual()),
        Command::Explain(explain) => return explain::run(&explain, &folder()),
    }
    Ok(ExitCode::SUCCESS)
}

/// A runtime for commands that are done in a moment.
fn small_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
