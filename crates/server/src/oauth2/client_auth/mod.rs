//! Client authentication (RFC 6749 §2.3, RFC 8705 §2): one file a method, named as on the wire.
//!
//! A request authenticates in exactly one way. The way must be the one the client is registered for, and one that
//! the workspace allows; then the method's own file checks the proof.

pub mod assertion;
mod client_secret_basic;
mod client_secret_jwt;
mod client_secret_post;
mod none;
mod presented;
mod private_key_jwt;
mod secret;
mod self_signed_tls_client_auth;
mod tls_client_auth;
pub mod trust;

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use symbolon_protocol::{ClientAuthMethod, ErrorCode, Form, OAuthError};

pub use presented::{Claimed, Presented};
pub use trust::Verdicts;

use super::BoxFuture;
use super::clients;
use super::error::ErrorResponse;
use crate::cx::Cx;
use crate::rate::network;
use crate::snapshot::Client;
use crate::tls::PeerCertificate;

/// One way for a client to prove who it is.
pub trait ClientAuth: Sync {
    /// The method's name in metadata and registrations.
    fn method(&self) -> ClientAuthMethod;

    /// Whether the request holds credentials that belong to this method and to no other.
    ///
    /// A certificate is none: it may be there to bind the token, whatever the client authenticates with
    /// (RFC 8705 §3), or because the browser always shows one.
    fn is_offered(&self, presented: &Presented<'_>) -> bool;

    /// Checks the proof.
    ///
    /// # Errors
    /// `invalid_client` when it fails, `temporarily_unavailable` when it cannot be checked now.
    fn verify<'a>(
        &'a self,
        cx: &'a Cx,
        client: &'a Client,
        claimed: Claimed<'a>,
    ) -> BoxFuture<'a, Result<(), OAuthError>>;
}

/// Every method there is. Discovery and the checks of the management API are computed from it.
pub static CLIENT_AUTH_METHODS: &[&dyn ClientAuth] = &[
    &client_secret_basic::ClientSecretBasic,
    &client_secret_post::ClientSecretPost,
    &client_secret_jwt::ClientSecretJwt,
    &private_key_jwt::PrivateKeyJwt,
    &tls_client_auth::TlsClientAuth,
    &self_signed_tls_client_auth::SelfSignedTlsClientAuth,
    &none::None,
];

/// Where clients authenticate, below the address of the workspace: what an assertion may name as its audience.
const ENDPOINTS: &[&str] = &[
    "/oauth2/token",
    "/oauth2/introspect",
    "/oauth2/revoke",
    "/par",
    "/device/authorization",
    "/backchannel/authentication",
];

/// A client that has proved who it is, or a public one that said so.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The client.
    pub client: Arc<Client>,
    /// How it was shown.
    pub method: ClientAuthMethod,
}

