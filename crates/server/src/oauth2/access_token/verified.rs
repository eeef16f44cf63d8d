//! Signatures are verified once: what a token said is remembered, bounded, by its SHA-256.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{UnverifiedJwt, sha256};
use symbolon_protocol::OAuthError;

use super::claims::Claims;
use super::invalid;
use crate::snapshot::Workspace;

/// How many tokens are remembered to be rightly signed.
const TOKENS: usize = 5_000;

/// Signed tokens whose signature was found right, by their SHA-256 and the keys they were verified with.
pub struct VerifiedTokens(Cache<(u64, [u8; 32]), Arc<Claims>>);

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self(Cache::new(TOKENS))
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedTokens({})", self.0.len())
    }
}

impl VerifiedTokens {
    /// The claims of a token that a key of the workspace has signed.
    pub(super) fn verify(&self, workspace: &Workspace, token: &str) -> Result<Arc<Claims>, OAuthError> {
        // A change of keys makes another generation.
        let key = (workspace.generation(), sha256(token.as_bytes()));
        if let Some(claims) = self.0.get(&key) {
            return Ok(claims);
        }
        let keys = &workspace.keys;
        let verified =
            UnverifiedJwt::parse(token).and_then(|jwt| jwt.verify(&keys.verification, &keys.algorithms));
        let verified = verified.map_err(|error| invalid("access_token_not_ours").detail(error))?;
        // An ID token is signed by the same keys: it lacks what makes an access token.
        let claims = verified.deserialize::<Claims>();
        let claims = Arc::new(claims.map_err(|error| invalid("access_token_wrong_kind").detail(error))?);
        self.0.insert(key, Arc::clone(&claims));
        Ok(claims)
    }
}
