//! Finding a request: by what the client polls with, by what the person types, or by whom it asks.

use serde::de::DeserializeOwned;

use super::{DecoupledRequest, DecoupledState};
use crate::db::{Row, Statement, Value};
use crate::error::{Result, StoreError};
use crate::runtime::grants::Grant;
use crate::runtime::hash;
use crate::store::{TenantStore, WorkspaceStore, read_doc};

const COLUMNS: &str = "r.handle, r.kind, r.client_id, r.subject, r.state, r.doc, r.created_at, r.expires_at, \
     g.id, g.client_id, g.subject, g.doc, g.created_at, g.revoked_at, g.expires_at, r.workspace_id \
     FROM decoupled_requests r \
     LEFT JOIN grants g ON g.tenant_id = r.tenant_id AND g.workspace_id = r.workspace_id AND g.id = r.grant_id";

/// Which of the requests that wait are listed.
#[derive(Clone, Copy, Debug)]
pub struct WaitingQuery<'a> {
    /// The caller's word for the kind of request.
    pub kind: &'a str,
    /// Those of this workspace alone.
    pub workspace: Option<&'a str>,
    /// Those about this person alone.
    pub subject: Option<&'a str>,
    /// Those that come after the request with this handle, which need not wait any more.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: u32,
    /// When they wait, unix ms.
    pub now: i64,
}

/// As many requests as a person is shown at one time.
const MOST: i64 = 50;

impl WorkspaceStore<'_> {
    /// The request that the client polls with `id`, in whatever state. It is known for some minutes after its end.
    pub async fn find_decoupled_request<D: DeserializeOwned, G: DeserializeOwned>(
        &self,
        id: &str,
    ) -> Result<Option<DecoupledRequest<D, G>>> {
        let sql =
            format!("SELECT {COLUMNS} WHERE r.tenant_id = $1 AND r.workspace_id = $2 AND r.id_hash = $3");
        let find = Statement::new(sql, [self.tenant.into(), self.workspace.into(), hash(id)]);
        self.store.db.find(find).await?.map(|row| read(&row)).transpose()
    }

    /// The request that waits at `now` for whoever types `user_code`.
    pub async fn find_decoupled_request_by_user_code<D: DeserializeOwned, G: DeserializeOwned>(
        &self,
        user_code: &str,
        now: i64,
    ) -> Result<Option<DecoupledRequest<D, G>>> {
        let sql = format!(
            "SELECT {COLUMNS} WHERE r.tenant_id = $1 AND r.workspace_id = $2 AND r.user_code_hash = $3 \
             AND r.state = 'pending' AND r.expires_at > $4"
        );
        let params = [self.tenant.into(), self.workspace.into(), hash(user_code), now.into()];
        self.store.db.find(Statement::new(sql, params)).await?.map(|row| read(&row)).transpose()
    }

    /// The requests that wait at `now` for this person, the oldest first.
    pub async fn list_decoupled_requests<D: DeserializeOwned, G: DeserializeOwned>(
        &self,
        subject: &str,
        now: i64,
    ) -> Result<Vec<DecoupledRequest<D, G>>> {
        let sql = format!(
            "SELECT {COLUMNS} WHERE r.tenant_id = $1 AND r.workspace_id = $2 AND r.subject = $3 \
             AND r.state = 'pending' AND r.expires_at > $4 ORDER BY r.created_at, r.handle LIMIT {MOST}"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into(), now.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(read).collect()
    }

    /// How many requests of this client wait at `now` for this person.
    pub async fn count_decoupled_requests(&self, client_id: &str, subject: &str, now: i64) -> Result<i64> {
        let count = Statement::new(
            "SELECT COUNT(*) FROM decoupled_requests WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 \
             AND client_id = $4 AND state = 'pending' AND expires_at > $5",
            [self.tenant.into(), self.workspace.into(), subject.into(), client_id.into(), now.into()],
        );
        self.store.db.find(count).await?.map_or(Ok(0), |row| row.int(0))
    }
}

impl TenantStore<'_> {
    /// The request with this handle, in whatever state, and its workspace.
    pub async fn find_decoupled_request_by_handle<D: DeserializeOwned, G: DeserializeOwned>(
        &self,
        handle: &str,
    ) -> Result<Option<(String, DecoupledRequest<D, G>)>> {
        let sql = format!("SELECT {COLUMNS} WHERE r.tenant_id = $1 AND r.handle = $2");
        let find = Statement::new(sql, [self.tenant.into(), handle.into()]);
        let row = self.store.db.find(find).await?;
        row.map(|row| Ok((row.text(15)?.to_owned(), read(&row)?))).transpose()
    }

    /// The requests that wait, each with its workspace, the oldest first.
    pub async fn list_waiting_requests<D: DeserializeOwned, G: DeserializeOwned>(
        &self,
        query: &WaitingQuery<'_>,
    ) -> Result<Vec<(String, DecoupledRequest<D, G>)>> {
        let mut sql = format!(
            "SELECT {COLUMNS} WHERE r.tenant_id = $1 AND r.kind = $2 AND r.state = 'pending' AND r.expires_at > $3"
        );
        let mut params: Vec<Value> = vec![self.tenant.into(), query.kind.into(), query.now.into()];
        for (column, wanted) in [("r.workspace_id", query.workspace), ("r.subject", query.subject)] {
            if let Some(wanted) = wanted {
                params.push(wanted.into());
                sql.push_str(&format!(" AND {column} = ${}", params.len()));
            }
        }
        if let Some(after) = query.after {
            params.push(after.into());
            sql.push_str(&format!(
                " AND (r.created_at, r.handle) > (SELECT created_at, handle FROM decoupled_requests \
                 WHERE tenant_id = $1 AND handle = ${})",
                params.len()
            ));
        }
        params.push(i64::from(query.limit).into());
        sql.push_str(&format!(" ORDER BY r.created_at, r.handle LIMIT ${}", params.len()));
        let rows = self.store.db.list(Statement::new(sql, params)).await?;
        rows.iter().map(|row| Ok((row.text(15)?.to_owned(), read(row)?))).collect()
    }
}

fn read<D: DeserializeOwned, G: DeserializeOwned>(row: &Row) -> Result<DecoupledRequest<D, G>> {
    let grant = match row.opt_text(8)? {
        None => None,
        Some(id) => Some(Grant {
            id: id.to_owned(),
            client_id: row.text(9)?.to_owned(),
            subject: row.opt_text(10)?.map(ToOwned::to_owned),
            doc: read_doc("grant", row.text(11)?)?,
            created_at: row.int(12)?,
            revoked_at: row.opt_int(13)?,
            expires_at: row.int(14)?,
        }),
    };
    let state = row.text(4)?;
    let known = DecoupledState::ALL.into_iter().find(|known| known.word() == state);
    Ok(DecoupledRequest {
        handle: row.text(0)?.to_owned(),
        kind: row.text(1)?.to_owned(),
        client_id: row.text(2)?.to_owned(),
        subject: row.opt_text(3)?.map(ToOwned::to_owned),
        state: known.ok_or_else(|| StoreError::Corrupt(format!("decoupled request in state {state}")))?,
        doc: read_doc("decoupled request", row.text(5)?)?,
        created_at: row.int(6)?,
        expires_at: row.int(7)?,
        grant,
    })
}
