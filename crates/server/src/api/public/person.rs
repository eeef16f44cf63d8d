//! The person on whose behalf a client calls.

use http::HeaderMap;
use symbolon_protocol::www_authenticate::Challenge;
use symbolon_protocol::{OAuthError, ScopeSet};

use crate::api::bearer::refuse;
use crate::api::error::{ApiError, Kind};
use crate::cx::Cx;
use crate::oauth2::access_token::{self, Scheme, Sender};
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
    let challenge = Challenge::bearer(SCHEME);
    let sent = access_token::sent(headers).map_err(|error| refuse(&error, &challenge))?;
    let sent = sent.ok_or_else(|| {
        ApiError::new(Kind::Unauthorized, "The request needs an access token in the Authorization header.")
            .challenge(challenge.to_string())
    })?;
    let challenge =
        if sent.scheme == Scheme::Dpop { dpop::challenge(Profile::of(&cx.workspace)) } else { challenge };
    let refuse = |error: OAuthError| refuse(&error, &challenge);
    let token = access_token::find(&cx.app, &cx.workspace, cx.now, sent.token).await.map_err(refuse)?;
    let sender = Sender { judge: dpop::Judge::of(cx), peer: &cx.peer, dpop: &cx.dpop };
    access_token::check_possession(&sender, sent, &token.claims).await.map_err(refuse)?;
    if !token.claims.has_scope(scope) {
        let error = OAuthError::insufficient_scope("scope_missing")
            .description(format!("The access token lacks the scope {scope}."));
        let challenge = challenge.clone().error(&error);
        let challenge = match ScopeSet::parse(scope) {
            Ok(scopes) => challenge.scope(&scopes),
            Err(_) => challenge,
        };
        return Err(ApiError::new(Kind::Forbidden, format!("The access token lacks the scope {scope}."))
            .detail("scope", scope)
            .challenge(challenge.to_string())
            .seen(format!("scopes {} of client {}", token.claims.scopes(), token.client.id())));
    }
    // A person of another workspace, whose token was exchanged, has no sessions here.
    let of_here = token.grant.filter(|_| token.claims.gaid.is_none());
    of_here.map(|grant| grant.authentication).ok_or_else(|| {
        ApiError::new(Kind::Forbidden, "The access token belongs to no person of this workspace.")
            .seen(format!("a token of client {}", token.client.id()))
    })
}
