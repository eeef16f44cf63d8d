//! What the person says to a request: on the page, or by way of who asks them.

use std::sync::Arc;

use symbolon_protocol::{ErrorCode, GrantType, OAuthError};
use symbolon_store::{Decision, DecoupledRequest, NewGrant};

use super::{CibaRequest, KIND};
use crate::cx::Cx;
use crate::login::consent::scopes_to_remember;
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::Lifetimes;
use crate::oauth2::records::{Authentication, GrantRecord};
use crate::oauth2::{acr, clients, decoupled};
use crate::snapshot::Client;

/// A request that waits for its answer, as it is stored.
pub type Found = DecoupledRequest<CibaRequest, GrantRecord>;

/// A request that waits for a person, and the client that made it.
#[derive(Debug)]
pub struct Waiting {
    /// The request.
    pub found: Found,
    /// The client, which may still ask.
    pub client: Arc<Client>,
}

impl Waiting {
    /// What waits for this person, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(cx: &Cx, subject: &str) -> Result<Vec<Self>, OAuthError> {
        let found = cx.store().list_decoupled_requests(subject, cx.now.millis()).await;
        let found: Vec<Found> = found.map_err(|error| store_failure(&error))?;
        let mut waiting = Vec::new();
        for found in found.into_iter().filter(|found| found.kind == KIND) {
            waiting.extend(Self::of(cx, found).await?);
        }
        Ok(waiting)
    }

    /// A request with its client; `None` when the client may not ask any more.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(cx: &Cx, found: Found) -> Result<Option<Self>, OAuthError> {
        let client = clients::find_registered(&cx.app, &cx.workspace, &found.client_id).await;
        let client = client.map_err(|error| store_failure(&error))?.filter(|client| {
            client.is_active() && decoupled::check_grant(cx, client, GrantType::Ciba).is_ok()
        });
        Ok(client.map(|client| Self { found, client }))
    }

    /// Gives the client what it asked for. False when the request was answered before, or has ended.
    ///
    /// # Errors
    /// `unmet_authentication_requirements` when the person was authenticated less well than the request needs; when the
    /// store does not answer.
    pub async fn approve(&self, cx: &Cx, authentication: Authentication) -> Result<bool, OAuthError> {
        let Self { found, client } = self;
        let CibaRequest { scope, authorization_details, resources, acr_values, .. } = &found.doc;
        if acr::is_essential(&cx.workspace, acr_values)
            && !acr::is_met(&cx.workspace, &authentication, acr_values)
        {
            let code = ErrorCode::UnmetAuthenticationRequirements;
            return Err(OAuthError::new(code, "acr_not_met")
                .description(code.sentence())
                .expected(acr_values.join(" "))
                .got(authentication.acr.unwrap_or_else(|| authentication.amr.join(" "))));
        }
        let subject = authentication.subject.clone();
        let record = GrantRecord {
            authorization_details: authorization_details.clone(),
            resources: resources.clone(),
            ..decoupled::grant(cx, scope.clone(), authentication, acr_values)
        };
        // Tokens may be fetched until the request ends.
        let wait = (found.expires_at - cx.now.millis()).div_euclid(1000) + 1;
        let seconds = Lifetimes::of(&cx.workspace, client).grant_after(wait);
        let grant = NewGrant {
            id: &cx.app.rng.uuid().to_string(),
            client_id: client.id(),
            subject: Some(&subject),
            doc: &record,
            created_at: cx.now.millis(),
            expires_at: cx.now.plus_seconds(seconds).millis(),
        };
        let allowed = scopes_to_remember(cx, client, scope);
        let consents: Vec<_> = allowed.iter().map(String::as_str).collect();
        let answered = cx.store().approve_decoupled_request(self.decision(cx), &grant, &consents).await;
        Ok(self.tell(cx, answered.map_err(|error| store_failure(&error))?))
    }

    /// Tells the client no. False when the request was answered before, or has ended.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny(&self, cx: &Cx) -> Result<bool, OAuthError> {
        let answered = cx.store().deny_decoupled_request(self.decision(cx)).await;
        Ok(self.tell(cx, answered.map_err(|error| store_failure(&error))?))
    }

    /// Wakes who tells the client, if it is told.
    fn tell(&self, cx: &Cx, answered: bool) -> bool {
        if answered && self.found.doc.mode.calls_back() {
            cx.app.memory.ciba_notices.notify_one();
        }
        answered
    }

    fn decision(&self, cx: &Cx) -> Decision<'_> {
        let notifies = self.found.doc.mode.calls_back();
        Decision { handle: &self.found.handle, now: cx.now.millis(), notifies }
    }
}
