//! The program as a person or a container runs it: what it prints, where, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn symbolon(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.args(arguments).env_clear();
    command
}

fn run(arguments: &[&str]) -> Output {
    symbolon(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Ended with 1 and one sentence on standard error that holds all of `parts`; nothing on standard output.
fn assert_refused(output: &Output, parts: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(stdout(output), "");
    let said = stderr(output);
    assert!(
        said.starts_with("symbolon: ") && !said.contains("panicked") && !said.contains("backtrace"),
        "{said}"
    );
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in: {said}");
    }
}

/// A server that ends with the test.
struct Running {
    process: Child,
    said: String,
    port: u16,
}

impl Running {
    /// Starts `symbolon` and waits for the ready line.
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(symbolon(arguments))
    }

    fn start_with(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        while !said.contains("server ready") {
            assert_ne!(log.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        // The pipe must not fill up.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let addresses = said.rsplit_once("addresses=[127.0.0.1:").unwrap().1;
        let port = addresses.split([',', ']']).next().unwrap().parse().unwrap();
        Self { process, said, port }
    }

    fn health(&self) -> Output {
        run(&["healthcheck", "--url", &format!("https://localhost:{}/health", self.port)])
    }

    /// Sends SIGTERM and returns what was printed, and how it ended.
    fn stop(mut self) -> (String, Option<i32>) {
        let status = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(status.success());
        let ended = self.process.wait().unwrap();
        let mut printed = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        (printed, ended.code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _reaped_already = self.process.wait();
    }
}

fn quickstart(data: &Path, more: &[&str]) -> Running {
    let data = data.to_str().unwrap();
    let mut arguments = vec!["quickstart", "--port", "0", "--metrics.enabled=false", "--data-dir", data];
    arguments.extend(more);
    Running::start(&arguments)
}

#[test]
fn quickstart_makes_what_is_missing_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = quickstart(&data, &[]);
    let healthy = first.health();
    assert_eq!((healthy.status.code(), stdout(&healthy)), (Some(0), "{\"status\":\"ok\"}\n"));
    let port = first.port;
    let (printed, code) = first.stop();
    assert_eq!(code, Some(0));
    for part in [
        "WARNING: these credentials are public",
        "user / user",
        "admin-swagger / n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq",
        &format!("https://localhost:{port}/api/swagger/default"),
        &format!("--key {} --cert {}", data.join("key.pem").display(), data.join("cert.pem").display()),
    ] {
        assert!(printed.contains(part), "{part:?} is not in: {printed}");
    }
    let files = ["ca.pem", "ca-key.pem", "cert.pem", "key.pem", "server.pem", "server-key.pem", "master.key"];
    let read = || files.map(|name| fs::read_to_string(data.join(name)).unwrap());
    let made = read();
    quickstart(&data, &[]).stop();
    assert_eq!(read(), made);
}

#[cfg(unix)]
#[test]
fn private_keys_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    quickstart(&data, &[]).stop();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for name in ["ca-key.pem", "key.pem", "server-key.pem", "master.key", "symbolon.db"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
}

#[test]
fn ephemeral_leaves_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let running = quickstart(folder.path(), &["--ephemeral"]);
    assert!(folder.path().join("cert.pem").exists(), "the client pair is where it was asked for");
    running.stop();
    assert!(!folder.path().join("symbolon.db").exists());
    assert!(!folder.path().join("master.key").exists());

    // Without a folder, nothing at all stays.
    let mut command = symbolon(&["quickstart", "--port", "0", "--metrics.enabled=false", "--ephemeral"]);
    command.env("TMPDIR", folder.path()).current_dir(folder.path());
    let before = fs::read_dir(folder.path()).unwrap().count();
    let running = Running::start_with(command);
    assert!(fs::read_dir(folder.path()).unwrap().count() > before);
    assert_eq!(running.stop().1, Some(0));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
}

#[test]
fn log_lines_can_be_json() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = symbolon(&["quickstart", "--port", "0", "--metrics.enabled=false", "--ephemeral"]);
    command.args(["--logging.format", "json", "--data-dir"]).arg(folder.path());
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut parsed = lines.map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
    let ready = parsed.find(|line| line["message"] == "server ready").unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(ready["level"], "INFO");
    assert!(ready["timestamp"].is_string());
}

