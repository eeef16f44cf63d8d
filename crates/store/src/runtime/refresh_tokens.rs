//! Refresh tokens and their rotation (RFC 9700 §4.14.2).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hash;
use crate::db::{Batch, Expect, Outcome, Row, Statement, Value};
use crate::entity::Secret;
use crate::error::{Result, StoreError};
use crate::seal::Binding;
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A refresh token to be stored.
#[derive(Debug)]
pub struct NewRefreshToken<'a, D> {
    /// The token; only its hash is stored.
    pub token: &'a str,
    /// The grant it belongs to.
    pub grant_id: &'a str,
    /// The client it is issued to.
    pub client_id: &'a str,
    /// What goes with it: scopes, binding to a certificate …
    pub doc: &'a D,
    /// When it expires, unix ms.
    pub expires_at: i64,
}

/// A refresh token that may be used.
#[derive(Clone, Debug, PartialEq)]
pub struct RefreshToken<D> {
    /// The grant it belongs to.
    pub grant_id: String,
    /// The client it was issued to.
    pub client_id: String,
    /// How many came before it.
    pub generation: i64,
    /// What was stored with it.
    pub doc: D,
    /// When it expires, unix ms.
    pub expires_at: i64,
}

/// One token in exchange for another.
pub struct RotationRequest<'a, D> {
    /// The token that the client showed.
    pub old: &'a str,
    /// The token it is to get, made at random.
    pub new: &'a str,
    /// What goes with the new one.
    pub doc: &'a D,
    /// When the new one expires, unix ms.
    pub expires_at: i64,
    /// For how long the old one still gets the same answer, ms: the answer may have been lost.
    pub grace: i64,
    /// Now, unix ms.
    pub now: i64,
}

/// What became of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The new token is in force, the old one is spent.
    Rotated,
    /// The old token was spent a moment ago, and its successor has not been used: here it is again.
    Grace {
        /// The successor.
        successor: Secret,
    },
    /// The old token was spent before. Somebody has a copy: the grant should be revoked.
    Reused {
        /// The grant it belongs to.
        grant_id: String,
    },
    /// Its grant was revoked.
    Revoked,
    /// It came too late.
    Expired,
    /// There is no such token here.
    NotFound,
}

