//! The public keys of a client: those in its `jwks`, or those behind its `jwks_uri` (RFC 7591 §2).
//!
//! One cache for every use: certificates of `self_signed_tls_client_auth`, assertions, request objects, and keys that
//! answers are encrypted to. A remote set is read through [`crate::fetch`] and remembered. What a remembered set lacks
//! has it read anew, as the client may have changed its keys, but seldom: anybody can cause it.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::Cache;
use symbolon_jose::{Algorithm, Error, Jwk, JwkSet, UnverifiedJwt, VerifiedJwt};
use symbolon_pki::Certificate;
use symbolon_protocol::OAuthError;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::snapshot::{Client, PublicKeys};

/// Largest JWK Set that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// Most keys of a set: a signature that names none is tried with each.
const MOST_KEYS: usize = 100;
/// How many remote sets are remembered.
const SETS: usize = 1_000;
/// A remote set is read anew after so many seconds.
const FRESH_SECONDS: i64 = 300;
/// A key that a remembered set lacks has it read anew, and so does a set that could not be read. But not more often
/// than this, in seconds.
const RETRY_SECONDS: i64 = 10;
/// While a remote set cannot be read, what was read before counts for so many seconds.
const STALE_SECONDS: i64 = 3600;

/// Why a signature of a client was not verified.
#[derive(Debug)]
pub enum KeyError {
    /// The keys cannot be read now: `temporarily_unavailable`.
    Unreadable(OAuthError),
    /// The token is not good under the client's keys.
    Refused(Error),
}

/// Verifies a JWS that the client should have signed with one of its private keys. `allowed` are the algorithms that
/// the caller accepts; the keys themselves never serve an HMAC.
///
/// # Errors
/// [`KeyError::Refused`] when no key of the client fits, [`KeyError::Unreadable`] when the `jwks_uri` does not answer.
pub async fn verify(
    cx: &Cx,
    client: &Client,
    token: &UnverifiedJwt<'_>,
    allowed: &[Algorithm],
) -> Result<VerifiedJwt, KeyError> {
    verify_with(cx, &client.keys, client.entity.jwks_uri.as_deref(), token, allowed).await
}

/// The same by the keys of anybody: those at hand, and those at a URL.
///
/// # Errors
/// As [`verify`].
pub async fn verify_with(
    cx: &Cx,
    keys: &PublicKeys,
    jwks_uri: Option<&str>,
    token: &UnverifiedJwt<'_>,
    allowed: &[Algorithm],
) -> Result<VerifiedJwt, KeyError> {
    let mut last = Error::NoMatchingKey { kid: token.header().kid.clone(), algorithm: token.header().alg };
    let verified = find_among(cx, keys, jwks_uri, |keys| match token.verify(&keys.verification, allowed) {
        Ok(verified) => Some(Ok(verified)),
        // A key that was changed under its old name gives a bad signature.
        Err(error @ (Error::NoMatchingKey { .. } | Error::BadSignature)) => {
            last = error;
            None
        }
        Err(error) => Some(Err(error)),
    });
    match verified.await {
        Ok(Some(Ok(verified))) => Ok(verified),
        Ok(Some(Err(error))) => Err(KeyError::Refused(error)),
        Ok(None) => Err(KeyError::Refused(last)),
        Err(error) => Err(KeyError::Unreadable(error)),
    }
}

/// A key of the client to encrypt to with a JWE `alg`; `None` when it has none.
///
/// # Errors
/// `temporarily_unavailable` when the `jwks_uri` does not answer.
pub async fn encryption(cx: &Cx, client: &Client, alg: &str) -> Result<Option<Jwk>, OAuthError> {
    find(cx, client, |keys| keys.encryption(alg, None).cloned()).await
}

/// Whether the client has this certificate or its key.
///
/// # Errors
/// `temporarily_unavailable` when the `jwks_uri` does not answer.
pub async fn hold(cx: &Cx, client: &Client, certificate: &Certificate) -> Result<bool, OAuthError> {
    Ok(find(cx, client, |keys| keys.holds(certificate).then_some(())).await?.is_some())
}

/// What `look` finds in the keys of the client.
async fn find<T>(
    cx: &Cx,
    client: &Client,
    look: impl FnMut(&PublicKeys) -> Option<T>,
) -> Result<Option<T>, OAuthError> {
    find_among(cx, &client.keys, client.entity.jwks_uri.as_deref(), look).await
}

