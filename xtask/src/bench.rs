//! `cargo xtask bench`: builds what is measured and what measures, in release, and runs it.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::ensure;

use crate::project;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Short windows: under a minute in all, after the build
    #[arg(long)]
    quick: bool,
    /// Write the figures as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only this row (repeatable)
    #[arg(long, value_name = "NAME")]
    row: Vec<String>,
}

/// The core of the load generator; the servers have core 0.
const GENERATOR_CORE: &str = "1";

/// Builds and measures.
///
/// # Errors
/// When the machine has one core only, the build fails or a request does.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(cores >= 2, "server and load generator need a core each, and there is one");
    let mut build = project::cargo();
    build.args(["build", "--release", "--locked", "--package", "symbolon", "--package", "symbolon-bench"]);
    ensure!(build.status()?.success(), "the build failed");

    let mut bench = Command::new("taskset");
    bench
        .args(["--cpu-list", GENERATOR_CORE])
        .arg(project::target("release/symbolon-bench"))
        .arg("run")
        .arg("--binary")
        .arg(project::target("release/symbolon"))
        .arg("--folder")
        .arg(project::target(""));
    if arguments.quick {
        bench.arg("--quick");
    }
    if let Some(file) = &arguments.json {
        bench.arg("--json").arg(file);
    }
    for row in &arguments.row {
        bench.args(["--row", row]);
    }
    Ok(if bench.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
