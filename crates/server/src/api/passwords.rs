//! Passwords that the management APIs take or make, as hashes.

use symbolon_store::entity::Secret;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::login::password::PasswordError;

/// The argon2id hash of a password (PHC string).
///
/// # Errors
/// 429 when too many passwords are being hashed.
pub(super) async fn hash_one(cx: &ManagementCx, password: &Secret) -> Result<String, ApiError> {
    cx.app.passwords.hash(password.reveal(), cx.app.rng.bytes()).await.map_err(|error| match error {
        PasswordError::Busy => {
            ApiError::new(Kind::TooManyRequests, "Too many passwords are being hashed. Try again.")
        }
        PasswordError::Hash(_) => {
            ApiError::new(Kind::Internal, "The server failed to answer the request.").seen(error)
        }
    })
}
