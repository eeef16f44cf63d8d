//! The keys of a client, in its `jwks` or behind its `jwks_uri`, as certificates are compared with them.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_cache::sync::Cache;
use symbolon_jose::{Jwk, JwkSet, sha256};
use symbolon_pki::Certificate;
use symbolon_protocol::OAuthError;
use symbolon_store::entity::ClientJwks;

use crate::clock::Timestamp;
use crate::cx::Cx;

/// Largest JWK Set that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// How many remote sets are remembered.
const SETS: usize = 1_000;
/// A remote set is read anew after so many seconds.
const FRESH_SECONDS: i64 = 300;
/// A certificate that a remembered set lacks has it read anew, as a client may have rotated its key; and so does a set
/// that could not be read. But not more often than this, in seconds: anybody can cause it.
const RETRY_SECONDS: i64 = 10;
/// While a remote set cannot be read, what was read before counts for so many seconds.
const STALE_SECONDS: i64 = 3600;

/// Keys to compare certificates with.
#[derive(Debug, Default)]
pub struct RegisteredKeys(Vec<Registered>);

#[derive(Debug)]
enum Registered {
    /// SHA-256 of a certificate.
    Certificate([u8; 32]),
    /// RFC 7638 thumbprint of a public key.
    Key(String),
}

impl RegisteredKeys {
    /// The keys in a client's `jwks`. What cannot be read is left out.
    pub fn of_client(jwks: &ClientJwks) -> Self {
        let set = serde_json::to_value(jwks).and_then(serde_json::from_value::<JwkSet>).unwrap_or_default();
        Self::of_set(&set)
    }

    fn of_set(set: &JwkSet) -> Self {
        Self(set.keys.iter().filter_map(Registered::of).collect())
    }

    /// Whether this certificate, or its key, is among them.
    pub fn holds(&self, certificate: &Certificate) -> bool {
        let key = Jwk::from_spki_der(certificate.spki_der()).and_then(|jwk| jwk.thumbprint()).ok();
        self.0.iter().any(|registered| match registered {
            Registered::Certificate(digest) => digest == certificate.sha256_thumbprint(),
            Registered::Key(thumbprint) => key.as_ref() == Some(thumbprint),
        })
    }
}

impl Registered {
    fn of(jwk: &Jwk) -> Option<Self> {
        match jwk.x5c.as_ref().and_then(|chain| chain.first()) {
            Some(certificate) => Some(Self::Certificate(sha256(&STANDARD.decode(certificate).ok()?))),
            None => jwk.thumbprint().ok().map(Self::Key),
        }
    }
}

/// Sets behind URLs, remembered for a while.
pub struct RemoteKeys(Cache<Box<str>, Fetched>);

#[derive(Clone)]
struct Fetched {
    /// What was read last, and when.
    keys: Option<(Arc<RegisteredKeys>, Timestamp)>,
    /// When it was last tried.
    tried_at: Timestamp,
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
    /// Whether the set at `url` has this certificate or its key.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the set cannot be read and was not read lately.
    pub async fn holds(&self, cx: &Cx, url: &str, certificate: &Certificate) -> Result<bool, OAuthError> {
        let age = |at: Timestamp| cx.now.seconds() - at.seconds();
        let known = self.0.get(url);
        let keys = known.as_ref().and_then(|known| known.keys.clone());
        let holds = keys.as_ref().is_some_and(|(keys, _)| keys.holds(certificate));
        let fresh = keys.as_ref().is_some_and(|(_, read_at)| holds && age(*read_at) < FRESH_SECONDS);
        let just_tried = known.is_some_and(|known| age(known.tried_at) < RETRY_SECONDS);
        if fresh {
            return Ok(true);
        }
        let fetched = if just_tried {
            Err(unreadable(url, &"the last try was moments ago"))
        } else {
            fetch(cx, url).await
        };
        match fetched {
            Ok(keys) => {
                let holds = keys.holds(certificate);
                self.0.insert(url.into(), Fetched { keys: Some((Arc::new(keys), cx.now)), tried_at: cx.now });
                Ok(holds)
            }
            Err(error) => {
                let usable = keys.filter(|(_, read_at)| age(*read_at) < STALE_SECONDS);
                if !just_tried {
                    self.0.insert(url.into(), Fetched { keys: usable.clone(), tried_at: cx.now });
                }
                if usable.is_some() { Ok(holds) } else { Err(error) }
            }
        }
    }
}

async fn fetch(cx: &Cx, url: &str) -> Result<RegisteredKeys, OAuthError> {
    let body = cx.app.fetcher.get(url, MAX_BYTES).await.map_err(|error| unreadable(url, &error))?;
    let set: JwkSet = serde_json::from_slice(&body).map_err(|error| unreadable(url, &error))?;
    Ok(RegisteredKeys::of_set(&set))
}

fn unreadable(url: &str, error: &dyn fmt::Display) -> OAuthError {
    OAuthError::temporarily_unavailable("jwks_uri_unreadable")
        .description("The jwks_uri of the client could not be read.")
        .detail(error)
        .got(url)
}
