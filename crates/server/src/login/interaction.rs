//! One authorization request that waits for a person: `/{tid}/{aid}/interaction/{id}`.
//!
//! One dispatcher. Whatever was done last, [`step`] asks [`next`] what comes now, and either a page is shown or the
//! browser leaves for the client. The request is bound to the browser that began it, and can be finished once.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use symbolon_protocol::{ErrorCode, Form, OAuthError};
use symbolon_store::StoreError;

use super::consent::Consents;
use super::idps;
use super::limits::Attempt;
use super::password::PasswordError;
use super::{Browser, Person, Session};
use crate::cx::Cx;
use crate::oauth2::authorize::next::{Answer, Consent, LoggedIn, LoginReason, Next, next};
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::authorize::{issue_code, respond};
use crate::oauth2::error::store_failure;
use crate::oauth2::response_modes::see_other;
use crate::pages::{self, error_page};
use crate::secrets::sha256;
use crate::snapshot::Client;

/// A person has this long to log in and to consent.
const LIFETIME_SECONDS: i64 = 30 * 60;

/// The request and what the person has done for it so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// What the client asked for.
    pub request: AuthorizationRequest,
    /// The session that was begun while this request waited, by its digest.
    logged_in: Option<[u8; 32]>,
    /// What was said on the consent page that was just sent. Never stored: an answer counts for the person who gave
    /// it, at once or not at all.
    #[serde(skip)]
    answer: Option<Answer>,
    #[serde(skip)]
    id: Option<String>,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// A page for the person.
    Page(Page),
    /// The answer to the client.
    Respond(Response),
}

/// The page that is due.
#[derive(Clone, Debug)]
pub enum Page {
    /// The login page.
    Login(LoginReason),
    /// The consent page.
    Consent(Consents, Box<Person>),
}

impl Interaction {
    /// A request for which nothing has been done yet.
    pub const fn new(request: AuthorizationRequest) -> Self {
        Self { request, logged_in: None, answer: None, id: None }
    }

    /// Keeps the request until the person has answered. Returns its id, the last segment of its address.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn store(&self, cx: &Cx, browser: &Browser) -> Result<String, StoreError> {
        let id = cx.app.rng.secret();
        let expires_at = cx.now.plus_seconds(LIFETIME_SECONDS).millis();
        cx.store()
            .insert_authorize_session(&sha256(id.as_bytes()), &browser.digest(), &self.doc()?, expires_at)
            .await?;
        Ok(id)
    }

    async fn find(cx: &Cx, id: &str, browser: &Browser) -> Result<Option<Self>, StoreError> {
        let digest = sha256(id.as_bytes());
        let Some(row) = cx.store().find_authorize_session(&digest, cx.now.millis()).await? else {
            return Ok(None);
        };
        if row.browser_hash != browser.digest() {
            return Ok(None);
        }
        let stored: Self =
            serde_json::from_value(row.doc).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Some(Self { id: Some(id.to_owned()), ..stored }))
    }

    async fn update(&self, cx: &Cx) -> Result<(), StoreError> {
        let Some(digest) = self.digest() else { return Ok(()) };
        cx.store().update_authorize_session(&digest, &self.doc()?).await
    }

    fn doc(&self) -> Result<serde_json::Value, StoreError> {
        serde_json::to_value(self).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The key under which the store keeps this request, if it does.
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.id.as_deref().map(|id| sha256(id.as_bytes()))
    }
}

