//! The processes that are measured: Symbolon with its demo data, and the ceiling.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::load::{Connection, Identity, Request, Target};

/// The core of the server, whichever is measured; the generator has the other.
const SERVER_CORE: &str = "0";
const ADMIN: (&str, &str) = ("admin-swagger", "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq");
/// Where the clients of the code flow are sent back to.
pub(crate) const CALLBACK: &str = "https://client.example/callback";

/// A process that is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
}

impl Process {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Starts the ceiling: this program again.
///
/// # Errors
/// When it does not start.
pub(crate) fn start_ceiling() -> anyhow::Result<Process> {
    let mut child = pinned(&std::env::current_exe()?).arg("ceiling").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("piped")?).read_line(&mut line)?;
    let port = line.trim().parse().context("the ceiling does not start");
    let mut process = Process { child, port: 0 };
    process.port = port?;
    Ok(process)
}

/// Symbolon on a SQLite file in a folder of its own.
pub(crate) struct Symbolon {
    binary: PathBuf,
    folder: TempDir,
}

impl Symbolon {
    /// `folder` must be on a disk for the writes to be durable in earnest.
    ///
    /// # Errors
    /// When there is no such binary.
    pub(crate) fn new(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        ensure!(binary.is_file(), "{} is missing", binary.display());
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(folder)?;
        Ok(Self { binary: binary.to_path_buf(), folder })
    }

    /// Size of the binary, in bytes.
    pub(crate) fn binary_bytes(&self) -> anyhow::Result<u64> {
        Ok(self.binary.metadata()?.len())
    }

    /// Starts it, and returns how long it took until it had given out its first token.
    ///
    /// # Errors
    /// When it gives out none within 30 s.
    pub(crate) async fn start(&self) -> anyhow::Result<(Process, Duration)> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = File::options().create(true).append(true).open(self.folder.path().join("server.log"))?;
        let start = Instant::now();
        let child = pinned(&self.binary)
            .args(["quickstart", "--port", &port.to_string(), "--data-dir"])
            .arg(self.folder.path())
            .env("METRICS_ENABLED", "false")
            // All flows come from one address.
            .env("LIMITS_AUTHORIZE_PER_MINUTE", "0")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let process = Process { child, port };
        let target = Target::new(port, None)?;
        loop {
            match token(&target).await {
                Ok(_) => return Ok((process, start.elapsed())),
                Err(error) if start.elapsed() > Duration::from_secs(30) => {
                    return Err(error.context(self.log()));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
    }

    /// What the server has written so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// The demo client certificate.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn identity(&self) -> anyhow::Result<Identity> {
        Identity::read(&self.folder.path().join("cert.pem"), &self.folder.path().join("key.pem"))
    }
}

fn pinned(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", SERVER_CORE]).arg(program);
    command
}

/// `Authorization: Basic` of RFC 6749 §2.3.1; what is used here needs no form encoding.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

async fn token(target: &Target) -> anyhow::Result<String> {
    let authorization = basic(ADMIN.0, ADMIN.1);
    let request = Request::post(
        &target.authority(),
        "/default/admin/oauth2/token",
        &[("authorization", &authorization)],
        "grant_type=client_credentials",
    );
    let mut connection = Connection::new(target.clone());
    let answer: Value = serde_json::from_slice(connection.send(&request).await?.expect(200)?.body)?;
    Ok(answer["access_token"].as_str().context("no access_token")?.to_owned())
}

/// The clients that the rows use.
pub(crate) struct Clients {
    pub(crate) secret: String,
    pub(crate) flow_secret: String,
}

impl Clients {
    pub(crate) const SECRET: &str = "bench-secret";
    pub(crate) const CERTIFICATE: &str = "bench-certificate";
    pub(crate) const FLOW: &str = "bench-flow";

    /// Registers them.
    ///
    /// # Errors
    /// When the server refuses one.
    pub(crate) async fn register(target: &Target) -> anyhow::Result<Self> {
        let authorization = format!("Bearer {}", token(target).await?);
        let mut connection = Connection::new(target.clone());
        let mut register = async |client: Value| -> anyhow::Result<String> {
            let request = Request::post_json(
                &target.authority(),
                "/api/admin/default/clients",
                &[("authorization", &authorization)],
                &client.to_string(),
            );
            let answer: Value = serde_json::from_slice(connection.send(&request).await?.expect(201)?.body)?;
            Ok(answer["client_secret"].as_str().unwrap_or_default().to_owned())
        };
        let secret = register(json!({
            "authorization_server_id": "default", "client_id": Self::SECRET, "client_name": "With a secret",
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic",
            "scopes": ["email", "introspect_tokens"],
        }))
        .await?;
        register(json!({
            "authorization_server_id": "default", "client_id": Self::CERTIFICATE, "client_name": "With a certificate",
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_subject_dn": "CN=example.com", "tls_client_certificate_bound_access_tokens": true,
            "scopes": ["email"],
        }))
        .await?;
        let flow_secret = register(json!({
            "authorization_server_id": "default", "client_id": Self::FLOW, "client_name": "With a person",
            "grant_types": ["authorization_code"], "response_types": ["code"], "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "client_secret_basic", "scopes": ["openid", "email"],
        }))
        .await?;
        Ok(Self { secret, flow_secret })
    }
}
