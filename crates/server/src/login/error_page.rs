//! The page for what cannot go back to a client. The reason goes to the refusal record.

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use symbolon_protocol::{ErrorCode, OAuthError};

use super::views::{brand, language, languages};
use crate::client_metadata::localized;
use crate::cx::Cx;
use crate::oauth2::response_modes::with_query;
use crate::pages::{Developer, ErrorKind, ErrorPage, FormTargets, Link, Restart};
use crate::refusals::Refused;
use crate::snapshot::Client;

/// A page for what cannot go back to a client. The reason goes to the refusal record.
pub fn error_page(cx: &Cx, headers: &HeaderMap, error: OAuthError) -> Response {
    error_page_of(cx, headers, None, error)
}

/// The same where it is known which client asked, or which one it said it was.
pub fn error_page_of(cx: &Cx, headers: &HeaderMap, client_id: Option<&str>, error: OAuthError) -> Response {
    error_page_with(cx, headers, client_id, None, error)
}

/// The same with the way back to a client, where it has one.
pub fn error_page_back(cx: &Cx, headers: &HeaderMap, client: &Client, error: OAuthError) -> Response {
    let restart = (kind(&error) == ErrorKind::Expired).then(|| restart(cx, headers, client)).flatten();
    error_page_with(cx, headers, Some(client.id()), restart, error)
}

fn error_page_with(
    cx: &Cx,
    headers: &HeaderMap,
    client_id: Option<&str>,
    restart: Option<Restart>,
    error: OAuthError,
) -> Response {
    let kind = kind(&error);
    let developer = (kind == ErrorKind::BadRequest || kind == ErrorKind::RedirectUri).then(|| Developer {
        error: error.code.as_str().to_owned(),
        description: error.description.to_string(),
        rule: Some(error.reason.code.to_string()),
        parameter: None,
    });
    let page = ErrorPage { kind, request_id: cx.request_id.as_str().to_owned(), developer, restart };
    let html = cx.app.pages.render(&page, language(headers, None), &brand(cx), &FormTargets::own());
    let mut response = html.with_status(kind.status()).into_response();
    let refused = Refused::oauth(error);
    response.extensions_mut().insert(match client_id {
        Some(client_id) => refused.of_client(client_id),
        None => refused,
    });
    response
}

/// Where a client is asked to begin a login here (OIDC Core §4). What describes itself is not led to: nobody has
/// registered it.
pub(super) fn restart(cx: &Cx, headers: &HeaderMap, client: &Client) -> Option<Restart> {
    let address = client.entity.initiate_login_uri.as_deref().filter(|_| client.host.is_none())?;
    let link = Link::parse(&with_query(address, &[("iss", &cx.issuer())]))?;
    Some(Restart { client: localized::name(client, &languages(headers, None)).to_owned(), link })
}

fn kind(error: &OAuthError) -> ErrorKind {
    match (error.code, &*error.reason.code) {
        (_, "client_unknown") => ErrorKind::UnknownClient,
        (_, reason) if reason.starts_with("redirect_uri") => ErrorKind::RedirectUri,
        (_, "interaction_gone" | "interaction_finished" | "form_not_from_this_page") => ErrorKind::Expired,
        (_, "too_many_authorizations") => ErrorKind::TooMany,
        (_, "browser_unknown") => ErrorKind::Cookies,
        (ErrorCode::ServerError, _) => ErrorKind::Internal,
        (ErrorCode::TemporarilyUnavailable, _) => ErrorKind::Unavailable,
        (ErrorCode::AccessDenied, _) => ErrorKind::Forbidden,
        _ => ErrorKind::BadRequest,
    }
}
