//! Real clients against the real binary. The scripts are in `tests/e2e/`: each prints `ok` and what
//! it has checked, a line a check, and ends with a status.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};

use super::{
    clients,
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
    let mut node = Command::new("node");
    client(context, "node", "openid-client", node.arg(script("node/openid-client/main.mjs")))
}

pub(crate) fn oauth4webapi(context: &mut Context) -> anyhow::Result<Counts> {
    install_node_packages()?;
    let mut node = Command::new("node");
    client(context, "oauth4webapi", "oauth4webapi", node.arg(script("node/oauth4webapi/main.mjs")))
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
    let mut program = Command::new(built.join("debug/symbolon-e2e-openidconnect"));
    client(context, "openidconnect-rs", "openidconnect-rs", &mut program)
}

pub(crate) fn python(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    client(context, "python", "Authlib", python.arg(script("python/relying_party.py")))
}

pub(crate) fn guides(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    against_demo(context, "guides", python.arg(script("guides/run_guides.py")))
}

pub(crate) fn apache(context: &mut Context) -> anyhow::Result<Counts> {
    let mut python = python_with_packages()?;
    client(context, "apache", "mod_auth_openidc", python.arg(script("apache/relying_party.py")))
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

/// Runs a client that the server can reach as well, and compares its flows with what the documentation says.
fn client(context: &mut Context, part: &str, heading: &str, command: &mut Command) -> anyhow::Result<Counts> {
    context.build()?;
    let folder = context::folder(part)?;
    let certificate = receiver_certificate(&folder)?;
    let settings = [
        ("CLIENT_ROOT_CA", certificate.to_str().context("the path is no UTF-8")?),
        // The client is on loopback.
        ("CLIENT_ALLOW_PRIVATE_ADDRESSES", "true"),
    ];
    let lines = with_demo(part, &folder, &settings, command)?;
    clients::check(heading, &lines)?;
    Ok(checks(&lines))
}

/// Runs a script against a server with the demo data that leaves nothing behind.
fn against_demo(context: &mut Context, part: &str, command: &mut Command) -> anyhow::Result<Counts> {
    context.build()?;
    let folder = context::folder(part)?;
    Ok(checks(&with_demo(part, &folder, &[], command)?))
}

fn with_demo(
    part: &str,
    folder: &Path,
    settings: &[(&str, &str)],
    command: &mut Command,
) -> anyhow::Result<Vec<String>> {
    let service = Service::start(folder, &["--ephemeral"], settings)?;
    service.describe(command);
    let lines = run(part, folder, command);
    drop(service);
    lines.inspect_err(|_| show_end_of(&folder.join("server.log")))
}

/// What a client shows when the server reaches it: for `localhost`, vouched for by nobody else.
fn receiver_certificate(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut openssl = Command::new("openssl");
    openssl
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "receiver-key.pem", "-out", "receiver.pem"])
        .current_dir(folder);
    process::output(&mut openssl)?;
    Ok(folder.join("receiver.pem"))
}

/// Runs a script that starts the server itself.
fn alone(context: &mut Context, part: &str, command: &mut Command) -> anyhow::Result<Counts> {
    context.build()?;
    let folder = context::folder(part)?;
    let lines = run(part, &folder, command);
    Ok(checks(&lines.inspect_err(|_| show_end_of(&folder.join("server.log")))?))
}

/// Runs a script and returns what it printed.
fn run(part: &str, folder: &Path, command: &mut Command) -> anyhow::Result<Vec<String>> {
    command
        .env("SYMBOLON_BINARY", service::binary())
        .env("SYMBOLON_FOLDER", folder)
        .env("SYMBOLON_SCREENSHOTS", project::target("screenshots"))
        .current_dir(folder);
    let finished = process::run(command, &context::log(part), LIMIT)?;
    let lines = finished.success(part)?.lines;
    ensure!(checks(&lines).passed > 0, "{part} checked nothing");
    Ok(lines)
}

fn checks(lines: &[String]) -> Counts {
    Counts { passed: lines.iter().filter(|line| line.starts_with("ok ")).count(), skipped: 0 }
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
