//! Telling the client: which requests are due, each for one worker at a time.

use zeroize::Zeroizing;

use super::sealed_binding;
use crate::db::Statement;
use crate::error::Result;
use crate::store::{Store, WorkspaceStore};

/// A client that is to be told now. Whoever holds it has until the end of the lease to say what became of it.
pub struct DueNotification {
    /// The tenant of the request.
    pub tenant_id: String,
    /// The workspace of the request.
    pub workspace_id: String,
    /// Names the request.
    pub handle: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// What was sealed with the request.
    pub sealed: Option<Zeroizing<Vec<u8>>>,
}

impl Store {
    /// Takes up to `most` notifications that are due at `now`. No other worker gets them before `lease_until`
    /// (unix ms): one that dies delays them, and loses none.
    pub async fn take_due_notifications(
        &self,
        now: i64,
        lease_until: i64,
        most: u32,
    ) -> Result<Vec<DueNotification>> {
        let take = Statement::new(
            "UPDATE decoupled_requests SET notify_at = $1, notify_attempts = notify_attempts + 1 \
             WHERE notify_at <= $2 AND (tenant_id, workspace_id, id_hash) IN \
             (SELECT tenant_id, workspace_id, id_hash FROM decoupled_requests WHERE notify_at <= $2 \
             ORDER BY notify_at LIMIT $3) \
             RETURNING tenant_id, workspace_id, handle, notify_attempts, sealed",
            [lease_until.into(), now.into(), i64::from(most).into()],
        );
        let taken = self.db.write_one(take).await?;
        let mut due = Vec::new();
        for row in &taken.rows {
            let (tenant_id, handle) = (row.text(0)?.to_owned(), row.text(2)?.to_owned());
            let binding = sealed_binding(&tenant_id, &handle);
            let sealed = row.opt_bytes(4)?.map(|sealed| self.keys.open(&binding, sealed)).transpose()?;
            let attempts = row.int(3)? - 1;
            due.push(DueNotification {
                workspace_id: row.text(1)?.to_owned(),
                tenant_id,
                handle,
                attempts,
                sealed,
            });
        }
        Ok(due)
    }

    /// Whether anything is due at `now`: a look, before anything is written.
    pub async fn has_due_notifications(&self, now: i64) -> Result<bool> {
        let look = Statement::new(
            "SELECT notify_at FROM decoupled_requests WHERE notify_at <= $1 LIMIT 1",
            [now.into()],
        );
        Ok(self.db.find(look).await?.is_some())
    }
}

impl WorkspaceStore<'_> {
    /// The client is told again at `again_at` (unix ms); never, without, and what was sealed for it is forgotten.
    pub async fn reschedule_notification(&self, handle: &str, again_at: Option<i64>) -> Result<()> {
        let forget = if again_at.is_none() { ", sealed = NULL" } else { "" };
        let update = Statement::new(
            format!(
                "UPDATE decoupled_requests SET notify_at = $1{forget} \
             WHERE tenant_id = $2 AND workspace_id = $3 AND handle = $4 AND notify_at IS NOT NULL"
            ),
            [again_at.into(), self.tenant.into(), self.workspace.into(), handle.into()],
        );
        self.store.db.write_one(update).await.map(drop)
    }
}
