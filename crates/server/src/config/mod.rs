//! Settings: one table ([`SETTINGS`]) drives files, environment, flags, help and manual.
//!
//! `defaults < files (left to right) < environment < flags`. Unknown keys are errors, and all faults are
//! reported at once, each with its place and what was expected.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use url::Url;

pub use self::{
    document::manual,
    fault::{ConfigError, Fault, Origin},
    kind::Kind,
    network::{InvalidNetwork, Network},
    secret::SecretText,
    settings::{SETTINGS, Setting},
    sources::Sources,
};

mod check;
mod document;
mod fault;
mod kind;
mod network;
mod secret;
mod settings;
mod sources;
mod values;
mod yaml;

/// The configuration, whole and checked. Field names are the settings' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `data_dir`
    pub data_dir: PathBuf,
    /// `demo`
    pub demo: bool,
    /// `server.*`
    pub server: Server,
    /// `limits.*`
    pub limits: Limits,
    /// `sql.*`
    pub sql: Sql,
    /// `secret.*`
    pub secret: Secret,
    /// `logging.*`
    pub logging: Logging,
    /// `metrics.*`
    pub metrics: Metrics,
    /// `client.*`
    pub client: Client,
}

/// `server.*`: listeners and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Public address; `None`: each request's own.
    pub url: Option<Url>,
    /// Public address for clients with certificates.
    pub mtls_url: Option<Url>,
    /// Addresses to listen on; at least one.
    pub bind: Vec<IpAddr>,
    /// Port of the main listener; 0: any.
    pub port: u16,
    /// Port of the second listener.
    pub mtls_port: Option<u16>,
    /// Certificate and key; `None` exactly if TLS is disabled.
    pub certificate: Option<CertificatePaths>,
    /// Header in which a trusted proxy sends the client certificate.
    pub client_certificate_header: Option<String>,
    /// Whose headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Plain HTTP.
    pub dangerous_disable_tls: bool,
    /// A line for every request.
    pub http_logs: bool,
    /// Connections open at one time.
    pub max_connections: usize,
    /// Time for requests under way after SIGTERM.
    pub drain_timeout: Duration,
}

/// `server.certificate.*`: PEM files of the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatePaths {
    /// Certificate chain, leaf first.
    pub cert_path: PathBuf,
    /// Private key.
    pub key_path: PathBuf,
}

/// `limits.*`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of protocol endpoints and pages, in bytes.
    pub body_size: usize,
    /// Largest body of management APIs, in bytes.
    pub management_body_size: usize,
    /// Longest time for one request.
    pub request_timeout: Duration,
    /// Registrations of one address in an hour.
    pub registrations: usize,
    /// Tries of one address to make an account in an hour.
    pub accounts: usize,
    /// Password hashes at one time; 0: one for each core.
    pub password_hashes: usize,
    /// Interactions that one address may begin in a minute; 0: no limit.
    pub authorize_per_minute: usize,
    /// Failed authentications of a client from one address in a minute; 0: no limit.
    pub client_failures_per_minute: usize,
}

/// `sql.*`: where data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// `sqlite:PATH` or `postgres://…`; holds a password.
    pub url: SecretText,
    /// PEM file of the authorities of the database server.
    pub root_ca: Option<PathBuf>,
    /// Connections this node may open.
    pub max_open_conns: usize,
}

impl Sql {
    /// The SQLite file, if it is SQLite.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        self.url.expose().strip_prefix("sqlite:").map(PathBuf::from)
    }
}

/// `secret.*`: master keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The key that seals; `None`: the one in the data folder.
    pub key: Option<SecretText>,
    /// Keys that only open.
    pub previous_keys: Vec<SecretText>,
}

/// `logging.*`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// Filter in `tracing`'s syntax.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

/// `metrics.*`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// Whether to serve them.
    pub enabled: bool,
    /// Where.
    pub address: SocketAddr,
}

/// `client.*`: fetches the server makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// PEM file of additional authorities.
    pub root_ca: Option<PathBuf>,
    /// Allows loopback and private addresses.
    pub allow_private_addresses: bool,
    /// Longest time of one fetch.
    pub timeout: Duration,
}

impl Config {
    /// Reads, merges and checks all sources.
    ///
    /// # Errors
    /// Every fault found, not only the first.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let merged = sources::merge(sources, &mut faults);
        let mut values = values::read(&merged, &mut faults);
        let mut config = Self::build(&mut values);
        check::across(&config, &merged, &mut faults);
        if config.server.dangerous_disable_tls {
            config.server.certificate = None;
        }
        if faults.is_empty() { Ok(config) } else { Err(ConfigError { faults }) }
    }

    /// What an operator should know of these settings before relying on them.
    #[must_use]
    pub fn cautions(&self) -> Vec<&'static str> {
        let mut cautions = Vec::new();
        if self.server.url.is_none() && !self.demo {
            cautions.push(
                "server.url is not set: issuers and links follow the Host header of each request; set it, unless \
                 whatever stands before this server lets only its own names through",
            );
        }
        cautions
    }

    fn build(values: &mut values::Values) -> Self {
        Self {
            data_dir: values.path("data_dir").unwrap_or_default(),
            demo: values.bool("demo"),
            server: Server {
                url: values.url("server.url"),
                mtls_url: values.url("server.mtls_url"),
                bind: values.addresses("server.bind"),
                port: values.port("server.port").unwrap_or_default(),
                mtls_port: values.port("server.mtls_port"),
                certificate: values
                    .path("server.certificate.cert_path")
                    .zip(values.path("server.certificate.key_path"))
                    .map(|(cert_path, key_path)| CertificatePaths { cert_path, key_path }),
                client_certificate_header: values.text("server.client_certificate_header"),
                trusted_proxies: values.networks("server.trusted_proxies"),
                dangerous_disable_tls: values.bool("server.dangerous_disable_tls"),
                http_logs: values.bool("server.http_logs"),
                max_connections: values.number("server.max_connections"),
                drain_timeout: values.duration("server.drain_timeout"),
            },
            limits: Limits {
                body_size: values.number("limits.body_size"),
                management_body_size: values.number("limits.management_body_size"),
                request_timeout: values.duration("limits.request_timeout"),
                registrations: values.number("limits.registrations"),
                accounts: values.number("limits.accounts"),
                password_hashes: values.number("limits.password_hashes"),
                authorize_per_minute: values.number("limits.authorize_per_minute"),
                client_failures_per_minute: values.number("limits.client_failures_per_minute"),
            },
            sql: Sql {
                url: values.secret("sql.url").unwrap_or_else(|| SecretText::new("")),
                root_ca: values.path("sql.root_ca"),
                max_open_conns: values.number("sql.max_open_conns"),
            },
            secret: Secret {
                key: values.secret("secret.key"),
                previous_keys: values.secrets("secret.previous_keys"),
            },
            logging: Logging {
                level: values.text("logging.level").unwrap_or_default(),
                format: match values.text("logging.format").as_deref() {
                    Some("json") => LogFormat::Json,
                    _ => LogFormat::Human,
                },
            },
            metrics: Metrics {
                enabled: values.bool("metrics.enabled"),
                address: values.address("metrics.address"),
            },
            client: Client {
                root_ca: values.path("client.root_ca"),
                allow_private_addresses: values.bool("client.allow_private_addresses"),
                timeout: values.duration("client.timeout"),
            },
        }
    }
}

#[cfg(test)]
mod tests;
