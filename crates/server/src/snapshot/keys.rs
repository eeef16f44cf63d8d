//! The keys of a workspace: parsed once, and the JWKS rendered once.

use axum::body::Bytes;
use serde_json::json;
use symbolon_jose::{Algorithm, Jwk, JwtSigner, KeySet, SigningKey};
use symbolon_store::entity::server::KeyType;
use symbolon_store::{KeyState, KeyUse, SigningKey as StoredKey, StoreError};

use super::EncryptionKeys;

use crate::oauth2::profile::Profile;

/// The keys of one workspace.
#[derive(Debug)]
pub struct WorkspaceKeys {
    /// Signs access tokens, and ID tokens of clients that ask for no algorithm.
    pub signer: JwtSigner,
    /// The same for access tokens of the type `at+jwt` (RFC 9068 §2.1).
    pub access_token_signer: JwtSigner,
    /// One signer for each further algorithm that a current key can sign with.
    others: Vec<JwtSigner>,
    /// Verifies what this workspace has signed: current, next and rotated keys, not revoked ones.
    pub verification: KeySet,
    /// The algorithms of those keys.
    pub algorithms: Vec<Algorithm>,
    /// What clients encrypt to.
    pub encryption: EncryptionKeys,
    /// The JWKS document (RFC 7517 §5), the current signing key first.
    pub jwks: Bytes,
}

impl WorkspaceKeys {
    pub(super) fn new(rows: Vec<StoredKey>, key_type: KeyType, profile: Profile) -> Result<Self, StoreError> {
        let corrupt = |error: symbolon_jose::Error| StoreError::Corrupt(format!("signing key: {error}"));
        let preferred = algorithm_of(key_type);
        let live = rows.into_iter().filter(|row| row.state != KeyState::Revoked);
        let (mut live, encryption): (Vec<_>, Vec<_>) = live.partition(|row| row.key_use == KeyUse::Sig);
        let encryption = EncryptionKeys::new(&encryption)?;
        live.sort_by_key(|row| (rank(row.state), row.alg != preferred.as_str(), row.kid.clone()));

        let mut signers = Vec::new();
        let mut access_token_signer = None;
        let mut verification = KeySet::new();
        let mut algorithms: Vec<Algorithm> = Vec::new();
        let mut published = Vec::new();
        for row in &live {
            let algorithm: Algorithm = row.alg.parse().map_err(corrupt)?;
            let key = SigningKey::from_pkcs8(algorithm, &row.private_pkcs8).map_err(corrupt)?;
            verification.insert(Some(&row.kid), key.verification_key().map_err(corrupt)?);
            if row.state == KeyState::Current {
                for algorithm in signs(algorithm).iter().filter(|own| profile.allows_algorithm(**own)) {
                    let key = key.with_algorithm(*algorithm).map_err(corrupt)?;
                    if access_token_signer.is_none() {
                        let signer = JwtSigner::new(key.clone(), &row.kid, "at+jwt").map_err(corrupt)?;
                        access_token_signer = Some(signer);
                    }
                    signers.push(JwtSigner::new(key, &row.kid, "JWT").map_err(corrupt)?);
                }
            }
            algorithms.extend(signs(algorithm));
            published.extend(public_jwk(&key, &row.kid, algorithm));
        }
        algorithms.sort_by_key(|algorithm| algorithm.as_str());
        algorithms.dedup();
        published.extend(encryption.published.iter().cloned());
        let jwks = serde_json::to_vec(&json!({ "keys": published }))
            .map_err(|error| StoreError::Corrupt(format!("JWKS: {error}")))?;
        let mut signers = signers.into_iter();
        let (signer, access_token_signer) = signers.next().zip(access_token_signer).ok_or_else(|| {
            StoreError::Corrupt("the workspace has no current key that its profile allows".to_owned())
        })?;
        let others = signers.collect();
        let jwks = jwks.into();
        Ok(Self { signer, access_token_signer, others, verification, algorithms, encryption, jwks })
    }

    /// The signer for an algorithm, if a current key can sign with it.
    pub fn signer_for(&self, algorithm: Algorithm) -> Option<&JwtSigner> {
        self.signers().find(|signer| signer.algorithm() == algorithm)
    }

    /// The algorithms this workspace can sign with now, its preferred one first.
    pub fn signing_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.signers().map(JwtSigner::algorithm)
    }

    fn signers(&self) -> impl Iterator<Item = &JwtSigner> {
        std::iter::once(&self.signer).chain(&self.others)
    }
}

/// The algorithm that a workspace of this key type signs with unless asked otherwise.
pub const fn algorithm_of(key_type: KeyType) -> Algorithm {
    match key_type {
        KeyType::Ecdsa => Algorithm::ES256,
        KeyType::Rsa => Algorithm::RS256,
        KeyType::Ps => Algorithm::PS256,
        KeyType::Eddsa => Algorithm::EdDSA,
    }
}

/// An RSA key signs with PKCS #1 and with PSS, the one it was made for first.
pub const fn signs(algorithm: Algorithm) -> &'static [Algorithm] {
    match algorithm {
        Algorithm::RS256 => &[Algorithm::RS256, Algorithm::PS256],
        Algorithm::PS256 => &[Algorithm::PS256, Algorithm::RS256],
        Algorithm::ES384 => &[Algorithm::ES384],
        Algorithm::EdDSA => &[Algorithm::EdDSA],
        _ => &[Algorithm::ES256],
    }
}

fn rank(state: KeyState) -> u8 {
    match state {
        KeyState::Current => 0,
        KeyState::Next => 1,
        KeyState::Rotated => 2,
        KeyState::Revoked => 3,
    }
}

/// A key as the JWKS shows it. An RSA key names no `alg`, as it serves two.
fn public_jwk(key: &SigningKey, kid: &str, algorithm: Algorithm) -> Option<Jwk> {
    let alg = (signs(algorithm).len() == 1).then(|| algorithm.as_str().to_owned());
    Some(Jwk { kid: Some(kid.to_owned()), key_use: Some("sig".to_owned()), alg, ..key.public_jwk()? })
}
