//! Values that may be used once: `jti` of assertions and `DPoP` proofs, nonces.

use super::hash;
use crate::db::Statement;
use crate::error::Result;
use crate::store::WorkspaceStore;

impl WorkspaceStore<'_> {
    /// True for the first caller that brings `value` of this kind, false for any other until it expires at
    /// `expires_at` (unix ms).
    pub async fn consume_once(&self, kind: &str, value: &str, expires_at: i64, now: i64) -> Result<bool> {
        let insert = Statement::new(
            "INSERT INTO used_values (kind, tenant_id, workspace_id, value_hash, expires_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id, workspace_id, kind, value_hash) \
             DO UPDATE SET expires_at = excluded.expires_at WHERE used_values.expires_at <= $6",
            [
                kind.into(),
                self.tenant.into(),
                self.workspace.into(),
                hash(value),
                expires_at.into(),
                now.into(),
            ],
        );
        Ok(self.store.db.write_one(insert).await?.rows_affected == 1)
    }
}
