//! Keys the tests share: one of each algorithm, made once.

use std::sync::LazyLock;

use symbolon_jose::{Algorithm, KeySet, SigningKey};

static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    let rsa = SigningKey::generate(Algorithm::RS256).expect("the library makes keys");
    let make = |algorithm: Algorithm| match algorithm.is_rsa() {
        true => rsa.with_algorithm(algorithm),
        false => SigningKey::generate(algorithm),
    };
    Algorithm::ALL.into_iter().map(|algorithm| make(algorithm).expect("the library makes keys")).collect()
});

/// One key for each algorithm; those of RSA are one key.
pub(crate) fn all() -> &'static [SigningKey] {
    &KEYS
}

/// The key of this algorithm.
pub(crate) fn of(algorithm: Algorithm) -> &'static SigningKey {
    all().iter().find(|key| key.algorithm() == algorithm).expect("there is a key for each algorithm")
}

/// A set with this key under this `kid`.
pub(crate) fn set(kid: &str, key: &SigningKey) -> KeySet {
    let mut keys = KeySet::new();
    keys.insert(Some(kid), key.verification_key().expect("a signing key has a verification key"));
    keys
}