/// Asks [`next`] and does what it says, as far as that needs nobody.
///
/// # Errors
/// What is told to the client.
pub async fn step(
    cx: &Cx,
    client: &Client,
    interaction: &Interaction,
    session: Option<&Session>,
) -> Result<Step, OAuthError> {
    let request = &interaction.request;
    let consents = match session {
        Some(session) => Consents::find(cx, client, &session.person.subject, &request.scope)
            .await
            .map_err(|error| store_failure(&error))?,
        None => Consents::default(),
    };
    let person = session.map(|session| LoggedIn {
        subject: &session.person.subject,
        auth_time: session.auth_time,
        in_this_request: interaction.logged_in == Some(session.digest),
    });
    let consent = Consent { missing: &consents.missing, answer: interaction.answer };
    match (next(request, person, consent, cx.now), session) {
        (Next::Login(reason), _) => Ok(Step::Page(Page::Login(reason))),
        (Next::Consent, Some(session)) => {
            Ok(Step::Page(Page::Consent(consents, Box::new(session.person.clone()))))
        }
        (Next::Issue, Some(session)) => {
            let code = issue_code::issue(cx, client, interaction, session).await?;
            Ok(Step::Respond(respond::code(cx, request, &code)))
        }
        (Next::Refuse(code, reason), _) => {
            Err(OAuthError::new(code, reason).description(code.sentence()))
        }
        (Next::Consent | Next::Issue, None) => Ok(Step::Page(Page::Login(LoginReason::NotLoggedIn))),
    }
}

/// Shows what comes next.
pub async fn get(cx: Cx, Path((_, _, id)): Path<(String, String, String)>, headers: HeaderMap) -> Response {
    match Waiting::find(&cx, &id, &headers).await {
        Ok(waiting) => waiting.go_on(&cx, &headers, pages::Note::None).await,
        Err(error) => error_page(&cx, &headers, error),
    }
}

