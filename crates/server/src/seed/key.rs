//! The first keys of a workspace.

use symbolon_jose::{Algorithm, SigningKey};
use symbolon_store::entity::server::KeyType;
use symbolon_store::{KeyUse, NewKey, StoreError};
use zeroize::Zeroizing;

/// A key that was just made.
pub(super) struct MadeKey {
    kid: String,
    algorithm: Algorithm,
    public_jwk: serde_json::Value,
    private_pkcs8: Zeroizing<Vec<u8>>,
}

impl MadeKey {
    /// Two keys: one to sign with, and the one that will follow it and is published already.
    pub(super) async fn pair(key_type: KeyType) -> Result<[Self; 2], StoreError> {
        let algorithm = algorithm_of(key_type);
        let make = move || Ok([Self::make(algorithm)?, Self::make(algorithm)?]);
        // RSA takes its time: not on a thread that serves requests.
        let made: Result<_, symbolon_jose::Error> = if algorithm.is_rsa() {
            let joined = tokio::task::spawn_blocking(make).await;
            joined.map_err(|error| StoreError::Internal(format!("making a key: {error}")))?
        } else {
            make()
        };
        made.map_err(|error| StoreError::Internal(format!("making a key: {error}")))
    }

    fn make(algorithm: Algorithm) -> Result<Self, symbolon_jose::Error> {
        let key = SigningKey::generate(algorithm)?;
        let private_pkcs8 = key.to_pkcs8()?.ok_or(symbolon_jose::Error::MissingMember("d"))?;
        let public = key.public_jwk().ok_or(symbolon_jose::Error::SymmetricKey)?;
        let kid = public.thumbprint()?;
        let public_jwk = serde_json::to_value(&public).map_err(|_| symbolon_jose::Error::ClaimsShape)?;
        Ok(Self { kid, algorithm, public_jwk, private_pkcs8 })
    }

    /// As the store takes it.
    pub(super) fn as_new(&self) -> NewKey<'_> {
        NewKey {
            kid: &self.kid,
            key_use: KeyUse::Sig,
            alg: self.algorithm.as_str(),
            public_jwk: &self.public_jwk,
            private_pkcs8: &self.private_pkcs8,
        }
    }
}

const fn algorithm_of(key_type: KeyType) -> Algorithm {
    match key_type {
        KeyType::Ecdsa => Algorithm::ES256,
        KeyType::Rsa => Algorithm::RS256,
        KeyType::Ps => Algorithm::PS256,
        KeyType::Eddsa => Algorithm::EdDSA,
    }
}
