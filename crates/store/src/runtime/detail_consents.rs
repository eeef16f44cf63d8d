//! Authorization details that users have allowed, remembered per client for a while (RFC 9396).
//!
//! Only the hash of a detail is kept: an earlier consent is for an equal detail or for none.

use super::hash;
use crate::db::{Batch, Statement, Value};
use crate::error::Result;
use crate::store::WorkspaceStore;

impl WorkspaceStore<'_> {
    /// Which of `details` (each in a canonical text) `subject` has allowed `client`, as far as that is remembered at
    /// `now` (unix ms): one answer for each, in their order.
    pub async fn are_details_allowed(
        &self,
        subject: &str,
        client: &str,
        details: &[String],
        now: i64,
    ) -> Result<Vec<bool>> {
        if details.is_empty() {
            return Ok(Vec::new());
        }
        let hashes: Vec<Value> = details.iter().map(|detail| hash(detail)).collect();
        let mut params: Vec<Value> =
            vec![self.tenant.into(), self.workspace.into(), subject.into(), client.into(), now.into()];
        let first = params.len() + 1;
        let marks: Vec<_> = (first..first + hashes.len()).map(|at| format!("${at}")).collect();
        params.extend(hashes.iter().cloned());
        let sql = format!(
            "SELECT detail_hash FROM detail_consents WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 \
             AND client_id = $4 AND expires_at > $5 AND detail_hash IN ({})",
            marks.join(", ")
        );
        let rows = self.store.db.list(Statement::new(sql, params)).await?;
        let known: Vec<&[u8]> = rows.iter().map(|row| row.bytes(0)).collect::<Result<_>>()?;
        let is_known =
            |hash: &Value| matches!(hash, Value::Bytes(bytes) if known.contains(&bytes.as_slice()));
        Ok(hashes.iter().map(is_known).collect())
    }

    /// Remembers until `until` (unix ms) that `subject` allowed `client` each of `details`. `MissingParent` when the
    /// client is gone.
    pub async fn allow_details(
        &self,
        subject: &str,
        client: &str,
        details: &[String],
        until: i64,
    ) -> Result<()> {
        let mut batch = Batch::new();
        for detail in details {
            batch.push(self.detail_consent_insertion(subject, client, detail, until));
        }
        self.store.db.write(batch).await.map(drop)
    }

    pub(crate) fn detail_consent_insertion(
        &self,
        subject: &str,
        client: &str,
        detail: &str,
        expires_at: i64,
    ) -> Statement {
        Statement::new(
            "INSERT INTO detail_consents (tenant_id, workspace_id, subject, client_id, detail_hash, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (tenant_id, workspace_id, subject, client_id, detail_hash) \
             DO UPDATE SET expires_at = excluded.expires_at",
            [
                self.tenant.into(),
                self.workspace.into(),
                subject.into(),
                client.into(),
                hash(detail),
                expires_at.into(),
            ],
        )
    }

    /// Forgets the details that `subject` allowed `client`.
    pub(crate) fn detail_consent_deletion(&self, subject: &str, client: &str) -> Statement {
        Statement::new(
            "DELETE FROM detail_consents \
             WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 AND client_id = $4",
            [self.tenant.into(), self.workspace.into(), subject.into(), client.into()],
        )
    }

    /// Forgets the details that anybody allowed `client`.
    pub(crate) fn detail_consent_deletion_of_client(&self, client: &str) -> Statement {
        Statement::new(
            "DELETE FROM detail_consents WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3",
            [self.tenant.into(), self.workspace.into(), client.into()],
        )
    }
}
