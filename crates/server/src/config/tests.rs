//! What an operator gives, and what comes of it.

use std::{fs, path::PathBuf};

use super::*;

/// The least that makes a configuration: TLS off needs no certificate.
fn least() -> Sources {
    Sources { flags: vec![flag("server.dangerous_disable_tls", "true")], ..Sources::default() }
}

fn flag(key: &str, text: &str) -> (String, String) {
    (key.to_owned(), text.to_owned())
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

fn faults(sources: &Sources) -> Vec<String> {
    Config::load(sources).unwrap_err().faults.iter().map(ToString::to_string).collect()
}

#[test]
fn every_setting_has_a_field_and_every_field_a_setting() {
    let mut values = values::read(&sources::Merged::new(), &mut Vec::new());
    Config::build(&mut values);
    let mut asked = values.asked;
    asked.sort_unstable();
    let mut table: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
    table.sort_unstable();
    assert_eq!(asked, table);
}

#[test]
fn every_default_is_a_value_of_its_kind() {
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        assert!(
            setting.kind.read(&setting.default.replace("{data_dir}", "data")).is_some(),
            "{}",
            setting.key
        );
    }
}

#[test]
fn environment_names_are_distinct() {
    let mut names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SETTINGS.len());
}

#[test]
fn defaults_make_a_configuration() {
    let config = Config::load(&least()).unwrap();
    assert_eq!(config.server.port, 8443);
    assert_eq!(config.sql.sqlite_path(), Some(PathBuf::from("data/symbolon.db")));
    assert_eq!(config.limits.body_size, 65_536);
    assert_eq!(config.metrics.address.to_string(), "127.0.0.1:9000");
    assert!(!config.demo);
}

#[test]
fn the_later_source_wins_setting_by_setting() {
    let files = Files::new();
    let first = files.write(
        "a.yaml",
        "server:\n  port: 1001\n  max_connections: 1\n  bind: 192.0.2.1\nlogging:\n  level: warn\n",
    );
    let second = files.write("b.yaml", "server:\n  port: 1002\n  max_connections: 2\n");
    let mut sources = least();
    sources.presets = vec![("logging.level", "error".to_owned()), ("data_dir", "elsewhere".to_owned())];
    sources.files = vec![first, second];
    sources.environment = vec![flag("SERVER_PORT", "1003"), flag("PATH", "/bin"), flag("SERVER_BIND", "")];
    sources.flags.push(flag("server.port", "1004"));
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.server.port, 1004);
    assert_eq!(config.server.max_connections, 2);
    assert_eq!(config.server.bind, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
    assert_eq!(config.logging.level, "warn");
    assert_eq!(config.data_dir, PathBuf::from("elsewhere"));
    assert_eq!(config.sql.sqlite_path(), Some(PathBuf::from("elsewhere/symbolon.db")));

    sources.flags.pop();
    assert_eq!(Config::load(&sources).unwrap().server.port, 1003);
    sources.environment.clear();
    assert_eq!(Config::load(&sources).unwrap().server.port, 1002);
}

#[test]
fn all_faults_come_at_once_with_place_and_expectation() {
    let files = Files::new();
    let path = files.write(
        "site.yaml",
        "server:\n  prot: 1\n  port: 70000\n  certificate:\n    cert_path: c.pem\nlogging: loud\nsql:\n  url: mysql://u:hunter2@h/d\nnothing_like_it: 1\n",
    );
    let mut sources = Sources { files: vec![path.clone()], ..Sources::default() };
    sources.environment = vec![flag("METRICS_ADDRESS", "9000")];
    sources.flags = vec![flag("client.timeout", "5")];
    let site = path.display().to_string();
    let found: Vec<_> = faults(&sources).iter().map(|fault| fault.replace(&site, "site.yaml")).collect();
    assert_eq!(
        found,
        [
            "site.yaml:2: server.prot: there is no such setting; did you mean server.port?",
            "site.yaml:6: logging: expected a section with settings, got a value",
            "site.yaml:9: nothing_like_it: there is no such setting; `symbolon settings` lists them all",
            "site.yaml:3: server.port: expected a port number from 0 to 65535, got \"70000\"",
            "site.yaml:8: sql.url: expected sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
            "environment variable METRICS_ADDRESS: metrics.address: expected an address and a port such as 127.0.0.1:9000, got \"9000\"",
            "flag --client.timeout: client.timeout: expected a duration with a unit such as 500ms, 30s or 1h30m, got \"5\"",
            "server.certificate.key_path: missing, but server.certificate.cert_path is set: a certificate needs its key",
        ]
    );
}

