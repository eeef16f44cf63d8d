//! The access token of a management request (RFC 6750): whose it is, and whether it may do this.

use http::HeaderMap;
use symbolon_jose::UnverifiedJwt;
use symbolon_protocol::www_authenticate::Challenge;
use symbolon_protocol::{ErrorCode, OAuthError, ScopeSet};

use crate::api::error::{ApiError, Kind};
use crate::api::protected_resource;
use crate::api::scheme::{Authority, Issuer};
use crate::app::App;
use crate::base_url::BaseUrl;
use crate::clock::Timestamp;
use crate::oauth2::access_token::{self, AccessToken, Scheme, Sender};
use crate::oauth2::dpop;
use crate::oauth2::profile::Profile;
use crate::oauth2::step_up;
use crate::seed::SYSTEM_TENANT;
use crate::tls::Peer;

/// Who calls.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The tenant whose workspace issued the token.
    pub tenant_id: String,
    /// The client the token was issued to.
    pub client_id: String,
    /// The person who uses the client, or the client itself.
    pub subject: String,
}

/// What the token is judged by.
pub struct Caller<'a> {
    /// The application.
    pub app: &'a App,
    /// The time of the request.
    pub now: Timestamp,
    /// The other end, for tokens bound to a certificate.
    pub peer: &'a Peer,
    /// The proof, for tokens bound to a key.
    pub dpop: &'a dpop::Presented,
    /// Where the server was reached.
    pub base_url: &'a BaseUrl,
}

/// Authenticates the bearer of a token and checks that it may call an operation on `path_tenant`.
///
/// # Errors
/// 401 without a good token, 404 with one of another tenant, 403 without the scope.
pub async fn authenticate(
    caller: &Caller<'_>,
    headers: &HeaderMap,
    authority: &Authority,
    path_tenant: Option<&str>,
) -> Result<Actor, ApiError> {
    let scheme = authority.scheme;
    let sent = access_token::sent(headers);
    let tried = sent.as_ref().ok().and_then(|sent| Some(sent.as_ref()?.scheme));
    // Made when it is needed: most requests are not refused.
    let challenge = || challenge(caller, authority, path_tenant, tried);
    let refuse = |error: OAuthError| refuse(&error, &challenge());
    let sent = sent.map_err(refuse)?.ok_or_else(|| missing(&challenge()))?;
    let due = match scheme.issuer {
        Issuer::TenantOfPath => path_tenant.unwrap_or_default(),
        Issuer::SystemTenant => SYSTEM_TENANT,
    };
    // What a token says of its issuer only says whose keys to try.
    let claimed = claimed_issuer(sent.token).unwrap_or_else(|| (due.to_owned(), scheme.workspace.to_owned()));
    let unknown = || OAuthError::invalid_token("access_token_of_another_workspace");
    if claimed.1 != scheme.workspace {
        let (tenant_id, workspace_id) = claimed;
        return Err(refuse(
            unknown()
                .description(format!(
                    "The access token must be issued by the workspace {}.",
                    scheme.workspace
                ))
                .expected(scheme.workspace)
                .got(format!("{tenant_id}/{workspace_id}")),
        ));
    }
    let app = caller.app;
    let workspace = app.snapshots.workspace(&app.store, &claimed.0, scheme.workspace).await?;
    let workspace = workspace.ok_or_else(|| refuse(unknown().got(&claimed.0)))?;
    let token = access_token::find(app, &workspace, caller.now, sent.token).await.map_err(refuse)?;
    let judge = dpop::Judge { app, workspace: &workspace, now: caller.now, base_url: caller.base_url };
    let sender = Sender { judge, peer: caller.peer, dpop: caller.dpop };
    access_token::check_possession(&sender, sent, &token.claims).await.map_err(refuse)?;
    if *workspace.tenant_id != *due {
        return Err(ApiError::not_found("tenant", path_tenant.unwrap_or(due))
            .seen(format!("a token of tenant {}", workspace.tenant_id)));
    }
    step_up::check(&workspace, &token, caller.now).map_err(refuse)?;
    if !authority.allows(token.claims.scopes().iter()) {
        return Err(lacks_scope(authority.scope, &token, challenge()));
    }
    Ok(Actor {
        tenant_id: workspace.tenant_id.to_string(),
        client_id: token.client.id().to_owned(),
        subject: token.claims.sub.clone(),
    })
}

/// Tenant and workspace that a signed token names, unverified. An opaque token names none.
fn claimed_issuer(token: &str) -> Option<(String, String)> {
    let claims = UnverifiedJwt::parse(token).ok()?.claims_unverified().ok()?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    Some((text("tid")?, text("aid")?))
}

/// What a refusal asks for: a token sent the way that was tried, and (RFC 9728 §5.1) where to learn who issues it.
fn challenge(
    caller: &Caller<'_>,
    authority: &Authority,
    path_tenant: Option<&str>,
    tried: Option<Scheme>,
) -> Challenge {
    let scheme = authority.scheme;
    let challenge = match tried {
        // Workspaces of management APIs have no other profile.
        Some(Scheme::Dpop) => dpop::challenge(Profile::Plain),
        _ => Challenge::bearer(scheme.name),
    };
    let metadata = path_tenant
        .filter(|_| scheme.issuer == Issuer::TenantOfPath)
        .and_then(|tenant_id| protected_resource::metadata_url(scheme, caller.base_url, tenant_id));
    match metadata {
        Some(url) => challenge.resource_metadata(&url),
        None => challenge,
    }
}

/// No token came.
pub(crate) fn missing(challenge: &Challenge) -> ApiError {
    ApiError::new(Kind::Unauthorized, "The request needs an access token in the Authorization header.")
        .challenge(challenge.to_string())
}

/// The token may not do this (RFC 6750 §3.1).
pub(crate) fn lacks_scope(scope: &'static str, token: &AccessToken, challenge: Challenge) -> ApiError {
    let error = OAuthError::insufficient_scope("scope_missing")
        .description(format!("The access token lacks the scope {scope}."));
    let challenge = challenge.error(&error);
    let challenge = match ScopeSet::parse(scope) {
        Ok(scopes) => challenge.scope(&scopes),
        Err(_) => challenge,
    };
    ApiError::new(Kind::Forbidden, format!("The access token lacks the scope {scope}."))
        .detail("scope", scope)
        .challenge(challenge.to_string())
        .seen(format!("scopes {} of client {}", token.claims.scopes(), token.client.id()))
}

/// A refusal of the token in the management form.
pub(crate) fn refuse(error: &OAuthError, challenge: &Challenge) -> ApiError {
    let (kind, challenge) = match error.code {
        ErrorCode::InvalidToken
        | ErrorCode::InsufficientUserAuthentication
        | ErrorCode::InvalidDpopProof
        | ErrorCode::UseDpopNonce => (Kind::Unauthorized, Some(challenge.clone().error(error).to_string())),
        ErrorCode::TemporarilyUnavailable => (Kind::Unavailable, None),
        ErrorCode::ServerError => (Kind::Internal, None),
        _ => (Kind::BadRequest, None),
    };
    let refused = ApiError::new(kind, error.description.as_ref()).seen(&error.reason);
    let refused = match &error.dpop_nonce {
        Some(nonce) => refused.dpop_nonce(nonce),
        None => refused,
    };
    match challenge {
        Some(challenge) => refused.challenge(challenge),
        None => refused,
    }
}
