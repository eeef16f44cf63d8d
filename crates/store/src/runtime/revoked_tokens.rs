//! Signed tokens that were revoked before they expire (RFC 7009).

use super::hash;
use crate::db::Statement;
use crate::error::Result;
use crate::store::WorkspaceStore;

impl WorkspaceStore<'_> {
    /// Refuses the token with this `jti` from now on. It is remembered until `expires_at` (unix ms).
    pub async fn revoke_token(&self, jti: &str, expires_at: i64) -> Result<()> {
        let insert = Statement::new(
            "INSERT INTO revoked_tokens (tenant_id, workspace_id, jti_hash, expires_at) \
             VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id, workspace_id, jti_hash) DO UPDATE SET expires_at = excluded.expires_at",
            [self.tenant.into(), self.workspace.into(), hash(jti), expires_at.into()],
        );
        self.store.db.write_one(insert).await.map(drop)
    }

    /// Whether the token with this `jti` was revoked.
    pub async fn is_token_revoked(&self, jti: &str) -> Result<bool> {
        let find = Statement::new(
            "SELECT expires_at FROM revoked_tokens \
             WHERE tenant_id = $1 AND workspace_id = $2 AND jti_hash = $3",
            [self.tenant.into(), self.workspace.into(), hash(jti)],
        );
        Ok(self.store.db.find(find).await?.is_some())
    }
}
