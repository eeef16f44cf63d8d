//! The person on whose behalf a client calls.

use http::HeaderMap;
use symbolon_protocol::OAuthError;
use symbolon_protocol::www_authenticate::Challenge;

use crate::api::bearer::{lacks_scope, missing, refuse};
use crate::api::error::{ApiError, Kind};
use crate::cx::Cx;
use crate::oauth2::access_token::{self, Scheme, Sender, Sent};
use crate::oauth2::dpop;
use crate::oauth2::profile::Profile;
use crate::oauth2::records::Authentication;

/// The name that the challenge gives the token's workspace.
const SCHEME: &str = "default";

/// The person whose access token comes with a request and has this scope.
///
/// # Errors
/// 401 without a good token of this workspace; 403 without the scope, or when the token is a client's own.
pub(super) async fn authenticate(
    cx: &Cx,
    headers: &HeaderMap,
    scope: &'static str,
) -> Result<Authentication, ApiError> {
    let sent = access_token::sent(headers);
    let challenge = || match &sent {
        Ok(Some(Sent { scheme: Scheme::Dpop, .. })) => dpop::challenge(Profile::of(&cx.workspace)),
        _ => Challenge::bearer(SCHEME),
    };
    let refuse = |error: OAuthError| refuse(&error, &challenge());
    let sent = sent.as_ref().map_err(|error| refuse(error.clone()))?.ok_or_else(|| missing(&challenge()))?;
    let token = access_token::find(&cx.app, &cx.workspace, cx.now, sent.token).await.map_err(refuse)?;
    let sender = Sender { judge: dpop::Judge::of(cx), peer: &cx.peer, dpop: &cx.dpop };
    access_token::check_possession(&sender, sent, &token.claims).await.map_err(refuse)?;
    if !token.claims.has_scope(scope) {
        return Err(lacks_scope(scope, &token, challenge()));
    }
    // A person of another workspace, whose token was exchanged, has no sessions here.
    let of_here = token.grant.filter(|_| token.claims.gaid.is_none());
    of_here.map(|grant| grant.authentication).ok_or_else(|| {
        ApiError::new(Kind::Forbidden, "The access token belongs to no person of this workspace.")
            .seen(format!("a token of client {}", token.client.id()))
    })
}
