//! Token revocation (RFC 7009): `POST /{tid}/{aid}/oauth2/revoke`.
//!
//! A refresh token ends its grant, and with it every token issued from it. An access token ends alone. The answer is
//! 200 once the store has kept it, and for tokens that are none (§2.2).

use axum::body::Bytes;
use axum::response::Response;
use http::HeaderValue;
use symbolon_protocol::{ErrorCode, Form, OAuthError};

use super::access_token::{self, AccessToken};
use super::answer::no_store;
use super::caller::{Caller, REVOKE_TOKENS};
use super::error::{ErrorBody, ErrorResponse, store_failure};
use super::form_body::FormBody;
use super::forms::TokenToExamine;
use super::records::RefreshRecord;
use crate::cx::Cx;

/// Ends a token.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oauth2/revoke", operation_id = "revoke", tag = "oauth2",
    request_body(content = TokenToExamine, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is no more"),
        (status = 400, description = "The request is malformed, or the token is another client's", body = ErrorBody),
        (status = 401, description = "The caller is not who it says it is", body = ErrorBody),
        (status = 403, description = "The access token lacks the scope revoke_tokens", body = ErrorBody),
        (status = 503, description = "The store is away: the token still lives", body = ErrorBody),
    )
)]
pub async fn revoke(cx: Cx, FormBody { headers, form }: FormBody) -> Result<Response, ErrorResponse> {
    let caller = Caller::authenticate(&cx, &headers, &form, REVOKE_TOKENS).await?;
    match end(&cx, &caller, &form).await {
        Ok(()) => Ok(no_store(HeaderValue::from_static("application/json"), Bytes::new())),
        Err(error) => Err(ErrorResponse::from(error).of_client(Some(caller.client.id()))),
    }
}

/// `token_type_hint` is not needed: no token is looked for in the wrong place at any cost worth saving (§2.1 lets a
/// server ignore it).
async fn end(cx: &Cx, caller: &Caller, form: &Form) -> Result<(), OAuthError> {
    let token = form.require("token")?;
    match access_token::find(&cx.app, &cx.workspace, cx.now, token).await {
        Ok(found) => end_access_token(cx, caller, token, &found).await,
        Err(error) if error.code == ErrorCode::InvalidToken => end_refresh_token(cx, caller, token).await,
        Err(error) => Err(error),
    }
}

async fn end_access_token(
    cx: &Cx,
    caller: &Caller,
    token: &str,
    found: &AccessToken,
) -> Result<(), OAuthError> {
    check_owner(caller, found.client.id())?;
    let store = cx.store();
    // An opaque one by its identifier too: what was issued in exchange for it knows that.
    let mut kept = store.revoke_token(&found.claims.jti, found.claims.exp.saturating_mul(1000)).await;
    if kept.is_ok() && !token.contains('.') {
        kept = store.delete_access_token(token).await.map(drop);
    }
    kept.map_err(|error| store_failure(&error))
}

/// Spent tokens count too: who still holds one wants the access ended.
async fn end_refresh_token(cx: &Cx, caller: &Caller, token: &str) -> Result<(), OAuthError> {
    let store = cx.store();
    let found = store.find_any_refresh_token::<RefreshRecord>(token).await;
    let Some(found) = found.map_err(|error| store_failure(&error))? else { return Ok(()) };
    check_owner(caller, &found.client_id)?;
    let revoked = store.revoke_grant(&found.grant_id, cx.now.millis()).await;
    revoked.map(drop).map_err(|error| store_failure(&error))
}

/// §2.1: a token that was issued to another client is not this one's to revoke.
fn check_owner(caller: &Caller, client_id: &str) -> Result<(), OAuthError> {
    if caller.of_any_client || caller.client.id() == client_id {
        return Ok(());
    }
    Err(OAuthError::unauthorized_client("token_of_another_client")
        .description("The token was issued to another client.")
        .expected(client_id)
        .got(caller.client.id()))
}
