//! One step of an authorization request: asks [`next`] and does what it says, as far as that needs nobody.

use serde::{Deserialize, Serialize};
use symbolon_protocol::OAuthError;
use symbolon_store::{AuthorizeSessionKey, NewAuthorizeSession, StoreError};

use super::consent::{Allowed, Consents, to_remember};
use super::session::is_for_one_request;
use super::{Browser, Session};
use crate::cx::Cx;
use crate::oauth2::acr;
use crate::oauth2::authorize::issue::{self, Parameters};
use crate::oauth2::authorize::next::{Answer, Consent, LoggedIn, LoginReason, Next, next, sentence};
use crate::oauth2::authorize::pushed;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::subject;
use crate::oauth2::strangers;
use crate::snapshot::Client;

/// A person has this long to log in and to consent.
const LIFETIME_SECONDS: i64 = 30 * 60;

/// An authorization request and what the person has done for it so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// What the client asked for.
    pub request: AuthorizationRequest,
    /// The session that was begun while this request waited, by its public id.
    pub logged_in: Option<String>,
    /// The session that the person has chosen to go on with, by its public id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
    /// What was said on the consent page that was just sent. Never stored: an answer counts for the person who gave
    /// it, at once or not at all.
    #[serde(skip)]
    pub answer: Option<Answer>,
}

/// What comes next.
pub enum Step {
    /// A page for the person.
    Page(Page),
    /// The answer to the client.
    Respond(Parameters),
}

/// The page that is due.
#[derive(Clone, Debug)]
pub enum Page {
    /// The login page.
    Login(LoginReason),
    /// The consent page.
    Consent(Consents),
}

impl Interaction {
    /// A request for which nothing has been done yet.
    pub const fn new(request: AuthorizationRequest) -> Self {
        Self { request, logged_in: None, chosen: None, answer: None }
    }

    /// Keeps the request until the person has answered. Returns its id, the last segment of its address.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn store(&self, cx: &Cx, browser: &Browser) -> Result<String, StoreError> {
        let id = cx.app.rng.secret();
        let expires_at = cx.now.plus_seconds(LIFETIME_SECONDS).millis();
        let new = NewAuthorizeSession { id: &id, browser: browser.id(), doc: self, expires_at };
        cx.store().insert_authorize_session(&new).await?;
        Ok(id)
    }
}

/// Takes one step. `stored` says under which key the request waits, if it does: an answer ends it there.
///
/// # Errors
/// What is told to the client.
pub async fn step(
    cx: &Cx,
    client: &Client,
    interaction: &Interaction,
    stored: Option<AuthorizeSessionKey<'_>>,
    session: Option<&Session>,
) -> Result<Step, OAuthError> {
    let request = &interaction.request;
    // Without single sign-on a login serves the request it was made for, and no other.
    let session = session.filter(|session| {
        !is_for_one_request(&cx.workspace.server)
            || interaction.logged_in.as_deref() == Some(&session.public_id())
    });
    let consents = match session {
        Some(session) => Consents::find(cx, client, &session.person.subject, request)
            .await
            .map_err(|error| store_failure(&error))?,
        None => Consents::default(),
    };
    let subject = session.map(|session| subject::of(&cx.workspace, client, &session.person.subject));
    let person = session.zip(subject.as_deref()).map(|(session, subject)| LoggedIn {
        subject,
        auth_time: session.auth_time,
        is_chosen: interaction.chosen.as_deref() == Some(&session.public_id()),
        meets_acr: !request.is_acr_essential
            || acr::meets(&cx.workspace, &session.person.amr, &request.acr_values),
        in_this_request: interaction.logged_in.as_deref() == Some(&session.public_id()),
    });
    let consent = Consent {
        missing: &consents.missing,
        is_asked_always: consents.is_asked_always
            || !consents.missing_claims.is_empty()
            || consents.details.contains(&false),
        answer: interaction.answer,
    };
    match (next(request, person, consent, cx.now), session) {
        (Next::Login(reason), _) => Ok(Step::Page(Page::Login(reason))),
        (Next::Consent, Some(_)) => Ok(Step::Page(Page::Consent(consents))),
        (Next::Issue, Some(session)) => {
            if stored.is_none() {
                strangers::count_silent(cx, &session.person.subject)?;
            }
            // What nobody was asked about is not remembered as allowed.
            let allowed = match interaction.answer {
                Some(Answer::Accepted) => to_remember(cx, client, request),
                _ => Allowed::default(),
            };
            let issued = issue::issue(cx, client, request, stored, session, &allowed).await?;
            // After the interaction is over: of two clicks the slower one must not end what the other is issuing.
            pushed::spend(cx, request).await?;
            Ok(Step::Respond(issued))
        }
        (Next::Refuse(code, reason), _) => {
            Err(OAuthError::new(code, reason).description(sentence(code, reason)))
        }
        (Next::Consent | Next::Issue, None) => Ok(Step::Page(Page::Login(LoginReason::NotLoggedIn))),
    }
}
