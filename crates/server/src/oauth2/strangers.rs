//! What anybody can have done here: rows that are written, and others that are asked, for who has proved nothing. An
//! address gets so much of it in a minute (`limits.authorize_per_minute`), and so does whoever is logged in.

use symbolon_protocol::OAuthError;

use super::client_auth::Authenticated;
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

/// Counts an answer that a person's browser fetches without a page: it writes rows as well, and who is logged in may be
/// anybody. By the person, as a whole office may be behind one address.
///
/// # Errors
/// When there were too many for this person.
pub fn count_silent(cx: &Cx, subject: &str) -> Result<(), OAuthError> {
    let who = (&cx.workspace.tenant_id, &cx.workspace.id, subject);
    cx.app.authorize_rate.count(&who, cx.now).map_err(|seconds| {
        OAuthError::temporarily_unavailable("too_many_silent_authorizations")
            .description("Too many applications are being opened in one session. Try again later.")
            .detail(format!("the next one in {seconds} s (limits.authorize_per_minute)"))
    })
}

/// The same at an endpoint for clients: one that has no secret has proved nothing.
///
/// # Errors
/// 429 where there were too many from this address.
pub fn count_public(cx: &Cx, by: &Authenticated) -> Result<(), ErrorResponse> {
    if !by.method.is_public() {
        return Ok(());
    }
    count(cx).map_err(|too_many| ErrorResponse::from(too_many).of_client(Some(by.client.id())))
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
