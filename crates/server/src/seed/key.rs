//! New keys of a workspace.

use symbolon_jose::{Algorithm, SigningKey};
use symbolon_store::{KeyUse, NewKey, StoreError};
use zeroize::Zeroizing;

/// A signing key that was just made.
pub struct MadeKey {
    kid: String,
    algorithm: Algorithm,
    public_jwk: serde_json::Value,
    private_pkcs8: Zeroizing<Vec<u8>>,
}

impl MadeKey {
    /// Makes a key.
    ///
    /// # Errors
    /// `Internal` when the cryptographic library fails.
    pub async fn new(algorithm: Algorithm) -> Result<Self, StoreError> {
        let failed = |error: &dyn std::fmt::Display| StoreError::Internal(format!("making a key: {error}"));
        if !algorithm.is_rsa() {
            return Self::make(algorithm).map_err(|error| failed(&error));
        }
        // RSA takes its time: not on a thread that serves requests.
        let made = tokio::task::spawn_blocking(move || Self::make(algorithm)).await;
        made.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
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
    #[must_use]
    pub fn as_new(&self) -> NewKey<'_> {
        NewKey {
            kid: &self.kid,
            key_use: KeyUse::Sig,
            alg: self.algorithm.as_str(),
            public_jwk: &self.public_jwk,
            private_pkcs8: &self.private_pkcs8,
        }
    }
}
