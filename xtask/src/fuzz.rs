//! `cargo xtask fuzz`: the targets of `fuzz/` under libFuzzer with an address sanitizer.
//!
//! `cargo fuzz run TARGET` does the same where it is installed; this needs the compiler alone.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{process, project};

/// What to fuzz.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fuzz only this target (repeatable)
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// The instrumentation that libFuzzer reads, and the sanitizer.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Zsanitizer=address";

/// Builds and runs the targets; what they find is kept below `target/fuzz/`.
///
/// # Errors
/// When the targets cannot be built.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let fuzz = project::root().join("fuzz");
    // Named, so that the flags are for the targets and not for build scripts.
    let host = host()?;
    let mut build = project::cargo();
    build
        .args(["build", "--release", "--locked", "--target", &host, "--target-dir"])
        .arg(project::target("fuzz"))
        .current_dir(&fuzz)
        .env("RUSTFLAGS", FLAGS)
        // The sanitizer is behind -Z; the stable compiler has it too.
        .env("RUSTC_BOOTSTRAP", "1");
    ensure!(build.status()?.success(), "the fuzz targets do not build");

    let mut failed = Vec::new();
    for target in targets()? {
        if !arguments.target.is_empty() && !arguments.target.contains(&target) {
            continue;
        }
        println!("\n=== {target}");
        let found = project::target("fuzz/corpus").join(&target);
        std::fs::create_dir_all(&found)?;
        let mut fuzzer = Command::new(project::target("fuzz").join(&host).join("release").join(&target));
        fuzzer
            .arg(format!("-max_total_time={}", arguments.seconds))
            .arg(format!("-artifact_prefix={}/{target}-", project::target("fuzz").display()))
            .args(["-max_len=4096", "-timeout=10", "-print_final_stats=1", "-verbosity=0"])
            .arg(found)
            .arg(seeds(&target));
        if !fuzzer.status()?.success() {
            failed.push(target);
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nFailed: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

fn seeds(target: &str) -> PathBuf {
    project::root().join("fuzz/corpus").join(target)
}

/// The names of the targets: those of the binaries in `fuzz/Cargo.toml`.
fn targets() -> anyhow::Result<Vec<String>> {
    let mut cargo = project::cargo();
    cargo.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(project::root().join("fuzz"));
    let metadata: Value = serde_json::from_str(&process::output(&mut cargo)?)?;
    let binaries = metadata["packages"][0]["targets"].as_array().context("fuzz/ has no targets")?;
    Ok(binaries.iter().filter_map(|binary| binary["name"].as_str()).map(str::to_owned).collect())
}

fn host() -> anyhow::Result<String> {
    let version = process::output(Command::new("rustc").arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc does not name its host")
}
