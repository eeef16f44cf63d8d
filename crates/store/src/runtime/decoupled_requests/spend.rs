//! An approved request for tokens.

use serde::Serialize;

use super::sealed_binding;
use crate::db::Statement;
use crate::error::Result;
use crate::runtime::access_tokens::AccessToken;
use crate::runtime::hash;
use crate::runtime::refresh_tokens::NewRefreshToken;
use crate::store::WorkspaceStore;

/// An approved request whose tokens are sent to the client.
#[derive(Clone, Copy)]
pub struct DeliveredRequest<'a> {
    /// What the client knows it by.
    pub id: &'a str,
    /// Names the request.
    pub handle: &'a str,
    /// When it is spent, unix ms.
    pub now: i64,
    /// What is to be sent. Stored sealed.
    pub sealed: &'a [u8],
}

/// Which requests may be spent.
const SPENDABLE: &str = "WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND state = 'approved' \
     AND expires_at > $4 AND EXISTS (SELECT 1 FROM grants WHERE grants.tenant_id = decoupled_requests.tenant_id \
     AND grants.workspace_id = decoupled_requests.workspace_id \
     AND grants.id = decoupled_requests.grant_id AND grants.revoked_at IS NULL)";

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
            format!("UPDATE decoupled_requests SET state = 'spent', notify_at = NULL {SPENDABLE}"),
            [self.tenant.into(), self.workspace.into(), hash(id), now.into()],
        );
        self.spend_for_tokens(spend, refresh_token, access_token).await
    }

    /// The same for a client that is sent its tokens: the request goes on being due, and keeps what is to be sent.
    pub async fn spend_delivered_request<R: Serialize, A: Serialize>(
        &self,
        request: DeliveredRequest<'_>,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<bool> {
        let DeliveredRequest { id, handle, now, sealed } = request;
        let binding = sealed_binding(self.tenant, handle);
        let spend = Statement::new(
            format!("UPDATE decoupled_requests SET state = 'spent', sealed = $5 {SPENDABLE}"),
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(id),
                now.into(),
                self.store.keys.seal(&binding, sealed)?.into(),
            ],
        );
        self.spend_for_tokens(spend, refresh_token, access_token).await
    }
}
