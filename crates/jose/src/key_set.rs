//! The keys a token may be verified with.

use crate::{Algorithm, Error, JwkSet, KeyType, VerificationKey};

/// Most keys tried for one token, so that a large set without `kid` does not multiply the work.
const MAX_CANDIDATES: usize = 16;

/// Verification keys with their `kid`s: parse once, keep.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<(KeyId, VerificationKey)>,
    rejected: Vec<(Option<String>, Error)>,
}

/// Which tokens a key serves; a token without `kid` is served by all.
#[derive(Clone, Debug)]
enum KeyId {
    Named(String),
    Unnamed,
    Any,
}

impl KeyId {
    fn new(kid: Option<&str>) -> Self {
        kid.map_or(Self::Unnamed, |kid| Self::Named(kid.to_owned()))
    }

    fn serves(&self, wanted: Option<&str>) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, None) => true,
            (Self::Named(kid), Some(wanted)) => kid == wanted,
            (Self::Unnamed, Some(_)) => false,
        }
    }
}

impl KeySet {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The usable public keys of a JWK Set. Keys for encryption, of unknown curves, too weak or malformed
    /// are left out, and so are symmetric keys: what was published is no secret. [`Self::rejected`] says why.
    #[must_use]
    pub fn from_jwk_set(set: &JwkSet) -> Self {
        let mut keys = Self::new();
        for jwk in &set.keys {
            let key = match jwk.kty {
                KeyType::Oct => Err(Error::SymmetricKey),
                _ => VerificationKey::from_jwk(jwk),
            };
            match key {
                Ok(key) => keys.insert(jwk.kid.as_deref(), key),
                Err(error) => keys.rejected.push((jwk.kid.clone(), error)),
            }
        }
        keys
    }

    /// Adds a key; one without `kid` only serves tokens without `kid`.
    pub fn insert(&mut self, kid: Option<&str>, key: VerificationKey) {
        self.keys.push((KeyId::new(kid), key));
    }

    /// A set of one key that serves every token, whatever its `kid`: a client's secret, say, where there is
    /// nothing to choose.
    #[must_use]
    pub fn single(key: VerificationKey) -> Self {
        Self { keys: vec![(KeyId::Any, key)], rejected: Vec::new() }
    }

    /// The keys left out and why, by `kid`.
    #[must_use]
    pub fn rejected(&self) -> &[(Option<String>, Error)] {
        &self.rejected
    }

    /// Whether no key is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys that serve `algorithm`: with this `kid`, or all of them when the token names none.
    pub fn candidates<'a>(
        &'a self,
        kid: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a VerificationKey> + 'a {
        self.keys
            .iter()
            .filter(move |(id, _)| id.serves(kid))
            .map(|(_, key)| key)
            .filter(move |key| key.allows(algorithm))
            .take(MAX_CANDIDATES)
    }
}
