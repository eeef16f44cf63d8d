//! The folder of certificates that openssl.sh makes, once a run.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use rustls::pki_types::CertificateDer;
use symbolon_pki::{Certificate, parse_pem_bundle};
use tempfile::TempDir;

static FOLDER: OnceLock<TempDir> = OnceLock::new();

pub(crate) const DAY: i64 = 86_400;

fn folder() -> PathBuf {
    let made = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let script = include_str!("openssl.sh");
        let out = Command::new("bash").args(["-c", script]).current_dir(folder.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        folder
    });
    made.path().to_owned()
}

/// The text of one file.
pub(crate) fn text(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The first certificate of `NAME.pem`.
pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate::from_pem(&text(&format!("{name}.pem"))).unwrap()
}

/// The certificates of several files, as a client would send them.
pub(crate) fn chain(names: &[&str]) -> Vec<CertificateDer<'static>> {
    let files = names.iter().map(|name| text(&format!("{name}.pem")));
    files
        .flat_map(|file| parse_pem_bundle(&file).unwrap())
        .map(|certificate| certificate.der().clone())
        .collect()
}

/// A moment at which everything made is valid.
pub(crate) fn now() -> i64 {
    certificate("leaf").not_before() + 3600
}

/// What the openssl command line prints, run in the folder; `stdin` is given to it.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let out = Command::new("openssl").args(arguments).current_dir(folder()).output().unwrap();
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim_end().to_owned()
}

/// Writes a file into the folder and returns its name.
pub(crate) fn save(file: &str, content: &str) -> String {
    std::fs::write(folder().join(file), content).unwrap();
    file.to_owned()
}
