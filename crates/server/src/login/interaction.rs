//! One authorization request that waits for a person: `/{tid}/{aid}/interaction/{id}`.
//!
//! One dispatcher. Whatever was done last, [`step`] says what comes now: a page is shown, or the browser leaves for
//! the client. The request is bound to the browser that began it, and is answered once.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use symbolon_protocol::{ErrorCode, Form, OAuthError};
use symbolon_store::{AuthorizeSession, AuthorizeSessionKey, StoreError};

use super::accounts::register::{Failure, Typed, register};
use super::attempt;
use super::browser::{Browser, foreign_form};
use super::step::{Interaction, Page, Step, step};
use super::views::{self, LoginView, Note, Way};
use super::{Person, Session};
use crate::cx::Cx;
use crate::oauth2::authorize;
use crate::oauth2::authorize::client::may_still_ask;
use crate::oauth2::authorize::next::Answer;
use crate::oauth2::authorize::pushed;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::authorize::respond;
use crate::oauth2::clients;
use crate::oauth2::error::store_failure;
use crate::oauth2::form_body;
use crate::oauth2::response_modes::{see_other, with_query};
use crate::snapshot::Client;

/// How many logins at once for one request find their way past one another.
const CLICKS: usize = 8;

/// Tenant, workspace and interaction, as the path names them.
type InteractionPath = Path<(String, String, String)>;

/// Shows what comes next.
pub async fn get(cx: Cx, Path((_, _, id)): InteractionPath, uri: Uri, headers: HeaderMap) -> Response {
    let shown = async {
        let session = Session::find(&cx, &headers).await?;
        let Some(waiting) = Waiting::find(&cx, &id, &uri, &headers).await? else {
            return again(&cx, &id, &headers).await;
        };
        Ok(waiting.go_on(&cx, &headers, session.as_ref(), Note::None).await)
    };
    match shown.await {
        Ok(response) => response,
        Err(error) => lost(&cx, &uri, &headers, error).await,
    }
}

/// Takes what the person has filled in, and shows what comes next.
pub async fn post(
    cx: Cx,
    Path((_, _, id)): InteractionPath,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = async {
        let form = form_body::read(&headers, &body)?;
        let session = Session::find(&cx, &headers).await?;
        let Some(waiting) = Waiting::find(&cx, &id, &uri, &headers).await? else {
            return again(&cx, &id, &headers).await;
        };
        let client = Arc::clone(&waiting.client);
        let answered = waiting.take(&cx, &headers, &form, session).await;
        Ok(answered.unwrap_or_else(|error| views::error_page_back(&cx, &headers, &client, error)))
    };
    match taken.await {
        Ok(response) => response,
        Err(error) => lost(&cx, &uri, &headers, error).await,
    }
}

/// A page for who has come too late, or with another browser: it leads back to the client that the address names.
async fn lost(cx: &Cx, uri: &Uri, headers: &HeaderMap, error: OAuthError) -> Response {
    let asked = Form::from_query(uri.query().unwrap_or_default()).unwrap_or_default();
    let Some(client_id) = asked.get("client_id") else { return views::error_page(cx, headers, error) };
    match clients::find_registered(&cx.app, &cx.workspace, client_id).await {
        Ok(Some(client)) => views::error_page_back(cx, headers, &client, error),
        _ => views::error_page_of(cx, headers, Some(client_id), error),
    }
}

/// An interaction that was found, with everything around it.
struct Waiting<'a> {
    id: &'a str,
    stored: AuthorizeSession<Interaction>,
    client: Arc<Client>,
    browser: Browser,
    /// What the person has chosen to see, where they have a choice.
    way: Option<Way>,
}

impl<'a> Waiting<'a> {
    /// `None` when no such interaction began in this browser.
    async fn find(cx: &Cx, id: &'a str, uri: &Uri, headers: &HeaderMap) -> Result<Option<Self>, OAuthError> {
        let browser = Browser::of_form(cx, headers)?;
        let found = cx
            .store()
            .find_authorize_session::<Interaction>(id, browser.id(), cx.now.millis())
            .await
            .map_err(|error| store_failure(&error))?;
        let Some(stored) = found else { return Ok(None) };
        let client = client_of(cx, &stored.doc.request).await?;
        Ok(Some(Self { id, stored, client, browser, way: Way::of_query(uri.query()) }))
    }

