//! Signed authentication requests (CIBA §7.1.1, FAPI-CIBA §5.2.2).

use std::fmt::Display;

use serde_json::Value;
use symbolon_jose::{Claims, Error, UnverifiedJwt, Validation};
use symbolon_protocol::OAuthError;

use super::rules;
use crate::cx::Cx;
use crate::oauth2::client_keys::{self, KeyError};
use crate::oauth2::error::store_failure;
use crate::snapshot::Client;

/// How far clocks may differ, in seconds.
const SKEW_SECONDS: i64 = 30;
/// `exp` is at most so many seconds after `nbf`, and `nbf` so many ago (FAPI-CIBA §5.2.2-7, -9). Elsewhere too: so long
/// is a `jti` remembered.
const MOST_SECONDS: i64 = 60 * 60;
/// Longest `jti`, in bytes.
const MAX_JTI: usize = 512;

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
    let token = UnverifiedJwt::parse(request).map_err(|error| refused(&error))?;
    let allowed = rules::algorithms_of(&cx.workspace, client);
    let verified = match client_keys::verify(cx, client, &token, &allowed).await {
        Ok(verified) => verified,
        Err(KeyError::Refused(error)) => {
            let words: Vec<_> = allowed.iter().map(|algorithm| algorithm.as_str()).collect();
            return Err(refused(&error).expected(format!("signed by the client with {}", words.join(" or "))));
        }
        Err(KeyError::Unreadable(error)) => return Err(error),
    };
    let now = cx.now.seconds();
    let issuer = cx.issuer();
    let audiences = [issuer.as_str()];
    let validation = Validation {
        leeway: SKEW_SECONDS,
        issuer: Some(client.id()),
        audiences: &audiences,
        require_iat: true,
        require_nbf: true,
        max_lifetime: Some(MOST_SECONDS),
        ..Validation::at(now)
    };
    validation.check(&verified.claims).map_err(|error| refused(&error))?;
    let seconds = |name: &str| verified.claims.get(name).and_then(Value::as_f64).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a time of this age has far fewer than 53 bits")]
    if seconds("nbf") < (now - MOST_SECONDS - SKEW_SECONDS) as f64 {
        return Err(refused(&"nbf is more than an hour ago"));
    }
    let jti = match verified.claims.get("jti") {
        None => return Err(refused(&Error::MissingClaim("jti"))),
        Some(Value::String(jti)) if !jti.is_empty() && jti.len() <= MAX_JTI => jti.clone(),
        Some(_) => return Err(refused(&Error::MalformedClaim("jti"))),
    };
    // Whatever its exp is: it is at most an hour after nbf, which is at most the skew ahead.
    let until = cx.now.plus_seconds(MOST_SECONDS + 2 * SKEW_SECONDS).millis();
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

fn refused(error: &dyn Display) -> OAuthError {
    OAuthError::invalid_request("request_invalid")
        .description(format!("The signed request is not accepted: {error}."))
        .detail(error)
}
