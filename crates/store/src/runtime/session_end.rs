//! The end of a session, with what depends on it: whole or not at all, and once.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::grants::{COLUMNS, Grant, grant};
use super::logout_notices::NewLogoutNotice;
use super::sessions::SessionKey;
use crate::db::{Batch, Expect, Statement};
use crate::error::{Result, StoreError};
use crate::store::WorkspaceStore;

/// What goes with a session.
#[derive(Debug)]
pub struct SessionEnd<'a, D> {
    /// The session.
    pub session: &'a SessionKey,
    /// The grants that end with it, by their ids.
    pub grants: &'a [&'a str],
    /// Who is told.
    pub notices: &'a [NewLogoutNotice<'a, D>],
    /// When it ends, unix ms.
    pub now: i64,
}

impl WorkspaceStore<'_> {
    /// Ends a session. Of any number of callers one is told true; false means that it has ended before, and nothing
    /// was written.
    pub async fn end_session<D: Serialize>(&self, end: &SessionEnd<'_, D>) -> Result<bool> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3",
            [self.tenant.into(), self.workspace.into(), end.session.value()],
        );
        let mut batch = Batch::new().with(delete.expect(Expect::Rows(1)));
        for id in end.grants {
            batch.push(self.revocation("id = $4", id, end.now));
        }
        for notice in end.notices {
            batch.push(self.logout_notice_insertion(notice)?);
        }
        match self.store.db.write(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Expectation { statement: 0, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends all sessions and all grants of a user, and writes down who is told.
    pub async fn end_user<D: Serialize>(
        &self,
        subject: &str,
        notices: &[NewLogoutNotice<'_, D>],
        now: i64,
    ) -> Result<()> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3",
            [self.tenant.into(), self.workspace.into(), subject.into()],
        );
        let mut batch = Batch::new().with(delete).with(self.revocation("subject = $4", subject, now));
        for notice in notices {
            batch.push(self.logout_notice_insertion(notice)?);
        }
        self.store.db.write(batch).await.map(drop)
    }

    /// The grants of a user that are still remembered and whose document has this value in a member `session_id`:
    /// revoked or not, as a client that gave its tokens back may still have its user logged in.
    pub async fn list_grants_of_session<D: DeserializeOwned>(
        &self,
        subject: &str,
        session_id: &str,
    ) -> Result<Vec<Grant<D>>> {
        // A text that could be part of a pattern names no session.
        if session_id.is_empty() || !session_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 \
             AND doc LIKE $4 ORDER BY created_at DESC, id"
        );
        let pattern = format!("%\"session_id\":\"{session_id}\"%");
        let params = [self.tenant.into(), self.workspace.into(), subject.into(), pattern.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(grant).collect()
    }

    /// All grants of a user that are still remembered, revoked or not.
    pub async fn list_all_grants<D: DeserializeOwned>(&self, subject: &str) -> Result<Vec<Grant<D>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 \
             ORDER BY created_at DESC, id"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(grant).collect()
    }
}
