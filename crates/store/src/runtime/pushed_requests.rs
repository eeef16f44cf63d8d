//! Authorization requests that clients have pushed: read as often as a browser asks, until one is answered (RFC 9126).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hash;
use crate::db::Statement;
use crate::error::Result;
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A pushed request to be kept.
#[derive(Debug)]
pub struct NewPushedRequest<'a, D> {
    /// What names it; only its hash is stored.
    pub id: &'a str,
    /// The client that pushed it.
    pub client_id: &'a str,
    /// The request.
    pub doc: &'a D,
    /// When it ends, unix ms.
    pub expires_at: i64,
}

/// A pushed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRequest<D> {
    /// The client that pushed it.
    pub client_id: String,
    /// The request.
    pub doc: D,
}

impl WorkspaceStore<'_> {
    /// Keeps a pushed request.
    pub async fn insert_pushed_request<D: Serialize>(&self, new: &NewPushedRequest<'_, D>) -> Result<()> {
        let insert = Statement::new(
            "INSERT INTO pushed_requests (tenant_id, workspace_id, id_hash, client_id, doc, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(new.id),
                new.client_id.into(),
                write_doc("pushed request", new.doc)?.into(),
                new.expires_at.into(),
            ],
        );
        self.store.db.write_one(insert).await.map(drop)
    }

    /// The request of this id, if it was not answered and has not ended at `now`.
    pub async fn find_pushed_request<D: DeserializeOwned>(
        &self,
        id: &str,
        now: i64,
    ) -> Result<Option<PushedRequest<D>>> {
        let find = Statement::new(
            "SELECT client_id, doc FROM pushed_requests WHERE tenant_id = $1 AND workspace_id = $2 \
             AND id_hash = $3 AND used_at IS NULL AND expires_at > $4",
            [self.tenant.into(), self.workspace.into(), hash(id), now.into()],
        );
        let row = self.store.db.find(find).await?;
        row.map(|row| {
            let doc = read_doc("pushed request", row.text(1)?)?;
            Ok(PushedRequest { client_id: row.text(0)?.to_owned(), doc })
        })
        .transpose()
    }

    /// Marks a request as answered: true for one caller only. A person may take longer to answer than the request
    /// could be begun, so its end does not matter here.
    pub async fn spend_pushed_request(&self, id: &str, now: i64) -> Result<bool> {
        let spend = Statement::new(
            "UPDATE pushed_requests SET used_at = $1 WHERE tenant_id = $2 AND workspace_id = $3 \
             AND id_hash = $4 AND used_at IS NULL",
            [now.into(), self.tenant.into(), self.workspace.into(), hash(id)],
        );
        Ok(self.store.db.write_one(spend).await?.rows_affected == 1)
    }
}
