//! RP-initiated logout: `/{tid}/{aid}/oidc/logout` (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With an `id_token_hint` of the session's own subject the session ends at once; otherwise the person is asked, as
//! any site can send a browser here. Clients that took part are told: by the worker, and in frames of the page. The
//! browser returns to a client only at an address the client has registered.

use std::sync::Arc;

use aws_lc_rs::{constant_time, hmac};
use axum::body::Bytes;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Uri};
use symbolon_protocol::{Form, OAuthError};

use super::client_documents;
use super::clients;
use super::error::store_failure;
use super::form_body;
use super::frontchannel_logout;
use super::id_token_hint::{self, IdTokenHint};
use super::issue::subject;
use super::response_modes::{see_other, with_query};
use crate::cx::Cx;
use crate::login::views::{self, error_page};
use crate::login::{Browser, Session};
use crate::snapshot::Client;

/// An ID token of the session.
const HINT: &str = "id_token_hint";
/// Ours: that one was shown by POST.
const SEEN: &str = "id_token_hint_seen";

/// Ends the session of this browser.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oidc/logout", operation_id = "rpInitiatedLogout", tag = "oauth2",
    params(
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
        Ok(form) => {
            asked(&cx, &headers, &form).await.unwrap_or_else(|error| error_page(&cx, &headers, error))
        }
        Err(error) => error_page(&cx, &headers, error.into()),
    }
}

/// The same by POST. From the confirmation page: with its answer in the body, and the parameters in the address. From
/// clients: with the parameters in the body. Such a form of another site comes without our cookies (`SameSite=Lax`),
/// and the session would seem to be over already, so the browser is sent to the same as an address.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oidc/logout", operation_id = "rpInitiatedLogoutPost", tag = "oauth2",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A page: logged out, or the question whether to", content_type = "text/html"),
        (status = 303, description = "Back to the client, or to the same by GET"),
        (status = 400, description = "A page: a parameter is wrong", content_type = "text/html"),
    )
)]
pub async fn post(cx: Cx, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let answered = async {
        let body = form_body::read(&headers, &body)?;
        if body.get("csrf").is_some() {
            let asked = Form::from_query(uri.query().unwrap_or_default())?;
            return confirmed(&cx, &headers, &asked, &body).await;
        }
        let asked = Asked::read(&cx, &body).await?;
        let here = format!("/{}/{}/oidc/logout", cx.workspace.tenant_id, cx.workspace.id);
        let mut parameters: Vec<_> = body.iter().filter(|(name, _)| ![HINT, SEEN].contains(name)).collect();
        // An ID token has no business in the browser's history: that it was seen is said instead.
        let seen =
            asked.hint.as_ref().and_then(|hint| seen(&cx, &hint.client_id, hint.session_id.as_deref()?));
        parameters.extend(seen.as_ref().map(|seen| (SEEN, seen.as_str())));
        let named = asked.client.as_ref().filter(|_| body.get("client_id").is_none());
        parameters.extend(named.map(|client| ("client_id", client.id())));
        Ok(see_other(&with_query(&here, &parameters)))
    };
    answered.await.unwrap_or_else(|error| error_page(&cx, &headers, error))
}

/// A client asks. Without a hint that it knows who is logged in, so is the person.
async fn asked(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    let asked = Asked::read(cx, form).await?;
    let Some(session) = Session::find(cx, headers).await? else { return Ok(asked.done(cx, headers, true)) };
    if asked.is_of(cx, &session) {
        return end(cx, headers, session, asked).await;
    }
    let browser = Browser::of(cx, headers);
    let csrf = browser.csrf_token(cx, &csrf_purpose(&session));
    let mut response = views::logout_page(cx, headers, &session.person, asked.client.as_deref(), &csrf);
    browser.remember(cx, response.headers_mut());
    Ok(response)
}

/// The person has answered.
async fn confirmed(cx: &Cx, headers: &HeaderMap, form: &Form, answer: &Form) -> Result<Response, OAuthError> {
    let asked = Asked::read(cx, form).await?;
    let Some(session) = Session::find(cx, headers).await? else { return Ok(asked.done(cx, headers, true)) };
    Browser::of(cx, headers).check(cx, answer, &csrf_purpose(&session))?;
    if answer.get("action") == Some("stay") {
        return Ok(asked.done(cx, headers, false));
    }
    end(cx, headers, session, asked).await
}

async fn end(cx: &Cx, headers: &HeaderMap, session: Session, asked: Asked) -> Result<Response, OAuthError> {
    let sid = session.public_id();
    let mut cookies = HeaderMap::new();
    let clients = session.end(cx, &mut cookies).await.map_err(|error| store_failure(&error))?;
    let frames = frontchannel_logout::frames(cx, &clients, &sid);
    let mut response = match frames.is_empty() {
        true => asked.done(cx, headers, true),
        false => views::logging_out_page(cx, headers, asked.client.as_deref(), frames, asked.back),
    };
    response.headers_mut().extend(cookies);
    Ok(response)
}

