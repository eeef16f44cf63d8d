//! New keys of a workspace.

use symbolon_jose::{Algorithm, DecryptionKey, KeyManagement, SigningKey};
use symbolon_store::{KeyUse, NewKey, StoreError};
use zeroize::Zeroizing;

/// A key that was just made.
pub struct MadeKey {
    kid: String,
    key_use: KeyUse,
    alg: &'static str,
    public_jwk: serde_json::Value,
    private_pkcs8: Zeroizing<Vec<u8>>,
}

impl MadeKey {
    /// Makes a key that signs.
    ///
    /// # Errors
    /// `Internal` when the cryptographic library fails.
    pub async fn new(algorithm: Algorithm) -> Result<Self, StoreError> {
        Self::made(algorithm.is_rsa(), move || Self::make(algorithm)).await
    }

    /// Makes a key that clients encrypt to.
    ///
    /// # Errors
    /// `Internal` when the cryptographic library fails, or the algorithm takes a secret.
    pub async fn for_encryption(algorithm: KeyManagement) -> Result<Self, StoreError> {
        Self::made(algorithm.is_rsa(), move || Self::make_for_encryption(algorithm)).await
    }

    async fn made(
        is_rsa: bool,
        make: impl FnOnce() -> Result<Self, symbolon_jose::Error> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let failed = |error: &dyn std::fmt::Display| StoreError::Internal(format!("making a key: {error}"));
        if !is_rsa {
            return make().map_err(|error| failed(&error));
        }
        // RSA takes its time: not on a thread that serves requests.
        let made = tokio::task::spawn_blocking(make).await;
        made.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
    }

    fn make(algorithm: Algorithm) -> Result<Self, symbolon_jose::Error> {
        let key = SigningKey::generate(algorithm)?;
        let private_pkcs8 = key.to_pkcs8()?.ok_or(symbolon_jose::Error::MissingMember("d"))?;
        let public = key.public_jwk().ok_or(symbolon_jose::Error::SymmetricKey)?;
        let kid = public.thumbprint()?;
        let public_jwk = serde_json::to_value(&public).map_err(|_| symbolon_jose::Error::ClaimsShape)?;
        Ok(Self { kid, key_use: KeyUse::Sig, alg: algorithm.as_str(), public_jwk, private_pkcs8 })
    }

    fn make_for_encryption(algorithm: KeyManagement) -> Result<Self, symbolon_jose::Error> {
        let private_pkcs8 = DecryptionKey::generate_pkcs8(algorithm)?;
        let key = DecryptionKey::from_pkcs8(None, algorithm, &private_pkcs8)?;
        let public = key.public_jwk().ok_or(symbolon_jose::Error::SymmetricKey)?;
        let kid = public.thumbprint()?;
        let public_jwk = serde_json::to_value(&public).map_err(|_| symbolon_jose::Error::ClaimsShape)?;
        Ok(Self { kid, key_use: KeyUse::Enc, alg: algorithm.as_str(), public_jwk, private_pkcs8 })
    }

    /// As the store takes it.
    #[must_use]
    pub fn as_new(&self) -> NewKey<'_> {
        NewKey {
            kid: &self.kid,
            key_use: self.key_use,
            alg: self.alg,
            public_jwk: &self.public_jwk,
            private_pkcs8: &self.private_pkcs8,
        }
    }
}