/// A file (or flag) and the one fault that it must give.
#[test]
fn each_fault_names_its_cure() {
    let table = [
        ("server: [\n", "this is no YAML"),
        ("- a\n- b\n", "expected sections such as `server:`"),
        (
            "server:\n  port: {a: 1}\n",
            "server.port: expected a port number from 0 to 65535, got a section or a list",
        ),
        ("server:\n  port: [1, 2]\n", "server.port: expected a port number"),
        (
            "server:\n  trusted_proxies: [[10.0.0.0/8]]\n",
            "server.trusted_proxies: expected a list of plain values",
        ),
        ("server:\n  trusted_proxies: [10.0.0.0/99]\n", "server.trusted_proxies: expected address ranges"),
        (
            "server:\n  bind: example.com\n",
            "server.bind: expected IP addresses separated by commas, or localhost",
        ),
        (
            "server:\n  url: https://h/path\n",
            "server.url: expected an address such as https://login.example.com",
        ),
        ("server:\n  client_certificate_header: X-SSL-CERT\n", "server.trusted_proxies: missing"),
        ("server:\n  mtls_port: 8443\n", "server.mtls_port: expected another port than server.port"),
        (
            "server:\n  max_connections: 0\n",
            "server.max_connections: expected a whole number from 1 to 1000000",
        ),
        (
            "secret:\n  key: 12345678901234567890123456789012345678e5\n",
            "secret.key: this number would lose digits: put it in quotes",
        ),
        ("secret:\n  key: 1234567890123456789012345678901234567890123\n", "put it in quotes"),
        ("secret:\n  key: short\n", "secret.key: expected a key of 32 characters or more"),
        ("secret:\n  key_file: /nowhere/key\n", "secret.key_file: cannot read /nowhere/key"),
        ("logging:\n  format: xml\n", "logging.format: expected one of: human, json, got \"xml\""),
        ("logging:\n  level: \"a=b=c\"\n", "logging.level: expected a level"),
        ("demo: maybe\n", "demo: expected true or false, got \"maybe\""),
        ("server:\n  port_file: x\n", "server.port_file: there is no such setting"),
    ];
    let files = Files::new();
    for (text, expected) in table {
        let sources = Sources { files: vec![files.write("c.yaml", text)], ..least() };
        let found = faults(&sources);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains(expected), "{text}: {found:?}");
    }
}

#[test]
fn a_missing_file_is_one_sentence() {
    let sources = Sources { files: vec![PathBuf::from("/nowhere/c.yaml")], ..least() };
    assert_eq!(
        Config::load(&sources).unwrap_err().to_string(),
        "the configuration has a fault: /nowhere/c.yaml: cannot read this file: No such file or directory (os error 2)"
    );
}

#[test]
fn serving_needs_a_certificate_or_plain_http_said_aloud() {
    assert!(faults(&Sources::default())[0].starts_with("server.certificate.cert_path: missing"));
    let mut both = least();
    both.flags.push(flag("server.certificate.cert_path", "c.pem"));
    both.flags.push(flag("server.certificate.key_path", "k.pem"));
    assert!(faults(&both)[0].contains("keep one of the two"));
    both.flags.remove(0);
    let config = Config::load(&both).unwrap();
    assert_eq!(config.server.certificate.unwrap().key_path, PathBuf::from("k.pem"));
    both.flags.push(flag("server.url", "http://login.example.com"));
    assert_eq!(faults(&both), ["flag --server.url: server.url: expected https: this server speaks TLS"]);
}

#[test]
fn secrets_come_from_files_and_never_show() {
    let files = Files::new();
    let key = "k".repeat(32);
    let path = files.write("key", &format!("{key}\n")).display().to_string();
    let mut sources = least();
    sources.environment = vec![flag("SECRET_KEY_FILE", &path)];
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.secret.key.as_ref().unwrap().expose(), key);
    assert!(!format!("{config:?}").contains(&key));

    sources.environment.push(flag("SECRET_KEY", &key));
    let found = faults(&sources);
    assert!(found[0].contains("secret.key is given too"), "{found:?}");

    // A stronger source replaces a weaker one whichever form either has.
    sources.environment.pop();
    sources.flags.push(flag("secret.key", &"f".repeat(40)));
    assert_eq!(Config::load(&sources).unwrap().secret.key.unwrap().expose(), "f".repeat(40));

    let short = files.write("short", "hunter2").display().to_string();
    sources.flags = vec![flag("server.dangerous_disable_tls", "true"), flag("secret.key_file", &short)];
    let error = Config::load(&sources).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn lists_are_texts_with_commas_or_yaml_lists() {
    let files = Files::new();
    let path = files
        .write("c.yaml", "server:\n  bind: [127.0.0.1, \"::1\"]\n  trusted_proxies: 10.0.0.0/8, fd00::/8\n");
    let config = Config::load(&Sources { files: vec![path], ..least() }).unwrap();
    assert_eq!(config.server.bind.len(), 2);
    assert_eq!(config.server.trusted_proxies[1].to_string(), "fd00::/8");
}

#[test]
fn an_address_that_follows_the_request_is_worth_a_warning_outside_demos() {
    let cautions = |flags: &[(&str, &str)]| {
        let mut sources = least();
        sources.flags.extend(flags.iter().map(|(key, text)| flag(key, text)));
        Config::load(&sources).unwrap().cautions()
    };
    assert!(cautions(&[])[0].starts_with("server.url is not set"));
    assert!(cautions(&[("server.url", "https://id.example.com")]).is_empty());
    assert!(cautions(&[("demo", "true")]).is_empty());
}
