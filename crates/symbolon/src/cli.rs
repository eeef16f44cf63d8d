//! The commands and their help.
#![expect(clippy::doc_markdown, reason = "doc comments here are the help text")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::setting_args::SettingArgs;

/// An authorization control plane: OAuth 2 and OpenID Connect for many tenants, mutual TLS first.
#[derive(Debug, Parser)]
#[command(name = "symbolon", version, propagate_version = true, after_long_help = AFTER)]
pub(crate) struct Cli {
    /// Folder for the database, keys, demo certificates and the refusal journal [default: data]
    #[arg(long, global = true, env = "DATA_DIR", value_name = "DIR", hide_env_values = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Examples:
  symbolon quickstart                          demo data at https://localhost:8443, in ./data
  symbolon serve --config symbolon.yaml        the real thing
  symbolon explain 7QK2M9XA3B4C6D7E            why a request was refused

Settings come from files, environment and flags; `symbolon settings` lists them all.";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve demo data on this machine, with keys and certificates made on the way
    #[command(after_help = QUICKSTART)]
    Quickstart(Quickstart),
    /// Serve
    #[command(after_help = SERVE)]
    Serve(SettingArgs),
    /// Bring the database up to date with this version of the program
    #[command(after_help = MIGRATE)]
    Migrate(Migrate),
    /// Make certificates for development
    #[command(after_help = CERT)]
    Cert {
        /// What to make.
        #[command(subcommand)]
        kind: Cert,
    },
    /// Ask a running server whether it and its database answer
    #[command(after_help = HEALTHCHECK)]
    Healthcheck(Healthcheck),
    /// Write the OpenAPI documents, one for each family of the API
    #[command(after_help = OPENAPI)]
    Openapi(Openapi),
    /// Print the manual of the settings
    #[command(after_help = SETTINGS)]
    Settings,
    /// Say why a request was refused
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
}

/// `quickstart`
#[derive(Debug, Args)]
pub(crate) struct Quickstart {
    /// Keep no data: the database is gone when the server ends
    #[arg(long)]
    pub(crate) ephemeral: bool,
    /// Port to listen on, the same as --server.port
    #[arg(long, value_name = "PORT", conflicts_with = "server.port")]
    pub(crate) port: Option<u16>,
    /// Settings.
    #[command(flatten)]
    pub(crate) settings: SettingArgs,
}

const QUICKSTART: &str = "\
Makes what is missing in the data folder (./data): a TLS certificate for localhost, a demo CA, a client pair
key.pem and cert.pem (CN=example.com), a master key and a SQLite database with demo data. Started again it keeps
them. The demo passwords are public, so it listens on loopback only.

Examples:
  symbolon quickstart
  symbolon quickstart --port 9443 --data-dir /tmp/demo
  symbolon quickstart --ephemeral                             for tests: nothing stays
  symbolon quickstart --server.url https://id.test:8443       under a name of your own
  symbolon quickstart --server.bind 0.0.0.0                   in a container: whoever reaches it can log in";

const SERVE: &str = "\
On an empty database the first start makes the tenant `system` with one administrator and prints the password and
a client secret, once. SIGTERM and SIGINT end it after the requests under way (server.drain_timeout). The TLS
certificate is read again when its files change.

Examples:
  symbolon serve --config symbolon.yaml
  symbolon serve --config base.yaml,site.yaml --server.port 443
  SQL_URL_FILE=/run/secrets/sql symbolon serve --config symbolon.yaml
  symbolon serve --server.certificate.cert_path cert.pem --server.certificate.key_path key.pem";

/// `migrate`
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also seal anew, with the current master key, what secret.previous_keys sealed
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) reseal: bool,
    /// Settings.
    #[command(flatten)]
    pub(crate) settings: SettingArgs,
}

const MIGRATE: &str = "\
Each step is one transaction: it is done or it is not. Make a backup first; there is no way back but that.

To change the master key: give the new one as secret.key and the old one in secret.previous_keys, restart all nodes,
run this with --reseal, then take the old one out of the settings.

Examples:
  symbolon migrate --dry-run --config symbolon.yaml
  symbolon migrate --config symbolon.yaml
  symbolon migrate --reseal --config symbolon.yaml";

/// `cert`
#[derive(Debug, Subcommand)]
pub(crate) enum Cert {
    /// A certificate authority: ca.pem and ca-key.pem
    Ca(CertCa),
    /// A server certificate: server.pem and server-key.pem
    Server(CertServer),
    /// A client certificate: cert.pem and key.pem
    Client(CertClient),
}

const CERT: &str = "\
The files go to the data folder unless --out names another one. Server and client certificates are issued by the
ca.pem and ca-key.pem there, or are self-signed where there are none.

Examples:
  symbolon cert ca --subject 'CN=Dev CA,O=Example'
  symbolon cert server --host id.example.com --host 192.0.2.10
  symbolon cert client --subject CN=my-service
  symbolon cert client --dns my-service.internal --out my-service";

