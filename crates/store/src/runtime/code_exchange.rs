//! A code for tokens: everything about the code in one read, everything that changes in one write.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::access_tokens::AccessToken;
use super::grants::Grant;
use super::hash;
use super::refresh_tokens::NewRefreshToken;
use crate::db::Statement;
use crate::error::Result;
use crate::store::{WorkspaceStore, read_doc};

/// A code and the grant it stands for, in whatever state they are.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeWithGrant<C, G> {
    /// The grant it belongs to.
    pub grant_id: String,
    /// The client it was issued to.
    pub client_id: String,
    /// What was stored with it.
    pub doc: C,
    /// When it was spent, unix ms.
    pub consumed_at: Option<i64>,
    /// When it expires, unix ms.
    pub expires_at: i64,
    /// The grant, revoked or not, if it is still remembered.
    pub grant: Option<Grant<G>>,
}

impl WorkspaceStore<'_> {
    /// A code, spent or not, with its grant: what must match is checked before
    /// [`WorkspaceStore::spend_code`].
    pub async fn find_code_with_grant<C: DeserializeOwned, G: DeserializeOwned>(
        &self,
        code: &str,
    ) -> Result<Option<CodeWithGrant<C, G>>> {
        let find = Statement::new(
            "SELECT c.grant_id, c.client_id, c.doc, c.consumed_at, c.expires_at, \
             g.id, g.client_id, g.subject, g.doc, g.created_at, g.revoked_at, g.expires_at FROM codes c \
             LEFT JOIN grants g ON g.tenant_id = c.tenant_id AND g.workspace_id = c.workspace_id \
             AND g.id = c.grant_id \
             WHERE c.tenant_id = $1 AND c.workspace_id = $2 AND c.code_hash = $3",
            [self.tenant.into(), self.workspace.into(), hash(code)],
        );
        let Some(row) = self.store.db.find(find).await? else { return Ok(None) };
        let grant = match row.opt_text(5)? {
            None => None,
            Some(id) => Some(Grant {
                id: id.to_owned(),
                client_id: row.text(6)?.to_owned(),
                subject: row.opt_text(7)?.map(ToOwned::to_owned),
                doc: read_doc("grant", row.text(8)?)?,
                created_at: row.int(9)?,
                revoked_at: row.opt_int(10)?,
                expires_at: row.int(11)?,
            }),
        };
        Ok(Some(CodeWithGrant {
            grant_id: row.text(0)?.to_owned(),
            client_id: row.text(1)?.to_owned(),
            doc: read_doc("code", row.text(2)?)?,
            consumed_at: row.opt_int(3)?,
            expires_at: row.int(4)?,
            grant,
        }))
    }

    /// Spends a code at `now` and stores what was issued for it, whole or not at all. Of any number of callers one
    /// is told true; false means that it is spent, too late, or its grant was revoked.
    pub async fn spend_code<R: Serialize, A: Serialize>(
        &self,
        code: &str,
        now: i64,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<bool> {
        let spend = Statement::new(
            "UPDATE codes SET consumed_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND code_hash = $4 \
             AND consumed_at IS NULL AND expires_at > $1 \
             AND EXISTS (SELECT 1 FROM grants WHERE grants.tenant_id = codes.tenant_id \
             AND grants.workspace_id = codes.workspace_id AND grants.id = codes.grant_id \
             AND grants.revoked_at IS NULL)",
            [now.into(), self.tenant.into(), self.workspace.into(), hash(code)],
        );
        self.spend_for_tokens(spend, refresh_token, access_token).await
    }
}
