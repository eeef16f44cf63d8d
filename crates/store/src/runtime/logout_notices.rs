//! Clients that are to be told that a session is over, each by one worker at a time (OpenID Connect Back-Channel
//! Logout). Notices are written with the end of the session, see [`WorkspaceStore::end_session`].

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::Statement;
use crate::error::Result;
use crate::store::{Store, WorkspaceStore, read_doc, write_doc};

/// A client that is to be told.
#[derive(Debug)]
pub struct NewLogoutNotice<'a, D> {
    /// Names the notice; unique in the workspace.
    pub id: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// What it is told.
    pub doc: &'a D,
    /// From when on it is told, unix ms.
    pub due_at: i64,
    /// When it is too late to tell it, unix ms.
    pub expires_at: i64,
}

/// A notice that a worker has taken. It has until the end of its lease to say what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutNotice<D> {
    /// The tenant of the workspace.
    pub tenant_id: String,
    /// The workspace whose session ended.
    pub workspace_id: String,
    /// Names the notice.
    pub id: String,
    /// The client that is to be told.
    pub client_id: String,
    /// What it is told.
    pub doc: D,
    /// How often it was tried before.
    pub attempts: i64,
}

impl Store {
    /// Takes up to `most` notices that are due at `now`. No other worker gets them before `lease_until` (unix ms): one
    /// that dies delays them, and loses none.
    pub async fn take_due_logout_notices<D: DeserializeOwned>(
        &self,
        now: i64,
        lease_until: i64,
        most: u32,
    ) -> Result<Vec<LogoutNotice<D>>> {
        let take = Statement::new(
            "UPDATE logout_notices SET due_at = $1, attempts = attempts + 1 \
             WHERE due_at <= $2 AND expires_at > $2 AND (tenant_id, workspace_id, id) IN \
             (SELECT tenant_id, workspace_id, id FROM logout_notices WHERE due_at <= $2 AND expires_at > $2 \
             ORDER BY due_at LIMIT $3) \
             RETURNING tenant_id, workspace_id, id, client_id, doc, attempts",
            [lease_until.into(), now.into(), i64::from(most).into()],
        );
        let taken = self.db.write_one(take).await?;
        let read = |row: &crate::db::Row| {
            Ok(LogoutNotice {
                tenant_id: row.text(0)?.to_owned(),
                workspace_id: row.text(1)?.to_owned(),
                id: row.text(2)?.to_owned(),
                client_id: row.text(3)?.to_owned(),
                doc: read_doc("logout notice", row.text(4)?)?,
                attempts: row.int(5)? - 1,
            })
        };
        taken.rows.iter().map(read).collect()
    }

    /// Whether anything is due at `now`: a look, before anything is written.
    pub async fn has_due_logout_notices(&self, now: i64) -> Result<bool> {
        let look = Statement::new(
            "SELECT due_at FROM logout_notices WHERE due_at <= $1 AND expires_at > $1 LIMIT 1",
            [now.into()],
        );
        Ok(self.db.find(look).await?.is_some())
    }
}

impl WorkspaceStore<'_> {
    /// The client is told again at `again_at` (unix ms).
    pub async fn reschedule_logout_notice(&self, id: &str, again_at: i64) -> Result<()> {
        let update = Statement::new(
            "UPDATE logout_notices SET due_at = $1 WHERE tenant_id = $2 AND workspace_id = $3 AND id = $4",
            [again_at.into(), self.tenant.into(), self.workspace.into(), id.into()],
        );
        self.store.db.write_one(update).await.map(drop)
    }

    /// The client has been told, or will not be.
    pub async fn delete_logout_notice(&self, id: &str) -> Result<()> {
        let delete = Statement::new(
            "DELETE FROM logout_notices WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3",
            [self.tenant.into(), self.workspace.into(), id.into()],
        );
        self.store.db.write_one(delete).await.map(drop)
    }

    pub(crate) fn logout_notice_insertion<D: Serialize>(
        &self,
        notice: &NewLogoutNotice<'_, D>,
    ) -> Result<Statement> {
        Ok(Statement::new(
            "INSERT INTO logout_notices (tenant_id, workspace_id, id, client_id, doc, attempts, due_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
            [
                self.tenant.into(),
                self.workspace.into(),
                notice.id.into(),
                notice.client_id.into(),
                write_doc("logout notice", notice.doc)?.into(),
                notice.due_at.into(),
                notice.expires_at.into(),
            ],
        ))
    }
}
