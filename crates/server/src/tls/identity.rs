//! The server's own certificate and key: read at start, and again when the files change.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use symbolon_pki::make::{MakeError, PrivateKey};
use symbolon_pki::{PemError, parse_pem_bundle};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::config::CertificatePaths;
use crate::secrets::sha256;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_secs(5);

/// In place of a digest: no SHA-256 is known to be this.
const UNREADABLE: [u8; 32] = [0; 32];

/// The certificate this server shows. One for all connections; a new one counts from the next handshake on.
pub struct ServerIdentity {
    paths: CertificatePaths,
    current: ArcSwap<CertifiedKey>,
    /// SHA-256 of the files as they were last read, good or bad.
    seen: Mutex<[u8; 32]>,
}

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The certificate file.
    #[error("{}: {error}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: PemError,
    },
    /// The key file.
    #[error("{}: {error}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: MakeError,
    },
    /// The two do not belong together.
    #[error("the key in {} does not belong to the first certificate in {} ({subject})", key.display(), certificate.display())]
    NoPair {
        /// The key file.
        key: PathBuf,
        /// The certificate file.
        certificate: PathBuf,
        /// Subject of that certificate.
        subject: String,
    },
}

impl ServerIdentity {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// When a file cannot be read or used, or the two are no pair.
    pub fn load(paths: &CertificatePaths) -> Result<Arc<Self>, IdentityError> {
        let files = Files::read(paths)?;
        let current = files.parse(paths)?;
        Ok(Arc::new(Self {
            paths: paths.clone(),
            current: ArcSwap::from_pointee(current),
            seen: Mutex::new(files.digest()),
        }))
    }

    /// Reads the files again if they have changed since. `Ok(true)`: a new certificate is in use.
    ///
    /// # Errors
    /// When the new files cannot be used: the certificate in use stays. The same files are not tried twice.
    pub fn reload(&self) -> Result<bool, IdentityError> {
        let files = Files::read(&self.paths);
        let digest = files.as_ref().map_or(UNREADABLE, Files::digest);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == digest {
            return Ok(false);
        }
        *seen = digest;
        let renewed = files?.parse(&self.paths)?;
        self.current.store(Arc::new(renewed));
        Ok(true)
    }

    /// Looks at the files every few seconds, and on SIGHUP, until `stop`.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) {
        // Without the signal, the clock alone does.
        let mut hangup = signal(SignalKind::hangup()).ok();
        loop {
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
                _ = asked => {}
            }
            let identity = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || identity.reload()).await {
                Ok(Ok(true)) => {
                    tracing::info!(path = %self.paths.cert_path.display(), "new server certificate in use");
                }
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, "the server certificate cannot be renewed; the old one stays");
                }
            }
        }
    }
}

impl ResolvesServerCert for ServerIdentity {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

impl fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerIdentity").field("paths", &self.paths).finish_non_exhaustive()
    }
}

struct Files {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Files {
    fn read(paths: &CertificatePaths) -> Result<Self, IdentityError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| IdentityError::Read { path: path.to_owned(), error })
        };
        Ok(Self { certificate: read(&paths.cert_path)?, key: Zeroizing::new(read(&paths.key_path)?) })
    }

    fn digest(&self) -> [u8; 32] {
        sha256(&[sha256(&self.certificate), sha256(&self.key)].concat())
    }

    fn parse(&self, paths: &CertificatePaths) -> Result<CertifiedKey, IdentityError> {
        let CertificatePaths { cert_path, key_path } = paths;
        let chain = parse_pem_bundle(&String::from_utf8_lossy(&self.certificate))
            .map_err(|error| IdentityError::Certificate { path: cert_path.clone(), error })?;
        let text = std::str::from_utf8(&self.key).unwrap_or_default();
        let key = PrivateKey::from_pem(text)
            .map_err(|error| IdentityError::Key { path: key_path.clone(), error })?;
        let leaf = chain.first().filter(|leaf| leaf.spki_der() == key.spki_der());
        if leaf.is_none() {
            return Err(IdentityError::NoPair {
                key: key_path.clone(),
                certificate: cert_path.clone(),
                subject: chain.first().map(|leaf| leaf.subject().to_string()).unwrap_or_default(),
            });
        }
        let chain = chain.iter().map(|certificate| certificate.der().clone()).collect();
        Ok(CertifiedKey::new(chain, key.to_rustls()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symbolon_pki::make::{Contents, KeyType, Purpose, Validity, self_signed};

    fn pair(name: &str) -> (String, Zeroizing<String>) {
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let contents = Contents {
            subject: format!("CN={name}").parse().unwrap(),
            alt_names: symbolon_pki::SubjectAltNames::for_hosts(["localhost"]),
            validity: Validity { not_before: 0, not_after: 4_000_000_000 },
            serial: [1; 16],
        };
        let certificate = self_signed(Purpose::Server, &key, &contents).unwrap();
        (certificate.to_pem(), key.to_pem())
    }

    fn shown(identity: &ServerIdentity) -> String {
        let leaf = identity.current.load().cert[0].clone();
        symbolon_pki::Certificate::from_der(leaf.as_ref()).unwrap().subject().to_string()
    }

    #[test]
    fn a_changed_pair_is_taken_and_a_bad_one_leaves_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let paths = CertificatePaths {
            cert_path: folder.path().join("cert.pem"),
            key_path: folder.path().join("key.pem"),
        };
        let (certificate, key) = pair("one");
        std::fs::write(&paths.cert_path, certificate).unwrap();
        std::fs::write(&paths.key_path, key.as_bytes()).unwrap();
        let identity = ServerIdentity::load(&paths).unwrap();
        assert_eq!((identity.reload().unwrap(), shown(&identity).as_str()), (false, "CN=one"));

        let (certificate, key) = pair("two");
        std::fs::write(&paths.cert_path, &certificate).unwrap();
        let error = identity.reload().unwrap_err();
        assert!(matches!(&error, IdentityError::NoPair { subject, .. } if subject == "CN=two"), "{error}");
        assert!(!identity.reload().unwrap(), "told once");
        assert_eq!(shown(&identity), "CN=one");

        std::fs::write(&paths.key_path, key.as_bytes()).unwrap();
        assert!(identity.reload().unwrap(), "the key has arrived");
        assert_eq!(shown(&identity), "CN=two");

        std::fs::write(&paths.cert_path, "nonsense").unwrap();
        assert!(matches!(identity.reload(), Err(IdentityError::Certificate { .. })));
        std::fs::remove_file(&paths.cert_path).unwrap();
        assert!(matches!(identity.reload(), Err(IdentityError::Read { .. })));
        assert!(!identity.reload().unwrap(), "told once");
        assert_eq!(shown(&identity), "CN=two");

        std::fs::write(&paths.cert_path, &certificate).unwrap();
        assert!(identity.reload().is_ok());
        assert_eq!(shown(&identity), "CN=two");
    }
}
