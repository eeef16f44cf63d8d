//! Opaque access tokens.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hash;
use crate::db::Statement;
use crate::error::Result;
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// An opaque access token.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessToken<D> {
    /// The grant it was issued from; none for client credentials.
    pub grant_id: Option<String>,
    /// The client.
    pub client_id: String,
    /// What introspection tells about it.
    pub doc: D,
    /// When it expires, unix ms.
    pub expires_at: i64,
}

impl WorkspaceStore<'_> {
    /// Adds a token; only its hash is stored.
    pub async fn insert_access_token<D: Serialize>(
        &self,
        token: &str,
        record: &AccessToken<D>,
    ) -> Result<()> {
        let insert = self.access_token_insertion(token, record)?;
        self.store.db.write_one(insert).await.map(drop)
    }

    /// The token, if it has not expired at `now`, and its grant was not revoked.
    pub async fn find_access_token<D: DeserializeOwned>(
        &self,
        token: &str,
        now: i64,
    ) -> Result<Option<AccessToken<D>>> {
        let find = Statement::new(
            "SELECT t.grant_id, t.client_id, t.doc, t.expires_at FROM access_tokens t \
             LEFT JOIN grants g ON g.tenant_id = t.tenant_id AND g.workspace_id = t.workspace_id \
             AND g.id = t.grant_id \
             WHERE t.tenant_id = $1 AND t.workspace_id = $2 AND t.token_hash = $3 AND t.expires_at > $4 \
             AND (t.grant_id IS NULL OR (g.id IS NOT NULL AND g.revoked_at IS NULL))",
            [self.tenant.into(), self.workspace.into(), hash(token), now.into()],
        );
        let row = self.store.db.find(find).await?;
        row.map(|row| {
            Ok(AccessToken {
                grant_id: row.opt_text(0)?.map(ToOwned::to_owned),
                client_id: row.text(1)?.to_owned(),
                doc: read_doc("access token", row.text(2)?)?,
                expires_at: row.int(3)?,
            })
        })
        .transpose()
    }

    /// Ends a token. False when there was none.
    pub async fn delete_access_token(&self, token: &str) -> Result<bool> {
        let delete = Statement::new(
            "DELETE FROM access_tokens WHERE tenant_id = $1 AND workspace_id = $2 AND token_hash = $3",
            [self.tenant.into(), self.workspace.into(), hash(token)],
        );
        Ok(self.store.db.write_one(delete).await?.rows_affected == 1)
    }

    pub(super) fn access_token_insertion<D: Serialize>(
        &self,
        token: &str,
        record: &AccessToken<D>,
    ) -> Result<Statement> {
        Ok(Statement::new(
            "INSERT INTO access_tokens (tenant_id, workspace_id, token_hash, grant_id, client_id, doc, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(token),
                record.grant_id.as_deref().into(),
                record.client_id.as_str().into(),
                write_doc("access token", &record.doc)?.into(),
                record.expires_at.into(),
            ],
        ))
    }
}
