//! What anybody can have done here: rows that are written, and others that are asked, for who has proved nothing. An
//! address gets so much of it in a minute (`limits.authorize_per_minute`).

use symbolon_protocol::OAuthError;

use super::error::ErrorResponse;
use crate::cx::Cx;
use crate::rate::network;

/// An address asks for too much.
#[derive(Debug)]
pub struct TooMany {
    /// `temporarily_unavailable`.
    pub error: OAuthError,
    /// The same may be tried again after so many seconds.
    pub seconds: i64,
}

/// Counts a request of somebody who has proved nothing.
///
/// # Errors
/// When there were too many from this address.
pub fn count(cx: &Cx) -> Result<(), TooMany> {
    cx.app.authorize_rate.count(&network(cx.peer.remote.ip()), cx.now).map_err(|seconds| TooMany {
        error: OAuthError::temporarily_unavailable("too_many_authorizations")
            .description("Too many people are being sent here from one address. Try again later.")
            .detail(format!("the next one in {seconds} s (limits.authorize_per_minute)")),
        seconds,
    })
}

impl From<TooMany> for OAuthError {
    fn from(too_many: TooMany) -> Self {
        too_many.error
    }
}

impl From<TooMany> for ErrorResponse {
    fn from(TooMany { error, seconds }: TooMany) -> Self {
        Self::too_many(error, seconds)
    }
}
