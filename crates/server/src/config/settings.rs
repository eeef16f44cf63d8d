//! The one table of settings. Files, environment, flags, `--help` and `docs/configuration.md` all come from it.
//!
//! One new setting is one line here and one field in [`super::Config`]; a test compares the two.

use super::kind::Kind;

/// One setting an operator can give.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Dotted name: the path in a YAML file and, after `--`, the flag.
    pub key: &'static str,
    /// What its value must look like.
    pub kind: Kind,
    /// Value used when nothing is given; empty means "not set". `{data_dir}` stands for the data folder.
    pub default: &'static str,
    /// One line for `--help` and the manual.
    pub help: &'static str,
    /// Never shown in faults or logs, and may be given as a file (`<key>_file`).
    pub secret: bool,
}

/// Every setting, in the order of the manual: general ones first, then section by section; a line each.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    open("data_dir", Kind::Path, "data", "folder for the SQLite file, the master key, demo certificates and the refusal journal"),
    open("demo", Kind::Bool, "false", "create the demo tenant with its public passwords; never on a reachable host"),
    open("server.url", Kind::Url, "", "the one public address, for issuers and links; not set: the address each request was reached by"),
    open("server.mtls_url", Kind::Url, "", "a second public address for clients with certificates, published as mtls_endpoint_aliases"),
    open("server.bind", Kind::Addresses, "0.0.0.0", "addresses to listen on, separated by commas; `localhost` means 127.0.0.1 and ::1"),
    open("server.port", Kind::Port, "8443", "port of the HTTPS listener; 0 lets the system choose"),
    open("server.mtls_port", Kind::Port, "", "port of a second listener with the same endpoints, for server.mtls_url"),
    open("server.certificate.cert_path", Kind::Path, "", "PEM file of the server certificate, leaf first, then intermediates; read again when it changes"),
    open("server.certificate.key_path", Kind::Path, "", "PEM file of the private key of the server certificate"),
    open("server.client_certificate_header", Kind::Text, "", "header in which a proxy sends the client certificate (X-SSL-CERT, Client-Cert, X-Forwarded-Client-Cert)"),
    open("server.trusted_proxies", Kind::Networks, "", "networks whose certificate, forwarding and request-id headers are believed, e.g. 10.0.0.0/8"),
    open("server.dangerous_disable_tls", Kind::Bool, "false", "speak plain HTTP; only behind a proxy on the same host"),
    open("server.http_logs", Kind::Bool, "false", "log a line for every request, not only for refused ones"),
    open("server.max_connections", Kind::Number { min: 1, max: 1_000_000 }, "10000", "connections open at one time; more wait to be accepted"),
    open("server.drain_timeout", Kind::Duration, "20s", "how long requests under way may take to finish after SIGTERM"),
    open("limits.body_size", Kind::Size, "64KiB", "largest request body of protocol endpoints and pages"),
    open("limits.management_body_size", Kind::Size, "4MiB", "largest request body of the management APIs"),
    open("limits.request_timeout", Kind::Duration, "30s", "longest time one request may take; then 503"),
    open("limits.registrations", Kind::Number { min: 0, max: 1_000_000 }, "100", "clients one address may register in an hour where no initial access token is needed"),
    open("limits.accounts", Kind::Number { min: 0, max: 1_000_000 }, "30", "tries of one address (IPv6: /64) in an hour to make an account, where people may; 0: none"),
    open("limits.password_hashes", Kind::Number { min: 0, max: 1024 }, "0", "passwords hashed at one time (19 MiB each); 0 means one for each core"),
    open("limits.authorize_per_minute", Kind::Number { min: 0, max: 1_000_000 }, "300", "people that one address (IPv6: /64) may send to log in or consent in a minute, and answers that one person's browser gets in a minute without a page; further ones are sent away; 0: no limit"),
    open("limits.client_failures_per_minute", Kind::Number { min: 0, max: 1_000_000 }, "60", "failed authentications of a client from one address in a minute, before it gets 429; 0: no limit"),
    secret("sql.url", Kind::Database, "sqlite:{data_dir}/symbolon.db", "where data is kept: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, or `sqlite::memory:` for nothing kept"),
    open("sql.root_ca", Kind::Path, "", "PEM file of the authorities that the PostgreSQL server's certificate must come from; not set: the system's"),
    open("sql.max_open_conns", Kind::Number { min: 1, max: 1000 }, "16", "database connections this node may open"),
    secret("secret.key", Kind::Key, "", "master key that seals private keys in the database, 32 characters or more; with SQLite one is made in the data folder"),
    secret("secret.previous_keys", Kind::Keys, "", "earlier master keys, separated by commas, still used to open what they sealed"),
    open("logging.level", Kind::LogFilter, "info", "error, warn, info, debug or trace, or a filter such as `info,symbolon_store=debug`"),
    open("logging.format", Kind::Choice(&["human", "json"]), "human", "how log lines look"),
    open("metrics.enabled", Kind::Bool, "true", "serve Prometheus metrics on a listener of their own"),
    open("metrics.address", Kind::Address, "127.0.0.1:9000", "address of the metrics listener: /metrics and /alive, plain HTTP"),
    open("client.root_ca", Kind::Path, "", "PEM file of more certificate authorities for fetches that the server makes (jwks_uri and such)"),
    open("client.allow_private_addresses", Kind::Bool, "false", "let those fetches reach loopback and private addresses"),
    open("client.timeout", Kind::Duration, "5s", "longest time such a fetch may take"),
];

/// The setting with this dotted name.
#[must_use]
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Setting {
    /// The environment variable: upper case, `_` between levels.
    #[must_use]
    pub fn variable(&self) -> String {
        self.key.replace('.', "_").to_uppercase()
    }
}

const fn open(key: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Setting {
    Setting { key, kind, default, help, secret: false }
}

const fn secret(key: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Setting {
    Setting { key, kind, default, help, secret: true }
}