/// Finds out which client is calling.
///
/// # Errors
/// `invalid_request` when the request is contradictory, `invalid_client` (401) when the proof fails,
/// `temporarily_unavailable` when it cannot be checked.
pub async fn authenticate(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Authenticated, ErrorResponse> {
    let authenticated = identify(cx, headers, form).await;
    authenticated.map_err(|error| error.to_header(headers.contains_key(AUTHORIZATION)))
}

async fn identify(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Authenticated, ErrorResponse> {
    let unidentified = |error| ErrorResponse::from(error).of_client(form.get("client_id"));
    let presented = Presented::read(headers, form).map_err(unidentified)?;
    let offered = offered(&presented).map_err(unidentified)?;
    let mut first_error = None;
    // A Basic header can be read in two ways; the RFC's comes first.
    for claimed in presented.claims() {
        let caller =
            (network(cx.peer.remote.ip()), &*cx.workspace.tenant_id, &*cx.workspace.id, claimed.client_id);
        cx.app.client_failures.check(&caller, cx.now).map_err(|seconds| too_many(claimed, seconds))?;
        let error = match check(cx, claimed, offered).await {
            Ok(authenticated) => return Ok(authenticated),
            Err(error) => error,
        };
        let failed = error.code == ErrorCode::InvalidClient;
        let error = ErrorResponse::from(error).of_client(Some(claimed.client_id));
        if !failed {
            return Err(error);
        }
        if first_error.is_none() {
            // Over the limit is what the next request will hear.
            let _counted = cx.app.client_failures.count(&caller, cx.now);
        }
        first_error.get_or_insert(error);
    }
    Err(first_error.unwrap_or_else(|| no_client_id().into()))
}

/// The client that calls, where its name alone suffices: it has shown that much by `none` then. What it sends to prove
/// its name is checked all the same.
///
/// # Errors
/// As [`authenticate`].
pub async fn by_name(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Authenticated, ErrorResponse> {
    let named = identify_by_name(cx, headers, form).await;
    named.map_err(|error| error.to_header(headers.contains_key(AUTHORIZATION)))
}

async fn identify_by_name(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Authenticated, ErrorResponse> {
    let unidentified = |error| ErrorResponse::from(error).of_client(form.get("client_id"));
    let presented = Presented::read(headers, form).map_err(unidentified)?;
    let proof = offered(&presented).map_err(unidentified)?;
    let (None, Some(client_id)) = (proof, presented.client_id) else {
        return identify(cx, headers, form).await;
    };
    let found = clients::find(cx, client_id).await.map_err(unidentified)?;
    let client = found.filter(|client| client.is_active()).ok_or_else(|| {
        unidentified(
            OAuthError::invalid_client("client_unknown")
                .detail("the workspace has no active client of that id")
                .got_name(client_id),
        )
    })?;
    // A certificate is a proof for those who are registered to prove themselves by one.
    if client.auth_method.is_mutual_tls() && cx.peer.certificate.is_some() {
        return identify(cx, headers, form).await;
    }
    Ok(Authenticated { client, method: ClientAuthMethod::None })
}

/// What a request with nothing but this client id would come to on this connection.
///
/// # Errors
/// As [`authenticate`].
pub async fn rehearse(cx: &Cx, client_id: &str) -> Result<Authenticated, OAuthError> {
    check(cx, Claimed { client_id, secret: None, assertion: None }, None).await
}

/// The same for a client that is at hand.
///
/// # Errors
/// As [`authenticate`].
pub async fn rehearse_as(cx: &Cx, client: &Client) -> Result<(), OAuthError> {
    let claimed = Claimed { client_id: client.id(), secret: None, assertion: None };
    verify(cx, client, claimed, None).await.map(drop)
}

/// The one explicit way in which the request authenticates; `None` when nothing but a `client_id` came.
fn offered(presented: &Presented<'_>) -> Result<Option<&'static dyn ClientAuth>, OAuthError> {
    let mut offered = CLIENT_AUTH_METHODS.iter().copied().filter(|method| method.is_offered(presented));
    let first = offered.next();
    let Some(second) = offered.next() else { return Ok(first) };
    // RFC 6749 §2.3: the client MUST NOT use more than one authentication method in each request.
    let names = first.map_or("", |first| first.method().as_str());
    Err(OAuthError::invalid_request("client_authenticated_twice")
        .description("The request authenticates the client in more than one way.")
        .expected("one of them")
        .got(format!("{names} and {}", second.method())))
}

async fn check(
    cx: &Cx,
    claimed: Claimed<'_>,
    offered: Option<&'static dyn ClientAuth>,
) -> Result<Authenticated, OAuthError> {
    let Some(client) = clients::find(cx, claimed.client_id).await? else {
        // The same work as for a client that is there, so that time does not tell them apart.
        secret::waste(claimed);
        return Err(OAuthError::invalid_client("client_unknown")
            .detail("the workspace has no client of that id")
            .got_name(claimed.client_id));
    };
    let method = verify(cx, &client, claimed, offered).await?;
    Ok(Authenticated { client, method })
}

async fn verify(
    cx: &Cx,
    client: &Client,
    claimed: Claimed<'_>,
    offered: Option<&'static dyn ClientAuth>,
) -> Result<ClientAuthMethod, OAuthError> {
    let method = choose(cx, client, offered)?;
    method.verify(cx, client, claimed).await?;
    // Last, so that only the client itself can learn it.
    if !client.is_active() {
        return Err(OAuthError::invalid_client("client_inactive")
            .detail("client_status is inactive")
            .got(client.id()));
    }
    Ok(method.method())
}

/// The registered method, if it is the one that was offered and the workspace allows it.
fn choose(
    cx: &Cx,
    client: &Client,
    offered: Option<&'static dyn ClientAuth>,
) -> Result<&'static dyn ClientAuth, OAuthError> {
    let registered = client.auth_method;
    let method = match offered {
        // ACP: a client whose method is not fixed authenticates with its secret, in either place.
        Some(offered) if registered == ClientAuthMethod::Unspecified => Some(offered),
        Some(offered) => Some(offered).filter(|offered| offered.method() == registered),
        None if registered.is_public() || registered.is_mutual_tls() => find(registered),
        None => None,
    };
    let method = method.ok_or_else(|| mismatch(client, offered))?;
    let allowed = &cx.workspace.server.token_endpoint_auth_methods;
    if !allowed.iter().any(|word| word == method.method().as_str()) {
        return Err(OAuthError::invalid_client("client_auth_method_not_allowed")
            .detail("the workspace does not allow this method (token_endpoint_auth_methods)")
            .expected(allowed.join(", "))
            .got(method.method()));
    }
    Ok(method)
}

fn find(method: ClientAuthMethod) -> Option<&'static dyn ClientAuth> {
    CLIENT_AUTH_METHODS.iter().copied().find(|known| known.method() == method)
}

fn mismatch(client: &Client, offered: Option<&'static dyn ClientAuth>) -> OAuthError {
    OAuthError::invalid_client("client_auth_method_mismatch")
        .detail(format!("client {} is registered with another token_endpoint_auth_method", client.id()))
        .expected(client.auth_method)
        .got(offered.map_or("a client_id alone", |offered| offered.method().as_str()))
}

/// Of one client from one address alone: nobody else is kept out by it.
fn too_many(claimed: Claimed<'_>, seconds: i64) -> ErrorResponse {
    let error = OAuthError::temporarily_unavailable("too_many_client_failures")
        .description("Authentication of the client has failed too often. Try again later.")
        .detail(format!("looked at again in {seconds} s (limits.client_failures_per_minute)"))
        .got_name(claimed.client_id);
    ErrorResponse::too_many(error, seconds).of_client(Some(claimed.client_id))
}

fn no_client_id() -> OAuthError {
    OAuthError::invalid_client("client_id_missing")
        .description("Client authentication is missing: send a client_id, or an Authorization header.")
        .expected("client_id in the form, or Authorization: Basic")
}

/// The certificate of this connection.
fn certificate_of(cx: &Cx) -> Result<&PeerCertificate, OAuthError> {
    cx.peer.certificate.as_deref().ok_or_else(|| {
        OAuthError::invalid_client("certificate_missing")
            .description(
                "The client authenticates with a certificate, and none was presented on this connection.",
            )
            .expected("a client certificate")
            .got("none")
    })
}