    /// What a button of the page asks for.
    async fn take(
        self,
        cx: &Cx,
        headers: &HeaderMap,
        form: &Form,
        session: Option<Session>,
    ) -> Result<Response, OAuthError> {
        match form.get("action").unwrap_or("login") {
            action @ ("login" | "register" | "cancel") => {
                self.browser.check(cx, form, &self.login_purpose())?;
                match action {
                    "login" => self.login(cx, headers, form, session).await,
                    "register" => self.register(cx, headers, form, session).await,
                    _ => Ok(self.refuse(cx, headers, denied("login_cancelled")).await),
                }
            }
            "continue" => {
                self.browser.check(cx, form, &self.login_purpose())?;
                // The button was made for one account: who has logged in meanwhile is another.
                let is_same = |session: &Session| form.get("account") == Some(session.public_id().as_str());
                let session = session.filter(is_same).ok_or_else(foreign_form)?;
                self.go_on_as(cx, headers, &session).await
            }
            action @ ("accept" | "deny") => {
                // The page was made for one person: who has logged in meanwhile has not seen it.
                let session = session.ok_or_else(foreign_form)?;
                self.browser.check(cx, form, &self.consent_purpose(&session))?;
                if action == "deny" {
                    return Ok(self.refuse(cx, headers, denied("consent_denied")).await);
                }
                Ok(self.accept(cx, headers, &session).await)
            }
            action => Err(OAuthError::invalid_request("action_unknown")
                .description("The form has no such button.")
                .got_hidden(action)),
        }
    }

    fn key(&self) -> AuthorizeSessionKey<'_> {
        AuthorizeSessionKey { id: self.id, browser: self.browser.id() }
    }

    fn request(&self) -> &AuthorizationRequest {
        &self.stored.doc.request
    }

    fn view<'v>(&'v self, cx: &'v Cx, headers: &'v HeaderMap) -> views::View<'v> {
        views::View { cx, headers, client: &self.client, request: self.request() }
    }

    /// Shows what comes next for this session.
    async fn go_on(self, cx: &Cx, headers: &HeaderMap, session: Option<&Session>, note: Note) -> Response {
        match step(cx, &self.client, &self.stored.doc, Some(self.key()), session).await {
            Ok(Step::Respond(issued)) => respond::success(self.view(cx, headers), &issued).await,
            Ok(Step::Page(page)) => self.show(cx, headers, session, &page, note),
            Err(error) => self.refuse(cx, headers, error).await,
        }
    }

    fn show(
        &self,
        cx: &Cx,
        headers: &HeaderMap,
        session: Option<&Session>,
        page: &Page,
        note: Note,
    ) -> Response {
        let view = self.view(cx, headers);
        match (page, session) {
            (Page::Consent(consents), Some(session)) => {
                let csrf = self.browser.csrf_token(cx, &self.consent_purpose(session));
                view.consent(consents, &session.person, &csrf)
            }
            (Page::Login(reason), session) => {
                let csrf = self.browser.csrf_token(cx, &self.login_purpose());
                view.log_in_or_register(LoginView { reason: *reason, session, way: self.way, note, csrf })
            }
            (Page::Consent(_), None) => views::error_page(cx, headers, gone()),
        }
    }

    /// `action=login`: a user name and a password.
    async fn login(
        self,
        cx: &Cx,
        headers: &HeaderMap,
        form: &Form,
        session: Option<Session>,
    ) -> Result<Response, OAuthError> {
        let username = form.get("username").unwrap_or_default();
        let password = form.get("password").unwrap_or_default();
        let failure = match attempt::by_password(cx, username, password).await {
            Ok(person) => return self.logged_in(cx, headers, person).await,
            Err(failure) => failure,
        };
        let client_id = self.request().client_id.clone();
        let note = Note::LoginFailed { failure: failure.clone(), username: username.to_owned() };
        let mut response = self.go_on(cx, headers, session.as_ref(), note).await;
        response.extensions_mut().insert(failure.refused().of_client(&client_id));
        Ok(response)
    }

    /// `action=register`: an account for somebody who has none.
    async fn register(
        self,
        cx: &Cx,
        headers: &HeaderMap,
        form: &Form,
        session: Option<Session>,
    ) -> Result<Response, OAuthError> {
        let typed = Typed::of(form);
        let failure = match register(cx, &typed, form.get("password").unwrap_or_default()).await {
            Ok(person) => return self.logged_in(cx, headers, person).await,
            Err(failure) => failure,
        };
        let client_id = self.request().client_id.clone();
        let note = Note::NotRegistered { failure: failure.clone(), typed };
        let mut response = self.go_on(cx, headers, session.as_ref(), note).await;
        if let Failure::TooMany { seconds } = failure {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(failure.refused().of_client(&client_id));
        Ok(response)
    }

    /// `action=continue`: the account that is logged in already is the right one.
    async fn go_on_as(
        mut self,
        cx: &Cx,
        headers: &HeaderMap,
        session: &Session,
    ) -> Result<Response, OAuthError> {
        self.stored.doc.chosen = Some(session.public_id());
        match step(cx, &self.client, &self.stored.doc, Some(self.key()), Some(session)).await {
            Ok(Step::Respond(issued)) => Ok(respond::success(self.view(cx, headers), &issued).await),
            Ok(Step::Page(_)) => {
                self.note_login(cx).await?;
                Ok(see_other(&address(cx, self.id, self.client.id())))
            }
            Err(error) => Ok(self.refuse(cx, headers, error).await),
        }
    }

    async fn logged_in(
        mut self,
        cx: &Cx,
        headers: &HeaderMap,
        person: Person,
    ) -> Result<Response, OAuthError> {
        let mut cookies = HeaderMap::new();
        let session =
            Session::begin(cx, person, headers, &mut cookies).await.map_err(|error| store_failure(&error))?;
        self.stored.doc.logged_in = Some(session.public_id());
        let step = step(cx, &self.client, &self.stored.doc, Some(self.key()), Some(&session)).await;
        let mut response = match step {
            Ok(Step::Respond(issued)) => respond::success(self.view(cx, headers), &issued).await,
            // A reload of the next page must not send the password again.
            Ok(Step::Page(_)) => {
                self.note_login(cx).await?;
                see_other(&address(cx, self.id, self.client.id()))
            }
            Err(error) => self.refuse(cx, headers, error).await,
        };
        response.headers_mut().extend(cookies);
        Ok(response)
    }

    /// Remembers which session was begun for this request. Of several clicks the last counts.
    async fn note_login(&mut self, cx: &Cx) -> Result<(), OAuthError> {
        let doc = &self.stored.doc;
        for _ in 0..CLICKS {
            match cx
                .store()
                .update_authorize_session(self.id, doc, self.stored.version, cx.now.millis())
                .await
            {
                Ok(_) => return Ok(()),
                Err(StoreError::PreconditionFailed { found }) => self.stored.version = found,
                Err(StoreError::NotFound(_)) => return Err(finished()),
                Err(error) => return Err(store_failure(&error)),
            }
        }
        Err(finished())
    }

    /// `action=accept`: the client gets what it asked for.
    async fn accept(mut self, cx: &Cx, headers: &HeaderMap, session: &Session) -> Response {
        self.stored.doc.answer = Some(Answer::Accepted);
        self.go_on(cx, headers, Some(session), Note::None).await
    }

    /// Ends the interaction with an error for the client, unless it has ended: a client hears one answer.
    async fn refuse(self, cx: &Cx, headers: &HeaderMap, error: OAuthError) -> Response {
        let error = match cx.store().take_authorize_session::<Interaction>(self.key(), cx.now.millis()).await
        {
            Ok(Some(_)) => {
                // The client hears the error, whatever becomes of its pushed request.
                let _answered = pushed::spend(cx, self.request()).await;
                return respond::error(self.view(cx, headers), error).await;
            }
            Ok(None) => finished(),
            Err(failure) => store_failure(&failure),
        };
        views::error_page_back(cx, headers, &self.client, error)
    }

    fn login_purpose(&self) -> String {
        format!("login {}", self.id)
    }

    fn consent_purpose(&self, session: &Session) -> String {
        format!("consent {} {}", self.id, session.public_id())
    }
}

