//! What `quickstart` prints: addresses, the public credentials, and the walk-through's commands ready to paste.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use symbolon_server::config::Config;
use symbolon_server::seed::demo::{
    ADMIN, CLIENT_SECRET, SWAGGER_CLIENT, SYSTEM_ADMIN, SYSTEM_CLIENT, USER, WALK_THROUGH_AUTHORIZE,
    WALK_THROUGH_CLIENT,
};

use crate::certificates::Pair;

/// The walk-through of one server.
pub(crate) struct WalkThrough {
    base: String,
    folder: PathBuf,
    client: Pair,
    metrics: Option<String>,
    is_open: bool,
}

impl WalkThrough {
    /// For a server that listens on `port`, and with its metrics on `metrics`.
    pub(crate) fn new(config: &Config, port: u16, metrics: Option<SocketAddr>) -> Self {
        let scheme = if config.server.dangerous_disable_tls { "http" } else { "https" };
        let own = || format!("{scheme}://localhost:{port}");
        let base = config.server.url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        let folder = from_here(&config.data_dir);
        Self {
            base: base.unwrap_or_else(own),
            client: Pair::client(&folder),
            folder,
            metrics: metrics.map(|address| format!("http://{address}/metrics")),
            is_open: config.server.bind.iter().any(|address| !address.is_loopback()),
        }
    }
}

impl fmt::Display for WalkThrough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, folder, client, metrics, is_open } = self;
        let (key, certificate) = (client.key.display(), client.certificate.display());
        writeln!(f, "Symbolon {}, demo data in {}", env!("CARGO_PKG_VERSION"), folder.display())?;
        writeln!(f)?;
        writeln!(f, "  start page    {base}/")?;
        writeln!(f, "  Swagger UI    {base}/api/swagger/default")?;
        writeln!(f, "  issuer        {base}/default/default")?;
        if let Some(metrics) = metrics {
            writeln!(f, "  metrics       {metrics}")?;
        }
        writeln!(f, "  demo CA       {} (curl --cacert)", Pair::ca(folder).certificate.display())?;
        writeln!(f)?;
        writeln!(f, "WARNING: these credentials are public. Anybody who reaches this server can use them.")?;
        if *is_open {
            writeln!(f, "         It listens on more than loopback: others may reach it.")?;
        }
        writeln!(f)?;
        writeln!(f, "  person         {} / {}        in default/default", USER.0, USER.1)?;
        writeln!(f, "  administrator  {} / {}      of tenant default", ADMIN.0, ADMIN.1)?;
        writeln!(f, "  administrator  {} / {}  of tenant system", SYSTEM_ADMIN.0, SYSTEM_ADMIN.1)?;
        writeln!(f, "  client         {SWAGGER_CLIENT} / {CLIENT_SECRET}  for the admin API")?;
        writeln!(f, "  client         {SYSTEM_CLIENT} / {CLIENT_SECRET}  for the system API")?;
        writeln!(f)?;
        writeln!(f, "The walk-through: an authorization code with a client certificate")?;
        writeln!(f)?;
        writeln!(
            f,
            "1. Register the client: in Swagger UI (Authorize with {SWAGGER_CLIENT} and its secret, then"
        )?;
        writeln!(f, "   POST /api/admin/{{tid}}/clients with tid default and the JSON below), or here:")?;
        writeln!(f)?;
        writeln!(
            f,
            "TOKEN=$(curl -sk {base}/default/admin/oauth2/token -u {SWAGGER_CLIENT}:{CLIENT_SECRET} \\"
        )?;
        writeln!(
            f,
            "  -d grant_type=client_credentials | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
        )?;
        writeln!(f, "curl -k {base}/api/admin/default/clients -H \"Authorization: Bearer $TOKEN\" \\")?;
        writeln!(f, "  -H 'Content-Type: application/json' -d '{WALK_THROUGH_CLIENT}'")?;
        writeln!(f)?;
        writeln!(f, "2. Open this, log in as {} with password {}, and accept:", USER.0, USER.1)?;
        writeln!(f)?;
        writeln!(f, "{base}{WALK_THROUGH_AUTHORIZE}")?;
        writeln!(f)?;
        writeln!(f, "3. The browser ends at https://example.com/callback?code=… Redeem the code soon:")?;
        writeln!(f)?;
        writeln!(f, "CODE=paste-it-here")?;
        writeln!(
            f,
            "curl -X POST -k {base}/default/default/oauth2/token --key {key} --cert {certificate} \\"
        )?;
        writeln!(f, "  -H 'Content-type: application/x-www-form-urlencoded' \\")?;
        writeln!(
            f,
            "  -d \"grant_type=authorization_code&client_id=client-mtls\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=$CODE\""
        )?;
        writeln!(f)?;
        writeln!(
            f,
            "Refused? The answer has an X-Request-Id: symbolon explain ID --data-dir {}",
            folder.display()
        )?;
        writeln!(f, "Ctrl+C stops the server; started again it has its data.")?;
        writeln!(f)
    }
}

/// The shortest path that works in the current folder.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) if !below.as_os_str().is_empty() => below.to_owned(),
        _ => path.to_owned(),
    }
}
