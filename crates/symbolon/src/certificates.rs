//! Certificates and keys in files: made for development, and by `quickstart`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use symbolon_pki::make::{Authority, Contents, KeyType, PrivateKey, Purpose, Validity, self_signed};
use symbolon_pki::{Certificate, DistinguishedName, SubjectAltNames};
use symbolon_server::clock::Clock;
use symbolon_server::rng::Rng;

const DAY: i64 = 86_400;

/// A certificate file and the file of its key.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// PEM of the certificate.
    pub(crate) certificate: PathBuf,
    /// PEM of the private key, readable by its owner alone.
    pub(crate) key: PathBuf,
}

/// What to put into a certificate.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// Subject, RFC 4514.
    pub(crate) subject: DistinguishedName,
    /// Alternative names.
    pub(crate) names: SubjectAltNames,
    /// Days that it is valid, from now.
    pub(crate) days: u32,
    /// Kind of its key.
    pub(crate) key: KeyType,
}

impl Pair {
    /// `ca.pem` and `ca-key.pem`.
    pub(crate) fn ca(folder: &Path) -> Self {
        Self { certificate: folder.join("ca.pem"), key: folder.join("ca-key.pem") }
    }

    /// `server.pem` and `server-key.pem`.
    pub(crate) fn server(folder: &Path) -> Self {
        Self { certificate: folder.join("server.pem"), key: folder.join("server-key.pem") }
    }

    /// `cert.pem` and `key.pem`: the names that the walk-through uses.
    pub(crate) fn client(folder: &Path) -> Self {
        Self { certificate: folder.join("cert.pem"), key: folder.join("key.pem") }
    }

    /// Whether both files are there.
    pub(crate) fn exists(&self) -> bool {
        self.certificate.exists() && self.key.exists()
    }

    /// Reads both as a CA.
    pub(crate) fn authority(&self) -> anyhow::Result<Authority> {
        let (certificate, key) = (read(&self.certificate)?, read(&self.key)?);
        Authority::from_pem(&certificate, &key)
            .with_context(|| format!("cannot issue with {}", self.certificate.display()))
    }

    /// Makes the certificate and writes both files. Without an issuer it is self-signed.
    ///
    /// # Errors
    /// When a file is there and `replace` is not said; when a file cannot be written.
    pub(crate) fn make(
        &self,
        request: &Request,
        issuer: Option<&Authority>,
        replace: bool,
    ) -> anyhow::Result<Certificate> {
        let key = PrivateKey::generate(request.key)?;
        let now = Clock::system().now().seconds();
        let contents = Contents {
            subject: request.subject.clone(),
            alt_names: request.names.clone(),
            // A little earlier: the clocks of two machines are never the same.
            validity: Validity { not_before: now - 300, not_after: now + i64::from(request.days) * DAY },
            serial: Rng::system().bytes(),
        };
        let certificate = match issuer {
            Some(issuer) => issuer.issue(request.purpose, key.spki_der(), &contents)?,
            None => self_signed(request.purpose, &key, &contents)?,
        };
        if !replace && let Some(there) = [&self.certificate, &self.key].into_iter().find(|path| path.exists())
        {
            bail!("{} is there already: --force replaces it, --out names another folder", there.display());
        }
        write(&self.key, &key.to_pem(), 0o600)?;
        write(&self.certificate, &certificate.to_pem(), 0o644)?;
        Ok(certificate)
    }
}

/// Reads the first certificate of a file.
pub(crate) fn read_certificate(path: &Path) -> anyhow::Result<Certificate> {
    Certificate::from_pem(&read(path)?).with_context(|| format!("{} is no certificate", path.display()))
}

/// The names by which this machine may call itself.
pub(crate) fn local_hosts() -> Vec<String> {
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    // Linux; elsewhere the three above do.
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_lowercase();
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if is_name && !hosts.contains(&name) {
        hosts.push(name);
    }
    hosts
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Through a file beside it, so that nobody reads half of it.
fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let write = || {
        let temporary = path.with_extension(format!("pem.{}", std::process::id()));
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        options.open(&temporary)?.write_all(text.as_bytes())?;
        fs::rename(&temporary, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