/// Begins the client's request anew for this browser, as if its address was opened again.
///
/// Several first visits at once (tabs of a restored browser) each get a cookie, and the browser keeps the last: the
/// others would be lost. Nothing that was done for the request so far counts, nor does what a form holds; and the one
/// that waits goes on waiting for the browser it belongs to.
async fn again(cx: &Cx, id: &str, headers: &HeaderMap) -> Result<Response, OAuthError> {
    let found = cx.store().find_authorize_session_of_any_browser::<Interaction>(id, cx.now.millis()).await;
    let found = found.map_err(|error| store_failure(&error))?.ok_or_else(gone)?;
    let interaction = Interaction::new(found.doc.request);
    let client = client_of(cx, &interaction.request).await?;
    let view = views::View { cx, headers, client: &client, request: &interaction.request };
    Ok(authorize::begin(view, &interaction).await)
}

/// The client that asked, if it may still be answered.
async fn client_of(cx: &Cx, request: &AuthorizationRequest) -> Result<Arc<Client>, OAuthError> {
    let found = clients::find_known(&cx.app, &cx.workspace, cx.now, &request.client_id).await?;
    found.filter(|client| may_still_ask(cx, client, request)).ok_or_else(gone)
}

/// The path of an interaction. It names the client, so that who comes too late can be told where to begin anew.
pub fn address(cx: &Cx, id: &str, client_id: &str) -> String {
    let path = format!("/{}/{}/interaction/{id}", cx.workspace.tenant_id, cx.workspace.id);
    with_query(&path, &[("client_id", client_id)])
}

fn denied(reason: &'static str) -> OAuthError {
    OAuthError::access_denied(reason).description(ErrorCode::AccessDenied.sentence())
}

fn gone() -> OAuthError {
    OAuthError::invalid_request("interaction_gone").description(
        "This page has expired, was answered already, or was opened in another browser. \
         Go back to the application and start again.",
    )
}

fn finished() -> OAuthError {
    OAuthError::invalid_request("interaction_finished")
        .description("This request has been answered already. Go back to the application.")
}
