//! Consent that users gave, remembered per client and scope.

use crate::db::{Batch, Row, Statement};
use crate::error::Result;
use crate::store::WorkspaceStore;

/// A user allowed a client a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeGrant {
    /// The user.
    pub subject: String,
    /// The client.
    pub client_id: String,
    /// Name of the scope.
    pub scope: String,
    /// When it was allowed last, unix ms.
    pub granted_at: i64,
}

const COLUMNS: &str = "subject, client_id, scope, granted_at";

impl WorkspaceStore<'_> {
    /// Remembers that `subject` allowed `client` each of `scopes`, at `now` (unix ms). `MissingParent` when
    /// the client is gone.
    pub async fn grant_scopes(&self, subject: &str, client: &str, scopes: &[&str], now: i64) -> Result<()> {
        let mut batch = Batch::new();
        for scope in scopes {
            batch.push(self.scope_grant_insertion(subject, client, scope, now));
        }
        self.store.db.write(batch).await.map(drop)
    }

    pub(crate) fn scope_grant_insertion(
        &self,
        subject: &str,
        client: &str,
        scope: &str,
        now: i64,
    ) -> Statement {
        Statement::new(
            "INSERT INTO scope_grants (tenant_id, workspace_id, subject, client_id, scope, granted_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (tenant_id, workspace_id, subject, client_id, scope) \
             DO UPDATE SET granted_at = excluded.granted_at",
            [
                self.tenant.into(),
                self.workspace.into(),
                subject.into(),
                client.into(),
                scope.into(),
                now.into(),
            ],
        )
    }

    /// What `subject` allowed `client`, by scope.
    pub async fn list_scope_grants(&self, subject: &str, client: &str) -> Result<Vec<ScopeGrant>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM scope_grants \
             WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 AND client_id = $4 ORDER BY scope"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into(), client.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(scope_grant).collect()
    }

    /// What `subject` allowed, by client and scope.
    pub async fn list_scope_grants_of_user(&self, subject: &str) -> Result<Vec<ScopeGrant>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM scope_grants \
             WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 ORDER BY client_id, scope"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(scope_grant).collect()
    }

    /// Forgets what `subject` allowed `client`; all of it with its authorization details, or one scope. Returns how
    /// many scopes.
    pub async fn revoke_scope_grants(&self, subject: &str, client: &str, scope: Option<&str>) -> Result<u64> {
        let mut sql = String::from(
            "DELETE FROM scope_grants \
             WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 AND client_id = $4",
        );
        let mut params = vec![self.tenant.into(), self.workspace.into(), subject.into(), client.into()];
        if let Some(scope) = scope {
            sql.push_str(" AND scope = $5");
            params.push(scope.into());
        }
        let mut batch = Batch::from(Statement::new(sql, params));
        if scope.is_none() {
            batch.push(self.detail_consent_deletion(subject, client));
        }
        self.first_of(batch).await
    }

    /// Forgets what anybody allowed `client`, with authorization details. Returns how many scopes.
    pub async fn revoke_scope_grants_of_client(&self, client: &str) -> Result<u64> {
        let delete = Statement::new(
            "DELETE FROM scope_grants WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3",
            [self.tenant.into(), self.workspace.into(), client.into()],
        );
        let mut batch = Batch::from(delete);
        batch.push(self.detail_consent_deletion_of_client(client));
        self.first_of(batch).await
    }

    /// Writes a batch. Returns how many rows its first statement met.
    async fn first_of(&self, batch: Batch) -> Result<u64> {
        let outcomes = self.store.db.write(batch).await?;
        Ok(outcomes.first().map_or(0, |outcome| outcome.rows_affected))
    }
}

fn scope_grant(row: &Row) -> Result<ScopeGrant> {
    Ok(ScopeGrant {
        subject: row.text(0)?.to_owned(),
        client_id: row.text(1)?.to_owned(),
        scope: row.text(2)?.to_owned(),
        granted_at: row.int(3)?,
    })
}
