//! RP-initiated logout: `/{tid}/{aid}/oidc/logout` (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With an `id_token_hint` of the session's own subject the session ends at once; otherwise the person is asked, as
//! any site can send a browser here. The browser returns to a client only at an address the client has registered.

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, Uri};
use symbolon_protocol::{Form, OAuthError};

use super::error::store_failure;
use super::id_token_hint::{self, IdTokenHint};
use super::response_modes::see_other;
use crate::cx::Cx;
use crate::login::{Browser, Session};
use crate::pages::{self, error_page};

/// What the CSRF token of the confirmation page is made for.
const CSRF_PURPOSE: &str = "logout";

/// Ends the session of this browser.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oidc/logout", operation_id = "rpInitiatedLogout", tag = "oauth2",
    params(
        ("tid" = String, Path, description = "Tenant"), ("aid" = String, Path, description = "Workspace"),
        ("id_token_hint" = Option<String>, Query), ("client_id" = Option<String>, Query),
        ("post_logout_redirect_uri" = Option<String>, Query), ("state" = Option<String>, Query),
        ("logout_hint" = Option<String>, Query), ("ui_locales" = Option<String>, Query),
    ),
    responses(
        (status = 200, description = "A page: logged out, or the question whether to", content_type = "text/html"),
        (status = 303, description = "Back to the client"),
        (status = 400, description = "A page: a parameter is wrong", content_type = "text/html"),
    )
)]
pub async fn get(cx: Cx, uri: Uri, headers: HeaderMap) -> Response {
    match Form::from_query(uri.query().unwrap_or_default()) {
        Ok(form) => end_session(&cx, &headers, &form).await,
        Err(error) => error_page(&cx, &headers, error.into()),
    }
}

/// The same by POST, from clients and from the confirmation page.
pub async fn post(cx: Cx, headers: HeaderMap, body: Bytes) -> Response {
    match Form::parse(&body) {
        Ok(form) => end_session(&cx, &headers, &form).await,
        Err(error) => error_page(&cx, &headers, error.into()),
    }
}

async fn end_session(cx: &Cx, headers: &HeaderMap, form: &Form) -> Response {
    match answer(cx, headers, form).await {
        Ok(response) => response,
        Err(error) => error_page(cx, headers, error),
    }
}

async fn answer(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    let asked = Asked::read(cx, form).await?;
    let session = Session::find(cx, headers).await.map_err(|error| store_failure(&error))?;
    let Some(session) = session else { return Ok(asked.done(cx, headers)) };
    let browser = Browser::of(cx, headers);
    let confirmed = browser.accepts(cx, CSRF_PURPOSE, form.get("csrf"));
    let hinted = asked.hint.as_ref().is_some_and(|hint| {
        hint.subject == session.person.subject
            && hint.session_id.as_ref().is_none_or(|sid| *sid == session.public_id())
    });
    if !confirmed && !hinted {
        let csrf = browser.csrf_token(cx, CSRF_PURPOSE);
        let mut response = pages::logout_page(cx, headers, &session.person, form, &csrf);
        browser.remember(cx, response.headers_mut());
        return Ok(response);
    }
    let mut response = asked.done(cx, headers);
    session.end(cx, response.headers_mut()).await.map_err(|error| store_failure(&error))?;
    Ok(response)
}

/// What a logout request asks for, checked.
struct Asked {
    hint: Option<IdTokenHint>,
    /// Where the client wants the browser back, with its `state`.
    back: Option<String>,
}

impl Asked {
    async fn read(cx: &Cx, form: &Form) -> Result<Self, OAuthError> {
        let hint = match form.get("id_token_hint") {
            None => None,
            Some(token) => Some(id_token_hint::verify(cx, token).map_err(|error| {
                OAuthError::invalid_request("id_token_hint_invalid")
                    .description("The id_token_hint is not an ID token of this authorization server.")
                    .detail(error)
            })?),
        };
        let client_id = form.get("client_id");
        if let (Some(hint), Some(client_id)) = (&hint, client_id)
            && hint.client_id != client_id
        {
            return Err(OAuthError::invalid_request("id_token_hint_of_another_client")
                .description("The id_token_hint was issued to another client than client_id says.")
                .expected(client_id)
                .got(&hint.client_id));
        }
        let client_id = client_id.or(hint.as_ref().map(|hint| hint.client_id.as_str()));
        let back = match form.get("post_logout_redirect_uri") {
            None => None,
            Some(uri) => Some(return_address(cx, client_id, uri, form.get("state")).await?),
        };
        Ok(Self { hint, back })
    }

    /// The session is over: back to the client, or a page that says so.
    fn done(self, cx: &Cx, headers: &HeaderMap) -> Response {
        match self.back {
            Some(address) => see_other(&address),
            None => pages::logged_out_page(cx, headers),
        }
    }
}

/// The registered address with `state`. RP-Initiated Logout 1.0 §3: no redirection to an address not registered.
async fn return_address(
    cx: &Cx,
    client_id: Option<&str>,
    uri: &str,
    state: Option<&str>,
) -> Result<String, OAuthError> {
    let client_id = client_id.ok_or_else(|| {
        OAuthError::invalid_request("client_unnamed")
            .description("With post_logout_redirect_uri the request must name the client: send id_token_hint or client_id.")
    })?;
    let client = cx
        .app
        .snapshots
        .client(&cx.app.store, &cx.workspace, client_id)
        .await
        .map_err(|error| store_failure(&error))?;
    let registered = client.as_ref().is_some_and(|client| {
        client.entity.post_logout_redirect_uris.iter().any(|registered| registered == uri)
    });
    if !registered {
        return Err(OAuthError::invalid_request("post_logout_redirect_uri_not_registered")
            .description("The address to return to is not one that the application has registered.")
            .got(uri));
    }
    Ok(match state {
        None => uri.to_owned(),
        Some(state) => super::response_modes::with_query(uri, &[("state", state)]),
    })
}
