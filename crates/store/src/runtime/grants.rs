//! Grants: one for a code and everything issued from it. Revoking it ends them all.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::access_tokens::AccessToken;
use super::refresh_tokens::NewRefreshToken;
use crate::db::{Batch, Row, Statement};
use crate::error::Result;
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A grant to be stored.
#[derive(Debug)]
pub struct NewGrant<'a, D> {
    /// Its id, random.
    pub id: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// The user, if there is one.
    pub subject: Option<&'a str>,
    /// What was granted.
    pub doc: &'a D,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When the last thing issued from it will have expired, unix ms. A refresh token moves it on.
    pub expires_at: i64,
}

/// A stored grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant<D> {
    /// Its id.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// The user, if there is one.
    pub subject: Option<String>,
    /// What was granted.
    pub doc: D,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it was revoked, unix ms.
    pub revoked_at: Option<i64>,
    /// When the last thing issued from it will have expired, unix ms.
    pub expires_at: i64,
}

pub(super) const COLUMNS: &str = "id, client_id, subject, doc, created_at, revoked_at, expires_at";

impl WorkspaceStore<'_> {
    /// Adds a grant that no code stands for, such as that of a password or a device. A code brings its own,
    /// see [`WorkspaceStore::insert_code`].
    pub async fn insert_grant<D: Serialize>(&self, grant: &NewGrant<'_, D>) -> Result<()> {
        self.store.db.write_one(self.grant_insertion(grant)?).await.map(drop)
    }

    /// Adds a grant together with what was issued from it, whole or not at all.
    pub async fn begin_grant<D: Serialize, R: Serialize, A: Serialize>(
        &self,
        grant: &NewGrant<'_, D>,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<()> {
        let mut batch = Batch::new().with(self.grant_insertion(grant)?);
        self.add_tokens(&mut batch, refresh_token, access_token)?;
        self.store.db.write(batch).await.map(drop)
    }

    /// The grant with this id, revoked or not, if it is still remembered.
    pub async fn find_grant<D: DeserializeOwned>(&self, id: &str) -> Result<Option<Grant<D>>> {
        let sql =
            format!("SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3");
        let params = [self.tenant.into(), self.workspace.into(), id.into()];
        self.store.db.find(Statement::new(sql, params)).await?.map(|row| grant(&row)).transpose()
    }

    /// The grants of a user that are neither revoked nor over at `now`, newest first.
    pub async fn list_grants<D: DeserializeOwned>(&self, subject: &str, now: i64) -> Result<Vec<Grant<D>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 \
             AND revoked_at IS NULL AND expires_at > $4 ORDER BY created_at DESC, id"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into(), now.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(grant).collect()
    }

    /// Ends a grant: its code, refresh tokens and opaque access tokens are refused from now on. False when it
    /// was ended before, or is not known.
    pub async fn revoke_grant(&self, id: &str, now: i64) -> Result<bool> {
        self.revoke("id = $4", id, now).await.map(|n| n == 1)
    }

    /// Ends every grant of a client, and its opaque access tokens that belong to none. Returns how many grants.
    pub async fn revoke_grants_of_client(&self, client_id: &str, now: i64) -> Result<u64> {
        let tokens = Statement::new(
            "DELETE FROM access_tokens WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3 \
             AND grant_id IS NULL",
            [self.tenant.into(), self.workspace.into(), client_id.into()],
        );
        let batch = Batch::new().with(self.revocation("client_id = $4", client_id, now)).with(tokens);
        let outcomes = self.store.db.write(batch).await?;
        Ok(outcomes.first().map_or(0, |grants| grants.rows_affected))
    }

    /// Ends every grant of a user. Returns how many.
    pub async fn revoke_grants_of_user(&self, subject: &str, now: i64) -> Result<u64> {
        self.revoke("subject = $4", subject, now).await
    }

    async fn revoke(&self, condition: &str, value: &str, now: i64) -> Result<u64> {
        Ok(self.store.db.write_one(self.revocation(condition, value, now)).await?.rows_affected)
    }

    pub(super) fn revocation(&self, condition: &str, value: &str, now: i64) -> Statement {
        let sql = format!(
            "UPDATE grants SET revoked_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND {condition} AND revoked_at IS NULL"
        );
        Statement::new(sql, [now.into(), self.tenant.into(), self.workspace.into(), value.into()])
    }

    pub(super) fn grant_insertion<D: Serialize>(&self, grant: &NewGrant<'_, D>) -> Result<Statement> {
        Ok(Statement::new(
            "INSERT INTO grants (tenant_id, workspace_id, id, client_id, subject, doc, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                self.tenant.into(),
                self.workspace.into(),
                grant.id.into(),
                grant.client_id.into(),
                grant.subject.into(),
                write_doc("grant", grant.doc)?.into(),
                grant.created_at.into(),
                grant.expires_at.into(),
            ],
        ))
    }
}

pub(super) fn grant<D: DeserializeOwned>(row: &Row) -> Result<Grant<D>> {
    Ok(Grant {
        id: row.text(0)?.to_owned(),
        client_id: row.text(1)?.to_owned(),
        subject: row.opt_text(2)?.map(ToOwned::to_owned),
        doc: read_doc("grant", row.text(3)?)?,
        created_at: row.int(4)?,
        revoked_at: row.opt_int(5)?,
        expires_at: row.int(6)?,
    })
}
