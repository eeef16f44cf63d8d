//! Client secrets: compared by digest, in constant time.

use std::hint::black_box;

use symbolon_jose::constant_time_eq;
use symbolon_protocol::OAuthError;

use super::Claimed;
use crate::clock::Timestamp;
use crate::secrets::sha256;
use crate::snapshot::Client;

/// Checks a secret against the client's current and rotated ones. All of them are compared, always.
///
/// # Errors
/// `invalid_client`.
pub(super) fn verify(client: &Client, claimed: Claimed<'_>, now: Timestamp) -> Result<(), OAuthError> {
    let secret = claimed.secret.unwrap_or_default();
    let digest = sha256(secret.as_bytes());
    let (mut live, mut expired) = (false, false);
    for known in &client.secrets {
        let equal = constant_time_eq(&known.digest, &digest);
        live |= equal & known.is_live(now);
        expired |= equal;
    }
    // The digest of an empty secret must never count, whatever was stored.
    if live && !secret.is_empty() {
        return Ok(());
    }
    let refused = |reason| Err(OAuthError::invalid_client(reason).got(client.id()));
    match () {
        () if client.secrets.is_empty() => refused("client_has_no_secret"),
        () if expired => refused("client_secret_expired"),
        () => refused("client_secret_wrong"),
    }
}

/// The work of [`verify`] with nothing to compare to.
pub(super) fn waste(claimed: Claimed<'_>) {
    let digest = sha256(claimed.secret.unwrap_or_default().as_bytes());
    black_box(constant_time_eq(&digest, &[0; 32]));
}
