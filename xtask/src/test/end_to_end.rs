//! Real clients against the real binary. The scripts are in `tests/e2e/`: each prints `ok` and what
//! it has checked, a line a check, and ends with a status.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};

use super::{
    context::{self, Context},
    summary::Counts,
};
use crate::{
    process, project,
    service::{self, Service},
};

const LIMIT: Duration = Duration::from_secs(600);

pub(crate) fn walk_through(context: &mut Context) -> anyhow::Result<Counts> {
    install_node_packages()?;
    against_demo(context, "walk-through", Command::new("node").arg(script("browser/walk_through.mjs")))
}

pub(crate) fn node(context: &mut Context) -> anyhow::Result<Counts> {
    install_node_packages()?;
    against_demo(context, "node", Command::new("node").arg(script("node/relying_party.mjs")))
}

pub(crate) fn oauth4webapi(context: &mut Context) -> anyhow::Result<Counts> {
    install_node_packages()?;
    against_demo(context, "oauth4webapi", Command::new("node").arg(script("node/oauth4webapi.mjs")))
}

/// A crate of its own with its own lock file: what it needs is no dependency of the server.
pub(crate) fn openidconnect_rs(context: &mut Context) -> anyhow::Result<Counts> {
    let built = project::target("e2e/cargo");
    let mut cargo = project::cargo();
    cargo
        .args(["build", "--locked", "--manifest-path"])
        .arg(project::openidconnect_rs())
        .env("CARGO_TARGET_DIR", &built);
    process::run(&mut cargo, &context::log("openidconnect-rs"), LIMIT)?.success("cargo build")?;
    against_demo(
        context,
        "openidconnect-rs",
        &mut Command::new(built.join("debug/symbolon-e2e-openidconnect")),
    )
}

pub(crate) fn python(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    against_demo(context, "python", python.arg(script("python/relying_party.py")))
}

pub(crate) fn guides(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    against_demo(context, "guides", python.arg(script("guides/run_guides.py")))
}

pub(crate) fn apache(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    against_demo(context, "apache", python.arg(script("apache/relying_party.py")))
}

pub(crate) fn nginx(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    alone(context, "nginx", python.arg(script("nginx/reverse_proxy.py")))
}

pub(crate) fn crash(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    // A given server may hold what an earlier run left; the demo data in it is the same.
    python.env("SYMBOLON_TEST_POSTGRES", context.postgres("crash")?);
    alone(context, "crash", python.arg(script("crash/kill_under_load.py")))
}

/// Runs a script against a server with the demo data that leaves nothing behind.
fn against_demo(context: &mut Context, part: &str, command: &mut Command) -> anyhow::Result<Counts> {
    context.build()?;
    let folder = context::folder(part)?;
    let service = Service::start(&folder, &["--ephemeral"])?;
    service.describe(command);
    let counts = run(part, &folder, command);
    drop(service);
    counts.inspect_err(|_| show_end_of(&folder.join("server.log")))
}

/// Runs a script that starts the server itself.
fn alone(context: &mut Context, part: &str, command: &mut Command) -> anyhow::Result<Counts> {
    context.build()?;
    let folder = context::folder(part)?;
    run(part, &folder, command).inspect_err(|_| show_end_of(&folder.join("server.log")))
}

fn run(part: &str, folder: &Path, command: &mut Command) -> anyhow::Result<Counts> {
    command
        .env("SYMBOLON_BINARY", service::binary())
        .env("SYMBOLON_FOLDER", folder)
        .env("SYMBOLON_SCREENSHOTS", project::target("screenshots"))
        .current_dir(folder);
    let finished = process::run(command, &context::log(part), LIMIT)?;
    let passed = finished.lines.iter().filter(|line| line.starts_with("ok ")).count();
    finished.success(part)?;
    ensure!(passed > 0, "{part} checked nothing");
    Ok(Counts { passed, skipped: 0 })
}

fn script(path: &str) -> PathBuf {
    project::root().join("tests/e2e").join(path)
}

fn show_end_of(log: &Path) {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    println!("--- the end of the server's log");
    for line in lines.iter().skip(lines.len().saturating_sub(40)) {
        println!("{line}");
    }
    println!("---");
}

/// `npm ci`, when what is installed is not what the lock file says.
fn install_node_packages() -> anyhow::Result<()> {
    let folder = project::root().join("tests/e2e");
    let wanted = std::fs::read(folder.join("package-lock.json")).context("tests/e2e/package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    process::run(&mut npm, &context::log("npm"), LIMIT)?.success("npm ci")?;
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// Python of a virtual environment below `target/` with the pinned packages.
fn python_with_packages() -> anyhow::Result<Command> {
    let requirements = script("python/requirements.txt");
    let wanted = std::fs::read(&requirements).context("tests/e2e/python/requirements.txt")?;
    let environment = project::target("python");
    let python = environment.join("bin/python");
    let stamp = environment.join(".installed-requirements");
    if !std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        let log = context::log("pip");
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&environment);
        process::run(&mut venv, &log, LIMIT)?.success("python3 -m venv")?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        process::run(pip.arg(&requirements), &log, LIMIT)?.success("pip install")?;
        std::fs::write(stamp, wanted)?;
    }
    if !python.exists() {
        bail!("{} is missing", python.display());
    }
    let mut command = Command::new(python);
    command
        .env("PYTHONPATH", script("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1");
    Ok(command)
}
