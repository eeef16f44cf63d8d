//! What the person says: once, whoever asks how often.

use serde::Serialize;

use crate::db::{Batch, Expect, Statement, Value};
use crate::error::{Result, StoreError};
use crate::runtime::grants::NewGrant;
use crate::store::WorkspaceStore;

/// An answer to a request.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// The request.
    pub handle: &'a str,
    /// When it was answered, unix ms.
    pub now: i64,
    /// Whether the client is told.
    pub notifies: bool,
}

impl WorkspaceStore<'_> {
    /// Approves a request: keeps the grant, and remembers `consents` (scopes the person allowed the client), all or
    /// nothing. Of any number of answers the first counts: false when there was one, or the request has ended.
    ///
    /// # Errors
    /// `MissingParent` when the client is gone.
    pub async fn approve_decoupled_request<G: Serialize>(
        &self,
        decision: Decision<'_>,
        grant: &NewGrant<'_, G>,
        consents: &[&str],
    ) -> Result<bool> {
        let update = self.decision(decision, "approved", grant.id.into());
        let mut batch = Batch::new().with(update).with(self.grant_insertion(grant)?);
        for scope in consents {
            let subject = grant.subject.unwrap_or_default();
            batch.push(self.scope_grant_insertion(subject, grant.client_id, scope, decision.now));
        }
        first(self.store.db.write(batch).await)
    }

    /// Denies a request. False when it was answered before, or has ended.
    pub async fn deny_decoupled_request(&self, decision: Decision<'_>) -> Result<bool> {
        first(self.store.db.write(self.decision(decision, "denied", Value::Null).into()).await)
    }

    fn decision(&self, decision: Decision<'_>, state: &str, grant_id: Value) -> Statement {
        let notify_at = decision.notifies.then_some(decision.now);
        // A client that is not to be told of the answer may be told of the end: not any more.
        let update = Statement::new(
            "UPDATE decoupled_requests SET state = $1, grant_id = $2, notify_at = $3 \
             WHERE tenant_id = $4 AND workspace_id = $5 AND handle = $6 AND state = 'pending' AND expires_at > $7",
            [
                state.into(),
                grant_id,
                notify_at.into(),
                self.tenant.into(),
                self.workspace.into(),
                decision.handle.into(),
                decision.now.into(),
            ],
        );
        update.expect(Expect::Rows(1))
    }
}

/// Only the first statement of such a batch expects anything.
fn first<T>(written: Result<T>) -> Result<bool> {
    match written {
        Ok(_) => Ok(true),
        Err(StoreError::Expectation { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
