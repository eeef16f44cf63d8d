//! ID tokens encrypted to the client (OIDC Core §10.2, §16.14): signed first, then encrypted.

use symbolon_jose::KeyManagement;
use symbolon_protocol::{ErrorCode, OAuthError, ScopeSet};

use super::front_channel::FrontChannelIssued;
use super::{Issued, OPENID};
use crate::cx::Cx;
use crate::oauth2::sealing;
use crate::snapshot::Client;

/// Encrypts the ID token of an answer of the token endpoint, where the client has registered it.
///
/// # Errors
/// As [`encrypt`].
pub async fn seal(cx: &Cx, client: &Client, issued: &mut Issued) -> Result<(), OAuthError> {
    encrypt(cx, client, issued.response.id_token.as_mut()).await
}

/// The same for an answer by way of the browser.
///
/// # Errors
/// As [`encrypt`].
pub async fn seal_front_channel(
    cx: &Cx,
    client: &Client,
    issued: &mut FrontChannelIssued,
) -> Result<(), OAuthError> {
    encrypt(cx, client, issued.response.id_token_mut()).await
}

/// Whether an ID token could be given to the client for these scopes: asked before a person is, as it is all in vain
/// otherwise.
///
/// # Errors
/// `unauthorized_client` when there is no key to encrypt to, or the workspace enforces encryption and the client has not
/// registered it.
pub fn check_possible(cx: &Cx, client: &Client, scope: &ScopeSet) -> Result<(), OAuthError> {
    let alg = client.entity.id_token_encrypted_response_alg.as_deref().filter(|alg| !alg.is_empty());
    let is_needed = alg.is_some() || cx.workspace.server.enforce_id_token_encryption;
    if !is_needed || !scope.contains(OPENID) || alg.is_some_and(|alg| has_key(client, alg)) {
        return Ok(());
    }
    Err(missing())
}

/// # Errors
/// `unauthorized_client` when there is no key to encrypt to, or the workspace enforces encryption and the client has not
/// registered it; `temporarily_unavailable` when its `jwks_uri` does not answer.
async fn encrypt(cx: &Cx, client: &Client, id_token: Option<&mut String>) -> Result<(), OAuthError> {
    let Some(id_token) = id_token else { return Ok(()) };
    let entity = &client.entity;
    let encrypter = sealing::encrypter(
        cx,
        client,
        entity.id_token_encrypted_response_alg.as_deref(),
        entity.id_token_encrypted_response_enc.as_deref(),
    )
    .await;
    let encrypter = encrypter.map_err(|mut error| {
        // What the client lacks is no fault of the server's.
        if error.code == ErrorCode::ServerError {
            error.code = ErrorCode::UnauthorizedClient;
        }
        error
    })?;
    if encrypter.is_none() && cx.workspace.server.enforce_id_token_encryption {
        return Err(missing());
    }
    *id_token = sealing::nest(encrypter.as_ref(), std::mem::take(id_token))?;
    Ok(())
}

/// Whether there may be a key. What is behind a `jwks_uri` is seen when it is used.
fn has_key(client: &Client, alg: &str) -> bool {
    let is_symmetric = alg.parse().is_ok_and(KeyManagement::is_symmetric);
    let is_elsewhere = client.entity.jwks_uri.as_deref().is_some_and(|url| !url.is_empty());
    match is_symmetric {
        true => client.secret_encryption().is_some(),
        false => is_elsewhere || client.keys.encryption(alg, None).is_some(),
    }
}

fn missing() -> OAuthError {
    OAuthError::unauthorized_client("id_token_encryption_missing")
        .description(
            "The ID tokens of the client are encrypted, and it has registered no key management for that, or no key.",
        )
        .detail("enforce_id_token_encryption of the workspace, or id_token_encrypted_response_alg of the client, is set")
        .expected("id_token_encrypted_response_alg, and a key to encrypt to")
}
