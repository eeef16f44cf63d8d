//! ID tokens encrypted to the client (OIDC Core §10.2, §16.14): signed first, then encrypted.

use symbolon_protocol::OAuthError;

use super::Issued;
use super::front_channel::FrontChannelIssued;
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

/// # Errors
/// `server_error` when there is no key to encrypt to, or the workspace enforces encryption and the client has not
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
    .await?;
    if encrypter.is_none() && cx.workspace.server.enforce_id_token_encryption {
        return Err(OAuthError::server_error("id_token_encryption_missing")
            .description(
                "This server encrypts ID tokens, and the client has registered no key management for it.",
            )
            .expected("id_token_encrypted_response_alg, and a key to encrypt to"));
    }
    *id_token = sealing::nest(encrypter.as_ref(), std::mem::take(id_token))?;
    Ok(())
}