/// What the CSRF token of the confirmation page is made for.
fn csrf_purpose(session: &Session) -> String {
    format!("logout {}", session.public_id())
}

/// Says that an ID token which the client got in the session was shown.
fn seen(cx: &Cx, client_id: &str, sid: &str) -> Option<String> {
    let mut context = hmac::Context::with_key(&cx.app.keys.logout);
    for part in [&*cx.workspace.tenant_id, &*cx.workspace.id, client_id, sid] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    (!sid.is_empty()).then(|| URL_SAFE_NO_PAD.encode(context.sign()))
}

/// What a logout request asks for, checked.
struct Asked {
    hint: Option<IdTokenHint>,
    /// That a hint was seen, as [`seen`] says it.
    seen: Option<String>,
    /// The client that asks, where it is known.
    client: Option<Arc<Client>>,
    /// Where the client wants the browser back, with its `state`.
    back: Option<String>,
}

impl Asked {
    async fn read(cx: &Cx, form: &Form) -> Result<Self, OAuthError> {
        let token = form.get(HINT);
        let client_id = form.get("client_id");
        let claimed = token.and_then(|token| id_token_hint::claimed_client(cx, token));
        let address = form.get("post_logout_redirect_uri");
        let client = match client_id.or(claimed.as_deref()) {
            None => None,
            Some(client_id) => match clients::find(cx, client_id).await {
                // What it says of itself is needed for the way back alone: the person can be logged out without.
                Err(_) if address.is_none() && client_documents::is_url(client_id) => None,
                found => found?,
            },
        };
        if let (Some(client_id), None) = (client_id, &client) {
            return Err(OAuthError::invalid_request("client_unknown")
                .description("The application is not known here.")
                .expected("the id of a client of this workspace")
                .got_name(client_id));
        }
        let hint = match token {
            None => None,
            Some(token) => Some(id_token_hint::verify(cx, client.as_deref(), token).map_err(|error| {
                OAuthError::invalid_request("id_token_hint_invalid")
                    .description("The id_token_hint is not an ID token of this authorization server.")
                    .detail(error)
            })?),
        };
        if let (Some(hint), Some(client_id)) = (&hint, client_id)
            && hint.client_id != client_id
        {
            return Err(OAuthError::invalid_request("id_token_hint_of_another_client")
                .description("The id_token_hint was issued to another client than client_id says.")
                .expected(client_id)
                .got(&hint.client_id));
        }
        let back = match address {
            None => None,
            Some(uri) => Some(return_address(client.as_deref(), uri, form.get("state"))?),
        };
        Ok(Self { hint, seen: form.get(SEEN).map(str::to_owned), client, back })
    }

    /// Whether the hint was issued in this session. All our ID tokens say in which one they were: those of earlier
    /// sessions end no later one.
    fn is_of(&self, cx: &Cx, session: &Session) -> bool {
        let sid = session.public_id();
        let named = match &self.client {
            Some(client) => subject::session(&cx.workspace, client, &sid),
            None => sid.as_str().into(),
        };
        if self.hint.as_ref().and_then(|hint| hint.session_id.as_deref()) == Some(&*named) {
            return true;
        }
        let expected = self.client.as_ref().and_then(|client| seen(cx, client.id(), &named));
        expected.zip(self.seen.as_ref()).is_some_and(|(expected, given)| {
            constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok()
        })
    }

    /// Back to the client, or a page that says what is now.
    fn done(self, cx: &Cx, headers: &HeaderMap, ended: bool) -> Response {
        match self.back {
            Some(address) if ended => see_other(&address),
            _ => views::logged_out_page(cx, headers, self.client.as_deref(), ended),
        }
    }
}

/// The registered address with `state`. RP-Initiated Logout 1.0 §3: no redirection to an address not registered.
fn return_address(client: Option<&Client>, uri: &str, state: Option<&str>) -> Result<String, OAuthError> {
    let client = client.ok_or_else(|| {
        OAuthError::invalid_request("client_unnamed").description(
            "With post_logout_redirect_uri the request must name a client of this server: send id_token_hint or \
             client_id.",
        )
    })?;
    if !client.entity.post_logout_redirect_uris.iter().any(|registered| registered == uri) {
        return Err(OAuthError::invalid_request("post_logout_redirect_uri_not_registered")
            .description("The address to return to is not one that the application has registered.")
            .expected(client.entity.post_logout_redirect_uris.join(", "))
            .got(uri));
    }
    Ok(match state {
        None => uri.to_owned(),
        Some(state) => with_query(uri, &[("state", state)]),
    })
}
