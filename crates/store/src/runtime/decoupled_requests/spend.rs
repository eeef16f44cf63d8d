//! An approved request for tokens.

use serde::Serialize;

use crate::db::Statement;
use crate::error::Result;
use crate::runtime::access_tokens::AccessToken;
use crate::runtime::hash;
use crate::runtime::refresh_tokens::NewRefreshToken;
use crate::store::WorkspaceStore;

impl WorkspaceStore<'_> {
    /// Spends an approved request at `now` and stores what was issued for it, whole or not at all. Of any number of
    /// callers one is told true; false means that it is not approved, spent, too late, or its grant was revoked.
    pub async fn spend_decoupled_request<R: Serialize, A: Serialize>(
        &self,
        id: &str,
        now: i64,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<bool> {
        let spend = Statement::new(
            "UPDATE decoupled_requests SET state = 'spent', notify_at = NULL \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND state = 'approved' AND expires_at > $4 \
             AND EXISTS (SELECT 1 FROM grants WHERE grants.tenant_id = decoupled_requests.tenant_id \
             AND grants.workspace_id = decoupled_requests.workspace_id \
             AND grants.id = decoupled_requests.grant_id AND grants.revoked_at IS NULL)",
            [self.tenant.into(), self.workspace.into(), hash(id), now.into()],
        );
        self.spend_for_tokens(spend, refresh_token, access_token).await
    }
}
