//! New keys.

use symbolon_jose::{Algorithm, SigningKey};
use symbolon_store::{KeyUse, NewKey};
use zeroize::Zeroizing;

use crate::api::error::{ApiError, Kind};

/// A key that was just made.
pub(super) struct Made {
    kid: String,
    algorithm: Algorithm,
    public_jwk: serde_json::Value,
    private_pkcs8: Zeroizing<Vec<u8>>,
}

impl Made {
    /// Makes a key. RSA takes its time, so this runs off the threads that serve requests.
    ///
    /// # Errors
    /// 500 when the generator fails.
    pub(super) async fn new(algorithm: Algorithm) -> Result<Self, ApiError> {
        let made = tokio::task::spawn_blocking(move || Self::make(algorithm)).await;
        let failed = || ApiError::new(Kind::Internal, "The key could not be made.");
        made.map_err(|error| failed().seen(error))?.map_err(|error| failed().seen(error))
    }

    fn make(algorithm: Algorithm) -> Result<Self, symbolon_jose::Error> {
        let key = SigningKey::generate(algorithm)?;
        let missing = symbolon_jose::Error::MissingMember("d");
        let private_pkcs8 = key.to_pkcs8()?.ok_or(missing)?;
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
