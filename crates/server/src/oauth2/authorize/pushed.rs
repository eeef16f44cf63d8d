//! Pushed authorization requests between the client that pushed them and the browser that brings their name
//! (RFC 9126).
//!
//! A request may be begun until it expires, by reloading or going back too, and is answered once.

use symbolon_jose::sha256_b64url;
use symbolon_protocol::{ErrorCode, Form, OAuthError};
use symbolon_store::NewPushedRequest;
use symbolon_store::entity::GoDuration;
use url::form_urlencoded::Serializer;

use super::request::AuthorizationRequest;
use crate::cx::Cx;
use crate::oauth2::error::store_failure;
use crate::snapshot::{Client, Workspace};

/// What every `request_uri` that we give out begins with (RFC 9126 §2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// How long a request may wait to be begun, in seconds, unless the workspace says otherwise.
const SECONDS: i64 = 60;
/// Parameters that prove the client, which are no part of what it asks for.
const CREDENTIALS: &[&str] = &["client_secret", "client_assertion", "client_assertion_type"];

/// The secret part of a `request_uri` of ours.
pub fn id_of(request_uri: &str) -> Option<&str> {
    request_uri.strip_prefix(PREFIX)
}

/// The name under which a request is kept: whoever reads it cannot bring the request.
pub fn name_of(id: &str) -> String {
    sha256_b64url(id.as_bytes())
}

/// Keeps a request. Returns its `request_uri`, and how long it is good for, in seconds.
///
/// # Errors
/// When the store does not answer.
pub async fn keep(cx: &Cx, client: &Client, form: &Form) -> Result<(String, i64), OAuthError> {
    let id = cx.app.rng.secret();
    let configured = cx.workspace.server.pushed_authorization_request_ttl.map(GoDuration::secs);
    let seconds = configured.filter(|seconds| *seconds > 0).unwrap_or(SECONDS);
    let asked = form.iter().filter(|(name, _)| !CREDENTIALS.contains(name));
    let doc = Serializer::new(String::new()).extend_pairs(asked).finish();
    let new = NewPushedRequest {
        id: &name_of(&id),
        client_id: client.id(),
        doc: &doc,
        expires_at: cx.now.plus_seconds(seconds).millis(),
    };
    cx.store().insert_pushed_request(&new).await.map_err(|error| store_failure(&error))?;
    Ok((format!("{PREFIX}{id}"), seconds))
}

/// The parameters of a request that this client has pushed and that waits to be answered.
///
/// # Errors
/// `invalid_request_uri`.
pub async fn find(cx: &Cx, client: &Client, name: &str) -> Result<Form, OAuthError> {
    let found = cx.store().find_pushed_request::<String>(name, cx.now.millis()).await;
    let found = found.map_err(|error| store_failure(&error))?.ok_or_else(gone)?;
    // RFC 9126 §2.2: the request URI is bound to the client that posted the request.
    if found.client_id != client.id() {
        return Err(OAuthError::new(ErrorCode::InvalidRequestUri, "request_uri_of_another_client")
            .description(GONE)
            .expected(found.client_id)
            .got(client.id()));
    }
    Ok(Form::parse(found.doc.as_bytes())?)
}

/// Notes that a request is being answered; nothing to do for one that was not pushed.
///
/// # Errors
/// `invalid_request_uri` when it was answered before.
pub async fn spend(cx: &Cx, request: &AuthorizationRequest) -> Result<(), OAuthError> {
    let Some(name) = &request.pushed else { return Ok(()) };
    match cx.store().spend_pushed_request(name, cx.now.millis()).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(gone()),
        Err(error) => Err(store_failure(&error)),
    }
}

/// Whether clients can push requests here.
pub fn is_served(workspace: &Workspace) -> bool {
    !workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.disable_par)
}

/// Whether the client must push its requests (RFC 9126 §5, §6).
pub fn is_required(workspace: &Workspace, client: &Client) -> bool {
    workspace.server.require_pushed_authorization_requests
        || client.entity.require_pushed_authorization_requests
}

const GONE: &str = "The request_uri is unknown here, has expired or was used already.";

fn gone() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, "request_uri_gone").description(GONE)
}
