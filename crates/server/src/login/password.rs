//! Passwords: argon2id, a bounded number at a time, off the threads that serve requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// How many callers may wait for a hash before further ones are sent away.
const WAITING: usize = 64;
/// Memory of one hash in KiB, OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Longer passwords, in bytes, are refused unhashed.
pub const MAX_LENGTH: usize = 1024;

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// How many hashes were computed.
    computed: Arc<Computed>,
    /// A hash that nothing matches, so that an unknown user costs as much time as a known one.
    nobody: String,
}

/// Counts hashes.
#[derive(Debug, Default)]
struct Computed(AtomicU64);

/// Why a password was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many logins are being checked.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash could not be made.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

impl Passwords {
    /// Ready to hash, `concurrent` at a time (each takes its memory and a core; 0: one for each core). `salt` is for
    /// the hash that stands for users who do not exist.
    ///
    /// # Errors
    /// When the hash function cannot run with its parameters.
    pub fn new(salt: [u8; 16], concurrent: usize) -> Result<Self, PasswordError> {
        let nobody = hash_now("", salt)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let concurrent = if concurrent == 0 { cores() } else { concurrent };
        Ok(Self {
            running: Arc::new(Semaphore::new(concurrent)),
            admitted: Arc::new(Semaphore::new(concurrent + WAITING)),
            computed: Arc::default(),
            nobody,
        })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// When too many are waiting.
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
        let password = password.to_owned();
        self.run(move |computed| computed.hash(&password, salt)).await?
    }

    /// The same for a password that is judged first, where the hash would be computed: that takes its time too.
    ///
    /// # Errors
    /// When too many are waiting. In it, why the password is not good.
    pub async fn hash_if<E: Send + 'static>(
        &self,
        password: &str,
        salt: [u8; 16],
        is_good: impl FnOnce(&str) -> Result<(), E> + Send + 'static,
    ) -> Result<Result<String, E>, PasswordError> {
        let password = password.to_owned();
        let hashed = self.run(move |computed| match is_good(&password) {
            Ok(()) => computed.hash(&password, salt).map(Ok),
            Err(fault) => Ok(Err(fault)),
        });
        hashed.await?
    }

    /// Whether the password is the one that was hashed. Without a hash (no such user) it takes as long and says no.
    ///
    /// # Errors
    /// When too many are waiting.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        if password.len() > MAX_LENGTH {
            return Ok(false);
        }
        let (known, hash) = (hash.is_some(), hash.unwrap_or(&self.nobody).to_owned());
        let password = password.to_owned();
        let matches = self.run(move |computed| {
            computed.count();
            let Ok(hash) = PasswordHash::new(&hash) else { return false };
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        Ok(matches.await? && known)
    }

    /// How many hashes have been computed: what a login costs is seen by it.
    pub fn computed(&self) -> u64 {
        self.computed.0.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Computed) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // The work holds its place itself: it goes on when the caller hangs up, and its memory with it.
        let computed = Arc::clone(&self.computed);
        let work = move || {
            let _places = (admitted, running);
            work(&computed)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| PasswordError::Hash(error.to_string()))
    }
}

impl Computed {
    fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
        self.count();
        hash_now(password, salt)
    }
}

fn hash_now(password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| PasswordError::Hash(e.to_string()))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|e| PasswordError::Hash(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new([0; 16], 4).unwrap();
        let hash = passwords.hash("correct horse", [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse ", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let passwords = Passwords::new([0; 16], 4).unwrap();
        assert!(!passwords.verify("", None).await.unwrap());
    }

    #[tokio::test]
    async fn who_hangs_up_makes_no_room_while_the_work_goes_on() {
        let passwords = Arc::new(Passwords::new([0; 16], 1).unwrap());
        let (finish, wait) = std::sync::mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let caller = tokio::spawn({
            let passwords = Arc::clone(&passwords);
            async move {
                passwords
                    .run(move |_| {
                        begun.send(()).unwrap();
                        wait.recv()
                    })
                    .await
            }
        });
        has_begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.running.available_permits(), 0);
        finish.send(()).unwrap();
        let _place = passwords.running.acquire().await.unwrap();
    }

    #[tokio::test]
    async fn a_flood_is_sent_away() {
        let passwords = Arc::new(Passwords::new([0; 16], 4).unwrap());
        let admitted = passwords.admitted.try_acquire_many(68).unwrap();
        assert!(matches!(passwords.verify("x", None).await, Err(PasswordError::Busy)));
        drop(admitted);
        assert!(!passwords.verify("x", None).await.unwrap());
    }
}
