//! The page where a person answers what clients ask them from elsewhere (CIBA §8): `/{tid}/{aid}/backchannel`.
//!
//! Who is logged in sees what waits for them, and for nobody else. Each request has a form of its own, whose token is
//! made for the browser, the session and the request. It is asked every time, whatever was allowed before.

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, Uri};
use symbolon_protocol::{Form, OAuthError};

use super::browser::{Browser, foreign_form};
use super::consent::Consents;
use super::details;
use super::idps::LoginFailure;
use super::views;
use super::{Session, attempt};
use crate::cx::Cx;
use crate::oauth2::backchannel_authentication::answering::Waiting;
use crate::oauth2::error::store_failure;
use crate::oauth2::form_body;
use crate::oauth2::records::Authentication;
use crate::oauth2::response_modes::{see_other, with_query};
use crate::pages::{Answered, AskingClient, BackchannelPage, ClientCard, LoginPage};

/// What the login form of this page is made for.
const LOGIN_PURPOSE: &str = "backchannel login";

/// Shows what waits for the person.
pub async fn get(cx: Cx, uri: Uri, headers: HeaderMap) -> Response {
    let shown = async {
        let form = Form::from_query(uri.query().unwrap_or_default())?;
        let answered = match form.get("answered") {
            Some("allowed") => Some(Answered::Allowed),
            Some("refused") => Some(Answered::Refused),
            _ => None,
        };
        match Session::find(&cx, &headers).await? {
            Some(session) => list(&cx, &headers, &session, answered).await,
            None => Ok(ask_to_log_in(&cx, &headers, None)),
        }
    };
    shown.await.unwrap_or_else(|error| views::error_page(&cx, &headers, error))
}

/// Takes a login or an answer.
pub async fn post(cx: Cx, headers: HeaderMap, body: Bytes) -> Response {
    let taken = async {
        let form = form_body::read(&headers, &body)?;
        match form.get("action").unwrap_or("login") {
            "login" => login(&cx, &headers, &form).await,
            "cancel" => Ok(see_other(&address(&cx))),
            "accept" => answer(&cx, &headers, &form, Answered::Allowed).await,
            "deny" => answer(&cx, &headers, &form, Answered::Refused).await,
            action => Err(OAuthError::invalid_request("action_unknown")
                .description("The form has no such button.")
                .got_hidden(action)),
        }
    };
    taken.await.unwrap_or_else(|error| views::error_page(&cx, &headers, error))
}

async fn list(
    cx: &Cx,
    headers: &HeaderMap,
    session: &Session,
    answered: Option<Answered>,
) -> Result<Response, OAuthError> {
    let browser = Browser::of(cx, headers);
    let languages = views::languages(headers, None);
    let mut requests = Vec::new();
    for waiting in Waiting::list(cx, &session.person.subject).await? {
        let doc = &waiting.found.doc;
        let consents = Consents::of_scope(cx, &waiting.client, &session.person.subject, &doc.scope).await;
        let consents = consents.map_err(|error| store_failure(&error))?;
        requests.push(AskingClient {
            id: waiting.found.handle.clone(),
            client: views::card(&waiting.client, &languages),
            csrf: browser.csrf_token(cx, &purpose(&waiting, session)),
            binding_message: doc.binding_message.clone(),
            groups: views::groups(cx, &doc.scope, &consents),
            details: details::cards(cx, &doc.authorization_details, &[]),
        });
    }
    let page = BackchannelPage { username: session.person.username.clone(), answered, requests };
    let mut response = views::own_page(cx, headers, &page);
    browser.remember(cx, response.headers_mut());
    Ok(response)
}

async fn answer(cx: &Cx, headers: &HeaderMap, form: &Form, answer: Answered) -> Result<Response, OAuthError> {
    let handle = form.require("request")?;
    // The page was made for one person: who has logged in meanwhile has not seen it.
    let session = Session::find(cx, headers).await?.ok_or_else(foreign_form)?;
    let waiting = Waiting::list(cx, &session.person.subject).await?;
    let waiting = waiting.into_iter().find(|waiting| waiting.found.handle == handle).ok_or_else(finished)?;
    Browser::of_form(cx, headers)?.check(cx, form, &purpose(&waiting, &session))?;
    let (answered, word) = match answer {
        Answered::Allowed => (waiting.approve(cx, Authentication::of(&session)).await?, "allowed"),
        Answered::Refused => (waiting.deny(cx).await?, "refused"),
    };
    // What else waits is shown next, or that nothing does.
    if answered { Ok(see_other(&with_query(&address(cx), &[("answered", word)]))) } else { Err(finished()) }
}

fn ask_to_log_in(cx: &Cx, headers: &HeaderMap, failed: Option<(LoginFailure, &str)>) -> Response {
    let browser = Browser::of(cx, headers);
    let (failure, username) = failed.unzip();
    let page = LoginPage {
        client: ClientCard::new(cx.workspace.name()),
        csrf: browser.csrf_token(cx, LOGIN_PURPOSE),
        reason: None,
        account: None,
        fault: failure.as_ref().map(views::fault),
        username: username.unwrap_or_default().to_owned(),
        password_form: views::has_passwords(cx),
        device_qr: None,
        register_at: None,
        idps: Vec::new(),
    };
    let mut response = views::own_page(cx, headers, &page);
    if let Some(failure) = failure {
        response.extensions_mut().insert(failure.refused());
    }
    browser.remember(cx, response.headers_mut());
    response
}

async fn login(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    Browser::of_form(cx, headers)?.check(cx, form, LOGIN_PURPOSE)?;
    let username = form.get("username").unwrap_or_default();
    let password = form.get("password").unwrap_or_default();
    let person = match attempt::by_password(cx, username, password).await {
        Ok(person) => person,
        Err(failure) => return Ok(ask_to_log_in(cx, headers, Some((failure, username)))),
    };
    let mut response = see_other(&address(cx));
    let begun = Session::begin(cx, person, headers, response.headers_mut()).await;
    begun.map_err(|error| store_failure(&error))?;
    Ok(response)
}

fn address(cx: &Cx) -> String {
    format!("/{}/{}/backchannel", cx.workspace.tenant_id, cx.workspace.id)
}

fn purpose(waiting: &Waiting, session: &Session) -> String {
    format!("backchannel answer {} {}", waiting.found.handle, session.public_id())
}

fn finished() -> OAuthError {
    OAuthError::invalid_request("interaction_finished")
        .description("This request has been answered already, has ended, or is not yours.")
}
