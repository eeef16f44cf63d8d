//! Signed authentication requests (CIBA §7.1.1, FAPI-CIBA §5.2.2).

use symbolon_jose::Claims;
use symbolon_protocol::{ErrorCode, OAuthError};

use super::rules;
use crate::cx::Cx;
use crate::oauth2::error::store_failure;
use crate::oauth2::request_object::verify::{self, Rules};
use crate::snapshot::Client;

/// `exp` is at most so many seconds after `nbf`, and `nbf` so many ago (FAPI-CIBA §5.2.2-7, -9). Elsewhere too: so long
/// is a `jti` remembered.
const MOST_SECONDS: i64 = 60 * 60;

/// What makes a request count once.
#[derive(Debug)]
pub(super) struct Once {
    jti: String,
    /// Until when the request could come again, in unix milliseconds.
    until: i64,
}

/// What a signed request says.
///
/// # Errors
/// `invalid_request`; `temporarily_unavailable` when the client's keys cannot be read.
pub(super) async fn verify(cx: &Cx, client: &Client, request: &str) -> Result<(Claims, Once), OAuthError> {
    let rules = Rules {
        code: ErrorCode::InvalidRequest,
        algorithms: rules::algorithms_of(&cx.workspace, client),
        unsigned: false,
        audiences: vec![cx.issuer()],
        required: &["iss", "aud", "exp", "nbf", "iat", "jti"],
        max_seconds: Some(MOST_SECONDS),
    };
    let verified =
        verify::verify(cx, client, request, &rules).await.map_err(|unaccepted| unaccepted.error)?;
    let jti = verify::identifier(&verified.claims, &rules)?.to_owned();
    // Whatever its exp is: it is at most an hour after nbf, which is at most the skew ahead.
    let until = cx.now.plus_seconds(MOST_SECONDS + 2 * verify::SKEW_SECONDS).millis();
    Ok((verified.claims, Once { jti, until }))
}

impl Once {
    /// Each signed request counts once.
    ///
    /// # Errors
    /// `invalid_request` when it was used before.
    pub(super) async fn spend(&self, cx: &Cx, client: &Client) -> Result<(), OAuthError> {
        // A client's values are its own: no client can spend another's.
        let value = format!("{}\n{}", client.id(), self.jti);
        match cx.store().consume_once("ciba_request", &value, self.until, cx.now.millis()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(OAuthError::invalid_request("request_replayed")
                .description(
                    "The signed request was used before: make a new one, with a jti of its own, each time.",
                )
                .got(&self.jti)),
            Err(error) => Err(store_failure(&error)),
        }
    }
}
