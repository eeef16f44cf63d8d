//! Who asks, and where the answer may go: what must be right before anybody is redirected.

use std::sync::Arc;

use symbolon_protocol::{ClientAuthMethod, Form, GrantType, OAuthError, redirect_uri};

use super::request::RedirectUri;
use crate::cx::Cx;
use crate::oauth2::error::store_failure;
use crate::snapshot::Client;

/// Finds the client and the redirect URI of an authorization request.
///
/// # Errors
/// What a page will say. Nothing here may be told to a redirect URI.
pub async fn identify(cx: &Cx, form: &Form) -> Result<(Arc<Client>, RedirectUri), OAuthError> {
    let client_id = form.get("client_id").ok_or_else(|| {
        OAuthError::invalid_request("client_id_missing").description("The parameter client_id is missing.")
    })?;
    let client = cx
        .app
        .snapshots
        .client(&cx.app.store, &cx.workspace, client_id)
        .await
        .map_err(|error| store_failure(&error))?
        .filter(|client| client.is_active())
        .ok_or_else(|| {
            OAuthError::invalid_request("client_unknown")
                .description("The application is not known here.")
                .expected("the id of an active client of this workspace")
                .got(client_id)
        })?;
    if !client.allows_grant(GrantType::AuthorizationCode) {
        return Err(OAuthError::unauthorized_client("grant_not_registered")
            .description("The application may not ask people to log in.")
            .expected("authorization_code among the client's grant_types"));
    }
    let redirect_uri = match form.get("redirect_uri") {
        Some(asked) => RedirectUri { value: registered(&client, asked)?.to_owned(), sent: true },
        None => RedirectUri { value: only_one(&client)?.to_owned(), sent: false },
    };
    Ok((client, redirect_uri))
}

/// RFC 9700 §2.1: exact string matching, but for the port of a loopback address of a native app (RFC 8252 §7.3).
fn registered<'a>(client: &Client, asked: &'a str) -> Result<&'a str, OAuthError> {
    let native = client.auth_method == ClientAuthMethod::None;
    if client.redirect_uris().any(|uri| redirect_uri::matches(uri, asked, native)) {
        return Ok(asked);
    }
    Err(OAuthError::invalid_request("redirect_uri_not_registered")
        .description("The address to return to is not one that the application has registered.")
        .expected(client.redirect_uris().collect::<Vec<_>>().join(", "))
        .got(asked))
}

/// RFC 6749 §3.1.2.3: the parameter may be left out when there is one redirect URI only.
fn only_one(client: &Client) -> Result<&str, OAuthError> {
    let mut uris = client.redirect_uris();
    match (uris.next(), uris.next()) {
        (Some(uri), None) => Ok(uri),
        _ => Err(OAuthError::invalid_request("redirect_uri_missing")
            .description("The parameter redirect_uri is missing.")),
    }
}