#[test]
fn a_port_in_use_is_a_sentence_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["quickstart", "--port", &port, "--data-dir", data.to_str().unwrap()]);
    assert_refused(&output, &["cannot listen on 127.0.0.1", &port, "in use"]);
    assert!(!data.exists());
}

#[test]
fn serve_on_an_empty_database_shows_an_administrator_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(run(&["cert", "server", "--data-dir", data]).status.success());
    let (certificate, key) = (format!("{data}/server.pem"), format!("{data}/server-key.pem"));
    let arguments = [
        ["serve", "--data-dir"],
        [data, "--server.bind=localhost"],
        ["--server.port=0", "--metrics.enabled=false"],
        ["--server.certificate.cert_path", &certificate],
        ["--server.certificate.key_path", &key],
    ];
    let arguments = arguments.concat();
    let first = Running::start(&arguments);
    assert!(first.health().status.success());
    assert!(!first.said.contains("password"), "not in the log: {}", first.said);
    let (printed, ..) = first.stop();
    assert!(printed.contains("password       ") && printed.contains("client secret  "), "{printed}");
    let (printed, ..) = Running::start(&arguments).stop();
    assert_eq!(printed, "");
}

#[test]
fn serve_says_everything_that_is_missing_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("symbolon.yaml");
    fs::write(&config, "server:\n  prot: 1\n  url: ftp://x\n").unwrap();
    let output = run(&["serve", "--config", config.to_str().unwrap()]);
    let at = |line: u32| format!("{}:{line}: ", config.display());
    assert_refused(
        &output,
        &[
            "3 faults",
            &at(2),
            "did you mean server.port?",
            &at(3),
            "expected an address",
            "symbolon cert server",
        ],
    );
    assert_refused(
        &run(&["serve", "--config", "/nowhere/symbolon.yaml"]),
        &["/nowhere/symbolon.yaml", "cannot read"],
    );
}

#[test]
fn certificates_that_cannot_be_used_are_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let path = format!("{data}/none.pem");
    let arguments = ["--server.certificate.cert_path", &path, "--server.certificate.key_path", &path];
    let mut all = vec![
        "serve",
        "--data-dir",
        data,
        "--server.bind=localhost",
        "--server.port=0",
        "--server.url=https://localhost:8443",
        "--metrics.enabled=false",
    ];
    all.extend(arguments);
    assert_refused(&run(&all), &["cannot read", "none.pem"]);
    assert!(!folder.path().join("symbolon.db").exists(), "nothing was made");
}

#[test]
fn migrate_says_what_it_would_do_before_it_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let dry = run(&["migrate", "--dry-run", "--data-dir", data]);
    assert!(stdout(&dry).starts_with("Would migrate from schema 0 to "), "{dry:?}");
    assert!(stdout(&run(&["migrate", "--data-dir", data])).starts_with("Migrated from schema 0 to "));
    assert!(stdout(&run(&["migrate", "--data-dir", data])).contains("up to date"));
}