/// `cert ca`
#[derive(Debug, Args)]
pub(crate) struct CertCa {
    /// Subject, RFC 4514
    #[arg(long, default_value = "CN=Development CA", value_name = "DN")]
    pub(crate) subject: String,
    /// Days that it is valid
    #[arg(long, default_value_t = 3650)]
    pub(crate) days: u32,
    /// How and where.
    #[command(flatten)]
    pub(crate) made: Made,
}

/// `cert server`
#[derive(Debug, Args)]
pub(crate) struct CertServer {
    /// Host name or address that the server is reached by; may be repeated [default: localhost and this machine]
    #[arg(long = "host", value_name = "HOST")]
    pub(crate) hosts: Vec<String>,
    /// Days that it is valid; browsers refuse more than 398
    #[arg(long, default_value_t = 397)]
    pub(crate) days: u32,
    /// Who issues it.
    #[command(flatten)]
    pub(crate) issuer: Issuer,
    /// How and where.
    #[command(flatten)]
    pub(crate) made: Made,
}

/// `cert client`
#[derive(Debug, Args)]
pub(crate) struct CertClient {
    /// Subject, RFC 4514, for tls_client_auth_subject_dn
    #[arg(long, default_value = "CN=example.com", value_name = "DN")]
    pub(crate) subject: String,
    /// Alternative name for tls_client_auth_san_dns; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) dns: Vec<String>,
    /// Alternative name for tls_client_auth_san_uri; may be repeated
    #[arg(long, value_name = "URI")]
    pub(crate) uri: Vec<String>,
    /// Alternative name for tls_client_auth_san_email; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Vec<String>,
    /// Alternative name for tls_client_auth_san_ip; may be repeated
    #[arg(long, value_name = "IP")]
    pub(crate) ip: Vec<std::net::IpAddr>,
    /// Days that it is valid
    #[arg(long, default_value_t = 825)]
    pub(crate) days: u32,
    /// Who issues it.
    #[command(flatten)]
    pub(crate) issuer: Issuer,
    /// How and where.
    #[command(flatten)]
    pub(crate) made: Made,
}

/// Who issues a certificate.
#[derive(Debug, Args)]
pub(crate) struct Issuer {
    /// Certificate of the CA [default: ca.pem in the folder, if it is there]
    #[arg(long, value_name = "FILE", requires = "ca_key")]
    pub(crate) ca: Option<PathBuf>,
    /// Private key of the CA
    #[arg(long, value_name = "FILE", requires = "ca")]
    pub(crate) ca_key: Option<PathBuf>,
    /// Sign it with its own key, also where there is a CA
    #[arg(long, conflicts_with_all = ["ca", "ca_key"])]
    pub(crate) self_signed: bool,
}

/// How a certificate is made, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Made {
    /// Folder for the files [default: the data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Kind of key
    #[arg(long, value_enum, default_value_t = KeyKind::P256, value_name = "KIND")]
    pub(crate) key: KeyKind,
    /// Replace files that are there
    #[arg(long)]
    pub(crate) force: bool,
}

/// Kinds of keys.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KeyKind {
    /// ECDSA on P-256
    P256,
    /// ECDSA on P-384
    P384,
    /// RSA, 2048 bits
    Rsa2048,
    /// RSA, 3072 bits
    Rsa3072,
    /// Ed25519; browsers do not take it
    Ed25519,
}

/// `healthcheck`
#[derive(Debug, Args)]
pub(crate) struct Healthcheck {
    /// The server's health endpoint
    #[arg(long, default_value = "https://localhost:8443/health")]
    pub(crate) url: String,
    /// Seconds to wait
    #[arg(long, default_value_t = 5)]
    pub(crate) timeout: u64,
}

const HEALTHCHECK: &str = "\
Ends with 0 when the server and its database answer, else with 1 and a sentence. On loopback any certificate will
do; elsewhere it must be trusted by this machine or issued by the ca.pem in the data folder.

Examples:
  symbolon healthcheck
  symbolon healthcheck --url https://id.example.com/health
  HEALTHCHECK CMD [\"symbolon\", \"healthcheck\"]                in a container file";

/// `openapi`
#[derive(Debug, Args)]
pub(crate) struct Openapi {
    /// Folder for the documents; made when it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

const OPENAPI: &str = "\
The addresses in the documents are those of tenant `default`.

Examples:
  symbolon openapi --out openapi";

const SETTINGS: &str = "\
Examples:
  symbolon settings | less
  symbolon settings > docs/configuration.md";

/// `explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The request id, from the X-Request-Id header, the page or the log
    #[arg(value_name = "REQUEST_ID")]
    pub(crate) request_id: String,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const EXPLAIN: &str = "\
Reads the journal in the data folder of the node that answered: what was expected, what came, which certificate was
seen, and what to change. The server may be running or not.

Examples:
  symbolon explain 7QK2M9XA3B4C6D7E
  symbolon explain 7QK2M9XA3B4C6D7E --data-dir /var/lib/symbolon";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_takes_the_data_folder_and_shows_examples() {
        let mut root = Cli::command();
        root.build();
        for command in root.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            let help = command.render_long_help().to_string();
            assert!(help.contains("--data-dir"), "{help}");
            assert!(help.contains("Examples:"), "{help}");
        }
    }
}