/// Takes what the person has filled in, and shows what comes next.
pub async fn post(
    cx: Cx,
    Path((_, _, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = async {
        let mut waiting = Waiting::find(&cx, &id, &headers).await?;
        let form = Form::parse(&body)?;
        if !waiting.browser.accepts(&cx, &id, form.get("csrf")) {
            return Err(OAuthError::invalid_request("csrf")
                .description("The form did not come from the page that was shown. Go back and try again."));
        }
        let action = form.get("action").unwrap_or("login").to_owned();
        match action.as_str() {
            "login" => waiting.login(&cx, &headers, &form).await,
            "accept" => waiting.answer(&cx, Answer::Accepted, &headers).await,
            "deny" => waiting.answer(&cx, Answer::Denied, &headers).await,
            "cancel" => waiting.cancel(&cx).await,
            _ => Err(OAuthError::invalid_request("action_unknown").description("The form has no such button.")),
        }
    };
    match taken.await {
        Ok(response) => response,
        Err(error) => error_page(&cx, &headers, error),
    }
}

/// An interaction that was found, with everything around it.
struct Waiting {
    interaction: Interaction,
    client: std::sync::Arc<Client>,
    browser: Browser,
    id: String,
}

impl Waiting {
    async fn find(cx: &Cx, id: &str, headers: &HeaderMap) -> Result<Self, OAuthError> {
        let gone = || {
            OAuthError::invalid_request("interaction_gone").description(
                "This page has expired, has been answered already, or was opened in another browser. \
                 Go back to the application and start again.",
            )
        };
        let browser = Browser::known(cx, headers).ok_or_else(gone)?;
        let found = Interaction::find(cx, id, &browser).await.map_err(|error| store_failure(&error))?;
        let interaction = found.ok_or_else(gone)?;
        let client = cx
            .app
            .snapshots
            .client(&cx.app.store, &cx.workspace, &interaction.request.client_id)
            .await
            .map_err(|error| store_failure(&error))?
            .filter(|client| client.is_active())
            .ok_or_else(gone)?;
        Ok(Self { interaction, client, browser, id: id.to_owned() })
    }

    /// Shows what comes next, for the session in these headers.
    async fn go_on(self, cx: &Cx, headers: &HeaderMap, note: pages::Note) -> Response {
        match Session::find(cx, headers).await {
            Ok(session) => self.go_on_as(cx, headers, session.as_ref(), note).await,
            Err(error) => error_page(cx, headers, store_failure(&error)),
        }
    }

    async fn go_on_as(
        self,
        cx: &Cx,
        headers: &HeaderMap,
        session: Option<&Session>,
        note: pages::Note,
    ) -> Response {
        match step(cx, &self.client, &self.interaction, session).await {
            Ok(Step::Respond(response)) => response,
            Ok(Step::Page(page)) => {
                let csrf = self.browser.csrf_token(cx, &self.id);
                pages::interaction_page(cx, headers, &self.client, &self.interaction.request, &page, &csrf, note)
            }
            Err(error) => self.finish(cx, error).await,
        }
    }

    /// `action=login`: a user name and a password.
    async fn login(mut self, cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
        let username = form.get("username").unwrap_or_default();
        let attempt = Attempt {
            tenant_id: &cx.workspace.tenant_id,
            workspace_id: &cx.workspace.id,
            username,
            address: cx.peer.remote.ip(),
        };
        if let Some(seconds) = cx.app.login_limits.wait(&attempt, cx.now) {
            return Ok(self.go_on(cx, headers, pages::Note::TooManyTries { seconds }).await);
        }
        let password = form.get("password").unwrap_or_default();
        let identity = match idps::authenticate(cx, username, password).await {
            Ok(identity) => identity,
            Err(PasswordError::Busy) => return Ok(self.go_on(cx, headers, pages::Note::Busy).await),
            Err(error) => return Err(OAuthError::server_error("password_hash").detail(error)),
        };
        let Some(identity) = identity else {
            cx.app.login_limits.failed(&attempt, cx.now);
            let note = pages::Note::WrongPassword { username: username.to_owned() };
            return Ok(self.go_on(cx, headers, note).await);
        };
        cx.app.login_limits.succeeded(&attempt);
        let mut cookies = HeaderMap::new();
        let session = Session::begin(cx, Person::new(cx, identity), headers, &mut cookies)
            .await
            .map_err(|error| store_failure(&error))?;
        self.interaction.logged_in = Some(session.digest);
        self.interaction.update(cx).await.map_err(|error| store_failure(&error))?;
        let mut response = match step(cx, &self.client, &self.interaction, Some(&session)).await {
            Ok(Step::Respond(response)) => response,
            // A reload of the next page must not send the password again.
            Ok(Step::Page(_)) => see_other(&self.address(cx)),
            Err(error) => self.finish(cx, error).await,
        };
        response.headers_mut().extend(cookies);
        Ok(response)
    }

    /// `action=accept` and `action=deny`: the answer on the consent page.
    async fn answer(mut self, cx: &Cx, answer: Answer, headers: &HeaderMap) -> Result<Response, OAuthError> {
        let session = Session::find(cx, headers).await.map_err(|error| store_failure(&error))?;
        let without_answer = step_is_consent(cx, &self, session.as_ref()).await?;
        // Only what is asked can be answered: after a login page the answer is not taken.
        if without_answer {
            self.interaction.answer = Some(answer);
        }
        Ok(self.go_on_as(cx, headers, session.as_ref(), pages::Note::None).await)
    }

    /// `action=cancel`: back to the client with `access_denied`.
    async fn cancel(self, cx: &Cx) -> Result<Response, OAuthError> {
        let error = OAuthError::new(ErrorCode::AccessDenied, "login_cancelled")
            .description(ErrorCode::AccessDenied.sentence());
        Ok(self.finish(cx, error).await)
    }

    /// Ends the interaction with an error for the client.
    async fn finish(self, cx: &Cx, error: OAuthError) -> Response {
        if let Some(digest) = self.interaction.digest() {
            if let Err(error) = cx.store().delete_authorize_session(&digest).await {
                return respond::error(cx, &self.interaction.request, store_failure(&error));
            }
        }
        respond::error(cx, &self.interaction.request, error)
    }

    fn address(&self, cx: &Cx) -> String {
        format!("/{}/{}/interaction/{}", cx.workspace.tenant_id, cx.workspace.id, self.id)
    }
}

async fn step_is_consent(cx: &Cx, waiting: &Waiting, session: Option<&Session>) -> Result<bool, OAuthError> {
    let Some(session) = session else { return Ok(false) };
    let person = LoggedIn {
        subject: &session.person.subject,
        auth_time: session.auth_time,
        in_this_request: waiting.interaction.logged_in == Some(session.digest),
    };
    let request = &waiting.interaction.request;
    let consents = Consents::find(cx, &waiting.client, person.subject, &request.scope)
        .await
        .map_err(|error| store_failure(&error))?;
    let consent = Consent { missing: &consents.missing, answer: None };
    Ok(next(request, Some(person), consent, cx.now) == Next::Consent)
}