impl WorkspaceStore<'_> {
    /// Adds the first refresh token of a grant. False, and nothing stored, when the grant was revoked.
    pub async fn insert_refresh_token<D: Serialize>(&self, token: &NewRefreshToken<'_, D>) -> Result<bool> {
        let [insert, prolong] = self.refresh_token_insertion(token)?;
        let batch = Batch::new().with(insert).with(prolong);
        match self.store.db.write(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Expectation { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The token, if it may be used at `now`. Changes nothing.
    pub async fn find_refresh_token<D: DeserializeOwned>(
        &self,
        token: &str,
        now: i64,
    ) -> Result<Option<RefreshToken<D>>> {
        let find = Statement::new(
            "SELECT t.grant_id, t.client_id, t.generation, t.doc, t.expires_at FROM refresh_tokens t \
             JOIN grants g ON g.tenant_id = t.tenant_id AND g.workspace_id = t.workspace_id AND g.id = t.grant_id \
             WHERE t.tenant_id = $1 AND t.workspace_id = $2 AND t.token_hash = $3 \
             AND t.consumed_at IS NULL AND t.expires_at > $4 AND g.revoked_at IS NULL",
            [self.tenant.into(), self.workspace.into(), hash(token), now.into()],
        );
        self.store.db.find(find).await?.map(|row| refresh_token(&row)).transpose()
    }

    /// The token, spent or not, of a grant revoked or not: what must match is checked against it before
    /// [`WorkspaceStore::rotate_refresh_token`] tells whether it may be used.
    pub async fn find_any_refresh_token<D: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<Option<RefreshToken<D>>> {
        let find = Statement::new(
            "SELECT grant_id, client_id, generation, doc, expires_at FROM refresh_tokens \
             WHERE tenant_id = $1 AND workspace_id = $2 AND token_hash = $3",
            [self.tenant.into(), self.workspace.into(), hash(token)],
        );
        self.store.db.find(find).await?.map(|row| refresh_token(&row)).transpose()
    }

    /// Spends a token and puts another in its place: of any number of callers one is told `Rotated`, and those
    /// that come within the grace get the token that one got.
    pub async fn rotate_refresh_token<D: Serialize>(
        &self,
        request: &RotationRequest<'_, D>,
    ) -> Result<Rotation> {
        let (old, new) = (hash(request.old), hash(request.new));
        let sealed = self.store.keys.seal(&self.successor_binding(&old), request.new.as_bytes())?;
        let own = || [self.tenant.into(), self.workspace.into(), old.clone()];
        let spend = Statement::new(
            "UPDATE refresh_tokens SET consumed_at = $4, successor_hash = $5, successor_sealed = $6 \
             WHERE tenant_id = $1 AND workspace_id = $2 AND token_hash = $3 \
             AND consumed_at IS NULL AND expires_at > $4 \
             AND EXISTS (SELECT 1 FROM grants WHERE grants.tenant_id = refresh_tokens.tenant_id \
             AND grants.workspace_id = refresh_tokens.workspace_id AND grants.id = refresh_tokens.grant_id \
             AND grants.revoked_at IS NULL)",
            own().into_iter().chain([request.now.into(), new.clone(), sealed.into()]).collect::<Vec<_>>(),
        );
        // Only the caller that spent the old token finds its own successor there.
        let insert = Statement::new(
            "INSERT INTO refresh_tokens (tenant_id, workspace_id, token_hash, grant_id, client_id, generation, \
             doc, expires_at) \
             SELECT tenant_id, workspace_id, successor_hash, grant_id, client_id, generation + 1, $5, $6 \
             FROM refresh_tokens \
             WHERE tenant_id = $1 AND workspace_id = $2 AND token_hash = $3 AND successor_hash = $4",
            own()
                .into_iter()
                .chain([
                    new.clone(),
                    write_doc("refresh token", request.doc)?.into(),
                    request.expires_at.into(),
                ])
                .collect::<Vec<_>>(),
        );
        let prolong = Statement::new(
            "UPDATE grants SET expires_at = $4 \
             WHERE tenant_id = $1 AND workspace_id = $2 AND expires_at < $4 AND id = \
             (SELECT grant_id FROM refresh_tokens \
             WHERE tenant_id = $1 AND workspace_id = $2 AND token_hash = $3)",
            [self.tenant.into(), self.workspace.into(), new, request.expires_at.into()],
        );
        let look = Statement::new(
            "SELECT t.grant_id, t.consumed_at, t.expires_at, t.successor_sealed, s.consumed_at, g.id, g.revoked_at \
             FROM refresh_tokens t \
             LEFT JOIN refresh_tokens s ON s.tenant_id = t.tenant_id AND s.workspace_id = t.workspace_id \
             AND s.token_hash = t.successor_hash \
             LEFT JOIN grants g ON g.tenant_id = t.tenant_id AND g.workspace_id = t.workspace_id \
             AND g.id = t.grant_id \
             WHERE t.tenant_id = $1 AND t.workspace_id = $2 AND t.token_hash = $3",
            own(),
        );
        let batch = Batch::new().with(spend).with(insert).with(prolong).with(look);
        let outcomes = self.store.db.write(batch).await?;
        let [spent, .., looked] = outcomes.as_slice() else {
            return Err(StoreError::Internal("four statements have four outcomes".to_owned()));
        };
        if spent.rows_affected == 1 {
            return Ok(Rotation::Rotated);
        }
        self.why_not_rotated(looked, &old, request.now, request.grace)
    }

    fn why_not_rotated(&self, looked: &Outcome, old: &Value, now: i64, grace: i64) -> Result<Rotation> {
        let Some(row) = looked.rows.first() else { return Ok(Rotation::NotFound) };
        if row.opt_text(5)?.is_none() || row.opt_int(6)?.is_some() {
            return Ok(Rotation::Revoked);
        }
        let Some(consumed_at) = row.opt_int(1)? else { return Ok(Rotation::Expired) };
        // A successor that was used has arrived: whoever still shows the old token is somebody else.
        let (fresh, successor_used) = (now - consumed_at <= grace, row.opt_int(4)?.is_some());
        match row.opt_bytes(3)? {
            Some(sealed) if fresh && !successor_used => {
                let opened = self.store.keys.open(&self.successor_binding(old), sealed)?;
                let text = std::str::from_utf8(&opened)
                    .map_err(|_| StoreError::Corrupt("successor of a refresh token".to_owned()))?;
                Ok(Rotation::Grace { successor: Secret::new(text) })
            }
            _ => Ok(Rotation::Reused { grant_id: row.text(0)?.to_owned() }),
        }
    }

    /// Adds the first refresh token of a grant that was not revoked, and prolongs the grant.
    pub(super) fn refresh_token_insertion<D: Serialize>(
        &self,
        token: &NewRefreshToken<'_, D>,
    ) -> Result<[Statement; 2]> {
        let insert = Statement::new(
            "INSERT INTO refresh_tokens (tenant_id, workspace_id, token_hash, grant_id, client_id, generation, \
             doc, expires_at) \
             SELECT tenant_id, workspace_id, $1, id, $2, 0, $3, $4 FROM grants \
             WHERE tenant_id = $5 AND workspace_id = $6 AND id = $7 AND revoked_at IS NULL",
            [
                hash(token.token),
                token.client_id.into(),
                write_doc("refresh token", token.doc)?.into(),
                token.expires_at.into(),
                self.tenant.into(),
                self.workspace.into(),
                token.grant_id.into(),
            ],
        );
        let prolong = self.prolong_grant(Value::from(token.grant_id), token.expires_at);
        Ok([insert.expect(Expect::Rows(1)), prolong])
    }

    fn prolong_grant(&self, id: Value, expires_at: i64) -> Statement {
        Statement::new(
            "UPDATE grants SET expires_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND id = $4 AND expires_at < $1",
            [expires_at.into(), self.tenant.into(), self.workspace.into(), id],
        )
    }

    fn successor_binding<'b>(&'b self, old: &'b Value) -> Binding<'b> {
        let id = if let Value::Bytes(bytes) = old { bytes.as_slice() } else { &[] };
        Binding { table: "refresh_tokens.successor", tenant: self.tenant, id }
    }
}

fn refresh_token<D: DeserializeOwned>(row: &Row) -> Result<RefreshToken<D>> {
    Ok(RefreshToken {
        grant_id: row.text(0)?.to_owned(),
        client_id: row.text(1)?.to_owned(),
        generation: row.int(2)?,
        doc: read_doc("refresh token", row.text(3)?)?,
        expires_at: row.int(4)?,
    })
}
