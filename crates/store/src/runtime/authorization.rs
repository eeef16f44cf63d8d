//! What an authorization request is answered with, whole or not at all.

use serde::Serialize;

use super::access_tokens::AccessToken;
use super::authorize_sessions::AuthorizeSessionKey;
use super::codes::NewCode;
use super::grants::NewGrant;
use crate::db::{Batch, Expect};
use crate::error::{Result, StoreError};
use crate::store::WorkspaceStore;

/// Everything that is written when an authorization request succeeds.
#[derive(Clone, Copy)]
pub struct AuthorizationAnswer<'a, C, G, A> {
    /// The request that waited for a person, if it did: it ends.
    pub answered: Option<AuthorizeSessionKey<'a>>,
    /// The client that is answered.
    pub client_id: &'a str,
    /// The user.
    pub subject: &'a str,
    /// When, unix ms.
    pub now: i64,
    /// What code and access token stand for; none where neither is issued.
    pub grant: Option<&'a NewGrant<'a, G>>,
    /// A code of that grant.
    pub code: Option<&'a NewCode<'a, C>>,
    /// An opaque access token of that grant.
    pub access_token: Option<(&'a str, &'a AccessToken<A>)>,
    /// Scopes that the user has allowed the client, to be remembered.
    pub consents: &'a [&'a str],
    /// Authorization details that the user has allowed the client, each in a canonical text, and until when that is to
    /// be remembered, unix ms.
    pub details: (&'a [String], i64),
}

impl WorkspaceStore<'_> {
    /// Writes an answer, and ends the authorization request that it answers.
    ///
    /// # Errors
    /// `NotFound` when the request was answered before or has ended: of any number of callers one answers.
    /// `MissingParent` when the client is gone.
    pub async fn answer_authorization<C: Serialize, G: Serialize, A: Serialize>(
        &self,
        answer: &AuthorizationAnswer<'_, C, G, A>,
    ) -> Result<()> {
        let mut batch = Batch::new();
        if let Some(key) = answer.answered {
            batch.push(self.authorize_session_deletion(&key, answer.now).expect(Expect::Rows(1)));
        }
        if let Some(grant) = answer.grant {
            batch.push(self.grant_insertion(grant)?);
            if let Some(code) = answer.code {
                batch.push(self.code_insertion(code, grant)?);
            }
        }
        if let Some((token, record)) = answer.access_token {
            batch.push(self.access_token_insertion(token, record)?);
        }
        for scope in answer.consents {
            batch.push(self.scope_grant_insertion(answer.subject, answer.client_id, scope, answer.now));
        }
        let (details, until) = answer.details;
        for detail in details {
            batch.push(self.detail_consent_insertion(answer.subject, answer.client_id, detail, until));
        }
        match self.store.db.write(batch).await {
            // Only the first statement of the batch expects anything.
            Err(StoreError::Expectation { .. }) => Err(StoreError::NotFound("authorize session")),
            done => done.map(drop),
        }
    }
}
