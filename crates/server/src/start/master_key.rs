//! The master key: from the settings, else from a file in the data folder that the first start makes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use symbolon_store::seal::MASTER_KEY_LEN;
use zeroize::{Zeroize as _, Zeroizing};

use crate::config::{Config, SecretText};
use crate::rng::Rng;
use crate::secrets::sha256;

/// The file in the data folder.
pub const FILE: &str = "master.key";

/// The key that seals, and those that only open. Wiped when dropped.
pub struct Master {
    /// Seals and opens.
    pub current: [u8; MASTER_KEY_LEN],
    /// Open only.
    pub previous: Vec<[u8; MASTER_KEY_LEN]>,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// With a database that several nodes share, each node must be given the key.
    #[error(
        "secret.key is missing: with PostgreSQL every node needs the same master key; make one with \
         `openssl rand -base64 32 > master.key` and set secret.key_file"
    )]
    Missing,
    /// The file cannot be read or made.
    #[error("cannot read or make the master key {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is too short to be a key.
    #[error(
        "the master key {0} has fewer than 32 characters: restore it from a backup; without it the database cannot be read"
    )]
    TooShort(PathBuf),
}

/// The master key of the settings. With SQLite and none in the settings: that of the data folder, made when there is
/// none; with a database that is gone afterwards, a random one.
///
/// # Errors
/// When it is missing or its file cannot be used.
pub fn load_or_create(config: &Config, rng: &Rng) -> Result<Master, MasterKeyError> {
    let previous = config.secret.previous_keys.iter().map(|key| derive(key.expose())).collect();
    let current = match (&config.secret.key, config.sql.url.expose()) {
        (Some(key), _) => derive(key.expose()),
        (None, "sqlite::memory:") => rng.bytes(),
        (None, url) if url.starts_with("sqlite:") => {
            derive(from_file(&config.data_dir.join(FILE), rng)?.expose())
        }
        (None, _) => return Err(MasterKeyError::Missing),
    };
    Ok(Master { current, previous })
}

/// The key of the given text, which is random already: a digest brings it to its length.
fn derive(text: &str) -> [u8; MASTER_KEY_LEN] {
    sha256(text.as_bytes())
}

fn from_file(path: &Path, rng: &Rng) -> Result<SecretText, MasterKeyError> {
    let failed = |error| MasterKeyError::File { path: path.to_owned(), error };
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = Zeroizing::new(rng.secret());
            match write_new(path, &text) {
                Ok(()) => text,
                // Another process was faster: its key is the one.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Zeroizing::new(fs::read_to_string(path).map_err(failed)?)
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Err(error) => return Err(failed(error)),
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.chars().count() < 32 {
        return Err(MasterKeyError::TooShort(path.to_owned()));
    }
    Ok(SecretText::new(text))
}

/// Whole or not at all: the file appears under its name when it is complete and on the disk.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let temporary = path.with_extension(format!("key.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n"))?;
    file.sync_all()?;
    // A link, not a rename: it fails when the name is taken.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    linked
}

impl Drop for Master {
    fn drop(&mut self) {
        self.current.zeroize();
        self.previous.zeroize();
    }
}
