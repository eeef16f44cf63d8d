//! Clients that registered themselves (RFC 7591), and the tokens with which they manage that (RFC 7592).

use super::changes;
use super::documents::Stored;
use super::table::{Owner, Table};
use crate::db::{Batch, Expect, Row, Statement};
use crate::entity::Client;
use crate::error::{Result, StoreError};
use crate::runtime::{self, hash};
use crate::store::{Store, WorkspaceStore};

/// Most clients that one sweep deletes: each deletion makes caches read their workspace anew.
pub(crate) const SWEPT_AT_ONCE: u32 = 100;

/// What is stored beside a client that registers.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewRegistration<'a> {
    /// The registration access token, if it gets one; only its hash is stored.
    pub token: Option<&'a str>,
    /// When that token expires, unix ms; `None`: never.
    pub token_expires_at: Option<i64>,
    /// When the client is deleted unless somebody used it, unix ms; `None`: it stays.
    pub expires_at: Option<i64>,
    /// The `jti` of the initial access token that this registration spends, and when it expires, unix ms.
    pub spends: Option<(&'a str, i64)>,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq)]
pub enum Registered {
    /// The client is there.
    Client(Box<Stored<Client>>),
    /// Somebody else registered with the initial access token, or it was revoked: nothing is stored.
    TokenSpent,
}

/// How a client manages its registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// SHA-256 of its registration access token.
    pub token_hash: Option<Vec<u8>>,
    /// When that token expires, unix ms.
    pub token_expires_at: Option<i64>,
    /// SHA-256 of the token before it.
    pub former_hash: Option<Vec<u8>>,
    /// How long that one still counts, unix ms.
    pub former_until: Option<i64>,
}

/// One registration access token in exchange for another.
#[derive(Clone, Copy, Debug)]
pub struct TokenSuccession<'a> {
    /// The token in force.
    pub old: &'a str,
    /// Its successor.
    pub new: &'a str,
    /// When the successor expires, unix ms.
    pub expires_at: Option<i64>,
    /// How long the old one still counts, unix ms.
    pub former_until: i64,
}

impl WorkspaceStore<'_> {
    /// Adds a client that registered itself, and ends the token that allowed it: all or nothing. No cache knows of the
    /// client, so none is told.
    pub async fn register_client(
        &self,
        client: Client,
        registration: &NewRegistration<'_>,
        now: i64,
    ) -> Result<Registered> {
        let table = Table { store: self.store, owner: Owner::Workspace(self.tenant, self.workspace) };
        let (mut client, insertion) = table.insertion(client, now)?;
        let mut batch = Batch::new();
        if let Some((jti, expires_at)) = registration.spends {
            let spend = Statement::new(
                "INSERT INTO revoked_tokens (tenant_id, workspace_id, jti_hash, expires_at) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, workspace_id, jti_hash) DO NOTHING",
                [self.tenant.into(), self.workspace.into(), hash(jti), expires_at.into()],
            );
            batch.push(spend.expect(Expect::Rows(1)));
        }
        batch.push(insertion);
        batch.push(Statement::new(
            "INSERT INTO registrations \
             (tenant_id, workspace_id, client_id, token_hash, token_expires_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            [
                self.tenant.into(),
                self.workspace.into(),
                client.client_id.as_str().into(),
                registration.token.map_or(crate::db::Value::Null, hash),
                registration.token_expires_at.into(),
                registration.expires_at.into(),
            ],
        ));
        match self.store.db.write(batch).await {
            Ok(_) => {
                use super::entities::sealed::Layout;
                client.stamp(now, now);
                let stored = Stored { value: client, version: 1, created_at: now, updated_at: now };
                Ok(Registered::Client(Box::new(stored)))
            }
            Err(StoreError::Expectation { .. }) => Ok(Registered::TokenSpent),
            Err(error) => Err(error),
        }
    }

    /// How this client manages its registration; `None` when it did not register itself.
    pub async fn find_registration(&self, client_id: &str) -> Result<Option<Registration>> {
        let find = Statement::new(
            "SELECT token_hash, token_expires_at, former_hash, former_until FROM registrations \
             WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3",
            [self.tenant.into(), self.workspace.into(), client_id.into()],
        );
        self.store.db.find(find).await?.map(|row| registration(&row)).transpose()
    }

    /// Puts the successor of a registration access token in force. False when the old one was not in force: somebody
    /// was faster.
    pub async fn succeed_registration_token(
        &self,
        client_id: &str,
        succession: &TokenSuccession<'_>,
    ) -> Result<bool> {
        let update = Statement::new(
            "UPDATE registrations SET token_hash = $4, token_expires_at = $5, former_hash = $6, former_until = $7 \
             WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3 AND token_hash = $6",
            [
                self.tenant.into(),
                self.workspace.into(),
                client_id.into(),
                hash(succession.new),
                succession.expires_at.into(),
                hash(succession.old),
                succession.former_until.into(),
            ],
        );
        Ok(self.store.db.write_one(update).await?.rows_affected == 1)
    }

    /// Somebody uses this client: it stays.
    pub async fn keep_registered_client(&self, client_id: &str) -> Result<()> {
        let update = Statement::new(
            "UPDATE registrations SET expires_at = NULL \
             WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3 AND expires_at IS NOT NULL",
            [self.tenant.into(), self.workspace.into(), client_id.into()],
        );
        self.store.db.write_one(update).await.map(drop)
    }
}

impl Store {
    /// Deletes clients that registered themselves and that nobody used in time. Returns how many.
    pub(crate) async fn sweep_unused_clients(&self, now: i64, batch: u32) -> Result<u64> {
        let expired = Statement::new(
            "SELECT tenant_id, workspace_id, client_id FROM registrations \
             WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
            [now.into(), i64::from(batch.min(SWEPT_AT_ONCE)).into()],
        );
        let mut deleted = 0;
        for row in self.db.list(expired).await? {
            let (tenant, workspace, client) = (row.text(0)?, row.text(1)?, row.text(2)?);
            // First, so that a client that was used in the meantime stays with all it has.
            let registration = Statement::new(
                "DELETE FROM registrations \
                 WHERE tenant_id = $1 AND workspace_id = $2 AND client_id = $3 AND expires_at <= $4",
                [tenant.into(), workspace.into(), client.into(), now.into()],
            );
            let mut batch = Batch::from(registration.expect(Expect::Rows(1)));
            batch.push(Statement::new(
                "DELETE FROM clients WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3",
                [tenant.into(), workspace.into(), client.into()],
            ));
            for statement in runtime::delete_of_client(tenant, workspace, client) {
                batch.push(statement);
            }
            changes::bump(&mut batch, tenant, Some(workspace));
            match self.db.write(batch.signalling_config()).await {
                Ok(_) => deleted += 1,
                Err(StoreError::Expectation { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(deleted)
    }
}

fn registration(row: &Row) -> Result<Registration> {
    Ok(Registration {
        token_hash: row.opt_bytes(0)?.map(<[u8]>::to_vec),
        token_expires_at: row.opt_int(1)?,
        former_hash: row.opt_bytes(2)?.map(<[u8]>::to_vec),
        former_until: row.opt_int(3)?,
    })
}