async fn find_among<T>(
    cx: &Cx,
    keys: &PublicKeys,
    jwks_uri: Option<&str>,
    mut look: impl FnMut(&PublicKeys) -> Option<T>,
) -> Result<Option<T>, OAuthError> {
    if let Some(found) = look(keys) {
        return Ok(Some(found));
    }
    match jwks_uri.filter(|url| !url.is_empty()) {
        Some(url) => cx.app.memory.remote_keys.find(cx, url, look).await,
        None => Ok(None),
    }
}

/// Key sets behind URLs, remembered for a while.
pub struct RemoteKeys(Cache<String, Arc<Remote>>);

/// One URL.
#[derive(Default)]
struct Remote {
    /// Held by the one who asks, so that a hundred requests at once ask once.
    asking: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Option<(Arc<PublicKeys>, Timestamp)>,
    tried_at: Option<Timestamp>,
}

impl Default for RemoteKeys {
    fn default() -> Self {
        Self(Cache::new(SETS))
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteKeys({})", self.0.len())
    }
}

impl RemoteKeys {
    /// What `look` finds in the set at `url`: in the remembered one if it is fresh, else in the one that is there now.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the set cannot be read and was not read lately.
    pub async fn find<T>(
        &self,
        cx: &Cx,
        url: &str,
        mut look: impl FnMut(&PublicKeys) -> Option<T>,
    ) -> Result<Option<T>, OAuthError> {
        let new = || Ok::<_, Infallible>(Arc::<Remote>::default());
        let Ok(remote) = self.0.get_or_insert_with(url, new);
        if let Some(keys) = remote.known().fresh(cx.now)
            && let Some(found) = look(&keys)
        {
            return Ok(Some(found));
        }
        let asking = remote.asking.lock().await;
        // Whoever held the lock may have brought what was missing.
        let known = remote.known();
        if known.was_tried_just_now(cx.now) {
            return match known.usable(cx.now) {
                Some(keys) => Ok(look(&keys)),
                None => Err(unreadable(url, &"the last try was moments ago")),
            };
        }
        let fetched = fetch(cx, url).await;
        let mut known = remote.known();
        known.tried_at = Some(cx.now);
        let outcome = match fetched {
            Ok(keys) => {
                let keys = Arc::new(keys);
                known.keys = Some((Arc::clone(&keys), cx.now));
                Ok(keys)
            }
            Err(error) => known.usable(cx.now).ok_or(error),
        };
        remote.learn(known);
        drop(asking);
        outcome.map(|keys| look(&keys))
    }
}

impl Remote {
    fn known(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Known {
    fn fresh(&self, now: Timestamp) -> Option<Arc<PublicKeys>> {
        self.younger_than(FRESH_SECONDS, now)
    }

    fn usable(&self, now: Timestamp) -> Option<Arc<PublicKeys>> {
        self.younger_than(STALE_SECONDS, now)
    }

    fn younger_than(&self, seconds: i64, now: Timestamp) -> Option<Arc<PublicKeys>> {
        let (keys, read_at) = self.keys.as_ref()?;
        (now.seconds() - read_at.seconds() < seconds).then(|| Arc::clone(keys))
    }

    fn was_tried_just_now(&self, now: Timestamp) -> bool {
        self.tried_at.is_some_and(|at| now.seconds() - at.seconds() < RETRY_SECONDS)
    }
}

async fn fetch(cx: &Cx, url: &str) -> Result<PublicKeys, OAuthError> {
    let body = cx.app.fetcher.get(url, MAX_BYTES).await.map_err(|error| unreadable(url, &error))?;
    let set: JwkSet = serde_json::from_slice(&body).map_err(|error| unreadable(url, &error))?;
    match set.keys.len() > MOST_KEYS {
        true => Err(unreadable(url, &format!("it has more than {MOST_KEYS} keys"))),
        false => Ok(PublicKeys::of_set(set)),
    }
}

fn unreadable(url: &str, error: &dyn fmt::Display) -> OAuthError {
    OAuthError::temporarily_unavailable("jwks_uri_unreadable")
        .description("The jwks_uri of the client could not be read.")
        .detail(error)
        .got(url)
}