#[test]
fn certificates_for_development_are_issued_by_the_ca_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let alone = run(&["cert", "client", "--out", &format!("{data}/alone"), "--data-dir", data]);
    assert!(stdout(&alone).contains("It is self-signed"), "{alone:?}");
    assert!(run(&["cert", "ca", "--data-dir", data, "--key", "p384"]).status.success());
    let client =
        run(&["cert", "client", "--data-dir", data, "--subject", "CN=svc,O=Example", "--dns", "svc.example"]);
    for part in [
        "tls_client_auth_subject_dn  CN=svc,O=Example",
        "tls_client_auth_san_dns       svc.example",
        "issuer      CN=Development CA",
    ] {
        assert!(stdout(&client).contains(part), "{part:?} is not in: {}", stdout(&client));
    }
    assert_refused(&run(&["cert", "client", "--data-dir", data]), &["cert.pem is there already", "--force"]);
    assert!(run(&["cert", "client", "--data-dir", data, "--force"]).status.success());
    assert_refused(
        &run(&["cert", "client", "--data-dir", data, "--subject", "no name", "--force"]),
        &["no subject", "CN="],
    );
}

#[test]
fn a_server_that_is_not_there_is_not_healthy() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = run(&["healthcheck", "--url", &format!("https://localhost:{free}/health")]);
    assert_refused(&output, &["does not answer", "refused"]);
    assert_refused(&run(&["healthcheck", "--url", "nonsense"]), &["is no address"]);
}

#[test]
fn a_refusal_is_explained_by_its_request_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let record = r#"{"request_id":"7QK2M9XA3B4C6D7E","time":"2026-01-02T03:04:05Z","method":"POST","endpoint":"/{tid}/{aid}/oauth2/token","status":401,"error":"invalid_client","reason":"secret_mismatch","expected":"a","got":"b"}"#;
    fs::write(folder.path().join("refusals.jsonl"), format!("{record}\n")).unwrap();
    let explained = run(&["explain", "7QK2M9XA3B4C6D7E", "--data-dir", data]);
    assert!(explained.status.success());
    assert!(
        stdout(&explained).starts_with("Request 7QK2M9XA3B4C6D7E was refused with invalid_client (401).")
    );
    let json = run(&["explain", "7QK2M9XA3B4C6D7E", "--json", "--data-dir", data]);
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&json.stdout).unwrap()["reason"],
        "secret_mismatch"
    );
    assert_refused(
        &run(&["explain", "NOBODY", "--data-dir", data]),
        &["no refusal with the request id NOBODY"],
    );
    assert_refused(
        &run(&["explain", "X", "--data-dir", "/nowhere"]),
        &["no data folder /nowhere", "--data-dir"],
    );
}

/// Recipes that name files and lists which have moved are worse than none.
#[test]
fn the_recipes_name_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let recipes = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    for (list, file) in [
        ("GRANTS", "crates/server/src/oauth2/grants/mod.rs"),
        ("CLIENT_AUTH_METHODS", "crates/server/src/oauth2/client_auth/mod.rs"),
        ("PASSWORD_IDPS", "crates/server/src/login/idps/mod.rs"),
        ("FAMILIES", "crates/server/src/api/mod.rs"),
        ("SETTINGS", "crates/server/src/config/settings.rs"),
    ] {
        assert!(recipes.contains(&format!("`{list}`")), "{list}");
        let source = fs::read_to_string(root.join(file)).unwrap();
        assert!(source.contains(&format!("{list}: &[")), "{list} in {file}");
        assert!(list == "FAMILIES" || recipes.contains(file), "{file}");
    }
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.starts_with("http")) {
            assert!(root.join(link).exists(), "{page} links to {link}");
        }
    }
}

#[test]
fn settings_are_the_manual() {
    let manual =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md")).unwrap();
    assert_eq!(stdout(&run(&["settings"])), manual);
}

#[test]
fn openapi_documents_are_written_one_for_each_family() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/openapi");
    let output = run(&["openapi", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let paths: Vec<&str> = stdout(&output).lines().collect();
    assert!(paths.iter().any(|path| path.ends_with("/admin.json")), "{paths:?}");
    for path in paths {
        let document: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{path}");
        assert!(!document["paths"].as_object().unwrap().is_empty(), "{path}");
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_refused(&run(&["openapi", "--out", file.to_str().unwrap()]), &["cannot make the folder"]);
}
