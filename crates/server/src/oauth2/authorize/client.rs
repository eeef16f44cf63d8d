//! Who asks, and where the answer may go: what must be right before anybody is redirected.

use std::borrow::Cow;
use std::sync::Arc;

use symbolon_protocol::{ApplicationType, ClientAuthMethod, Form, GrantType, OAuthError, redirect_uri};

use super::request::{AuthorizationRequest, RedirectUri};
use super::rules::response_type;
use crate::cx::Cx;
use crate::oauth2::authorization_details;
use crate::oauth2::clients;
use crate::oauth2::issue::OPENID;
use crate::oauth2::profile::Profile;
use crate::oauth2::profile::clients::allows_redirect_uri;
use crate::snapshot::Client;

/// Finds the client of an authorization request.
///
/// # Errors
/// What a page will say. Nothing here may be told to a redirect URI.
pub async fn identify(cx: &Cx, form: &Form) -> Result<Arc<Client>, OAuthError> {
    let client_id = form.get("client_id").ok_or_else(|| {
        OAuthError::invalid_request("client_id_missing").description("The parameter client_id is missing.")
    })?;
    let client =
        clients::find(cx, client_id).await?.filter(|client| client.is_active()).ok_or_else(|| {
            OAuthError::invalid_request("client_unknown")
                .description("The application is not known here.")
                .expected("the id of an active client of this workspace")
                .got_name(client_id)
        })?;
    check_may_ask_people(&client)?;
    Ok(client)
}

/// Finds the redirect URI of an authorization request.
///
/// # Errors
/// What a page will say, or the client itself is told that pushes the request.
pub fn redirect_uri(cx: &Cx, client: &Client, form: &Form) -> Result<RedirectUri, OAuthError> {
    let registered = registered(cx, client);
    let profile = Profile::of(&cx.workspace);
    Ok(match form.get("redirect_uri") {
        Some(asked) => RedirectUri { value: find(client, &registered, asked)?, sent: true },
        None if profile.requires_redirect_uri() => {
            return Err(redirect_uri_missing().detail(profile.clause_of_redirect_uris()));
        }
        None if form.get("scope").is_some_and(|scope| scope.split(' ').any(|name| name == OPENID)) => {
            return Err(redirect_uri_missing().detail("OpenID Connect Core §3.1.2.1"));
        }
        None => RedirectUri { value: only_one(&registered)?, sent: false },
    })
}

/// Whether the client has a grant that begins with a person.
///
/// # Errors
/// `unauthorized_client` when it has none.
pub fn check_may_ask_people(client: &Client) -> Result<(), OAuthError> {
    if may_ask_people(client) {
        return Ok(());
    }
    Err(OAuthError::unauthorized_client("grant_not_registered")
        .description("The application may not ask people to log in.")
        .expected("authorization_code or implicit among the client's grant_types"))
}

/// Whether the client may still be answered as it asked: its registration may have changed while a person was reading
/// a page.
pub fn may_still_ask(cx: &Cx, client: &Client, request: &AuthorizationRequest) -> bool {
    client.is_active()
        && response_type::check_client(client, request.response_type).is_ok()
        && response_type::allowed(&cx.workspace).any(|known| known == request.response_type)
        && find(client, &registered(cx, client), &request.redirect_uri).is_ok()
        && request.scope.is_subset(&client.scopes)
        && authorization_details::may_ask(cx, client, &request.authorization_details)
}

fn may_ask_people(client: &Client) -> bool {
    [GrantType::AuthorizationCode, GrantType::Implicit].iter().any(|grant| client.allows_grant(*grant))
}

/// The redirect URIs of the client. A client that this server made for itself may name a path: the page of this
/// server, under whatever name it is reached. The management API takes no such entry.
fn registered<'a>(cx: &Cx, client: &'a Client) -> Vec<Cow<'a, str>> {
    let profile = Profile::of(&cx.workspace);
    let whole = |uri: &'a String| match uri.starts_with('/') && client.entity.system {
        true => Cow::Owned(format!("{}{uri}", cx.base_url)),
        false => Cow::Borrowed(uri.as_str()),
    };
    // A registration may be older than the profile.
    let allowed = client.entity.redirect_uris.iter().filter(|uri| allows_redirect_uri(profile, uri));
    allowed.map(whole).collect()
}

/// RFC 9700 §2.1: exact string matching, but for the port of a loopback address of a native app (RFC 8252 §7.3).
fn find(client: &Client, registered: &[Cow<'_, str>], asked: &str) -> Result<String, OAuthError> {
    let native = client.auth_method == ClientAuthMethod::None
        || client.entity.application_type == ApplicationType::Native.as_str();
    if registered.iter().any(|uri| redirect_uri::matches(uri, asked, native)) {
        return Ok(asked.to_owned());
    }
    Err(OAuthError::invalid_request("redirect_uri_not_registered")
        .description("The address to return to is not one that the application has registered.")
        .expected(registered.join(", "))
        .got(asked))
}

/// RFC 6749 §3.1.2.3: the parameter may be left out when there is one redirect URI only.
fn only_one(registered: &[Cow<'_, str>]) -> Result<String, OAuthError> {
    match registered {
        [uri] => Ok(uri.to_string()),
        _ => Err(redirect_uri_missing()),
    }
}

fn redirect_uri_missing() -> OAuthError {
    OAuthError::invalid_request("redirect_uri_missing").description("The parameter redirect_uri is missing.")
}
