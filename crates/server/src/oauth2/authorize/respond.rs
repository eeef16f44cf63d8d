//! The answer to the client: what was issued or an error, by the response mode, with `state` and `iss` (RFC 9207).

use axum::response::Response;
use symbolon_protocol::OAuthError;

use super::issue::Parameters;
use crate::login::views::{View, error_page_back};
use crate::oauth2::check_session::OfBrowser;
use crate::oauth2::response_modes;
use crate::refusals::Refused;

/// What the client has asked for (RFC 6749 §4.1.2, §4.2.2).
pub async fn success(view: View<'_>, issued: &Parameters) -> Response {
    let issued: Vec<_> = issued.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(view, &issued).await
}

/// An error for the client (RFC 6749 §4.1.2.1). The reason goes to the refusal record.
pub async fn error(view: View<'_>, error: OAuthError) -> Response {
    let mut answer = vec![("error", error.code.as_str()), ("error_description", &*error.description)];
    // Session Management 1.0 §2: an error tells it too.
    let browser = OfBrowser::find(view.cx, view.headers);
    let session_state = browser.session_state(view.cx, view.request);
    answer.extend(session_state.as_deref().map(|state| ("session_state", state)));
    let mut response = send(view, &answer).await;
    if session_state.is_some() {
        browser.remember(view.cx, response.headers_mut());
    }
    // What keeps the client from being answered is the graver fault, and is recorded already.
    if response.extensions().get::<Refused>().is_none() {
        response.extensions_mut().insert(Refused::oauth(error).of_client(&view.request.client_id));
    }
    response
}

async fn send(view: View<'_>, answer: &[(&str, &str)]) -> Response {
    let issuer = view.cx.issuer();
    let mut parameters = answer.to_vec();
    parameters.extend(view.request.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", &issuer));
    match response_modes::respond(view, &parameters).await {
        Ok(response) => response,
        // It was to be signed or encrypted: unprotected it would tell what it should not.
        Err(error) => error_page_back(view.cx, view.headers, view.client, error),
    }
}
