//! Login sessions of browsers.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hash;
use crate::db::{Batch, Row, Statement, Value};
use crate::error::Result;
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A session to be stored.
#[derive(Debug)]
pub struct NewSession<'a, D> {
    /// The random value in the cookie; only its hash is stored.
    pub id: &'a str,
    /// The user.
    pub subject: &'a str,
    /// What else is known about the login.
    pub doc: &'a D,
    /// When the user logged in, unix ms.
    pub auth_time: i64,
    /// When it ends if it is not used until then, unix ms.
    pub idle_until: i64,
    /// When it ends in any case, unix ms.
    pub ends_at: i64,
}

/// Names a session within the store. Nobody opens it with that.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey(Vec<u8>);

impl SessionKey {
    /// The key of the session with this random value in its cookie.
    pub fn of(id: &str) -> Self {
        Self(digest(&SHA256, id.as_bytes()).as_ref().to_vec())
    }

    pub(super) fn value(&self) -> Value {
        Value::Bytes(self.0.clone())
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey")
    }
}

/// A stored session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session<D> {
    /// Names it.
    pub key: SessionKey,
    /// The user.
    pub subject: String,
    /// What else is known about the login.
    pub doc: D,
    /// When the user logged in, unix ms.
    pub auth_time: i64,
    /// When it was last used, unix ms.
    pub last_used_at: i64,
    /// When it ends if it is not used until then, unix ms.
    pub idle_until: i64,
    /// When it ends in any case, unix ms.
    pub ends_at: i64,
}

const COLUMNS: &str = "subject, doc, auth_time, last_used_at, expires_at, ends_at, id_hash";

impl WorkspaceStore<'_> {
    /// Adds a session.
    pub async fn insert_session<D: Serialize>(&self, session: &NewSession<'_, D>) -> Result<()> {
        self.store.db.write_one(self.session_insertion(session)?).await.map(drop)
    }

    /// Adds a session in the place of the one that the browser had before.
    pub async fn replace_session<D: Serialize>(
        &self,
        before: &SessionKey,
        session: &NewSession<'_, D>,
    ) -> Result<()> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3",
            [self.tenant.into(), self.workspace.into(), before.value()],
        );
        let batch = Batch::new().with(delete).with(self.session_insertion(session)?);
        self.store.db.write(batch).await.map(drop)
    }

    fn session_insertion<D: Serialize>(&self, session: &NewSession<'_, D>) -> Result<Statement> {
        Ok(Statement::new(
            "INSERT INTO sessions (tenant_id, workspace_id, id_hash, subject, doc, auth_time, last_used_at, \
             ends_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(session.id),
                session.subject.into(),
                write_doc("session", session.doc)?.into(),
                session.auth_time.into(),
                session.auth_time.into(),
                session.ends_at.into(),
                session.idle_until.min(session.ends_at).into(),
            ],
        ))
    }

    /// The session with this id, if it has not ended at `now`.
    pub async fn find_session<D: DeserializeOwned>(&self, id: &str, now: i64) -> Result<Option<Session<D>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND expires_at > $4"
        );
        let params = [self.tenant.into(), self.workspace.into(), hash(id), now.into()];
        self.store.db.find(Statement::new(sql, params)).await?.map(|row| session(&row)).transpose()
    }

    /// The sessions of a user that have not ended at `now`, the last used first.
    pub async fn list_sessions<D: DeserializeOwned>(
        &self,
        subject: &str,
        now: i64,
    ) -> Result<Vec<Session<D>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 AND expires_at > $4 \
             ORDER BY last_used_at DESC, id_hash"
        );
        let params = [self.tenant.into(), self.workspace.into(), subject.into(), now.into()];
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(session).collect()
    }

    /// Notes that a session was used at `now`, and lets it live until `idle_until` if its end allows. False
    /// when it has ended. To save writes, call it when `last_used_at` is some minutes old, not each time.
    pub async fn touch_session(&self, id: &str, idle_until: i64, now: i64) -> Result<bool> {
        let update = Statement::new(
            "UPDATE sessions SET last_used_at = $1, \
             expires_at = CASE WHEN ends_at < $2 THEN ends_at ELSE $2 END \
             WHERE tenant_id = $3 AND workspace_id = $4 AND id_hash = $5 AND expires_at > $1",
            [now.into(), idle_until.into(), self.tenant.into(), self.workspace.into(), hash(id)],
        );
        Ok(self.store.db.write_one(update).await?.rows_affected == 1)
    }

    /// Replaces the document of a session, after another login step. False when it has ended at `now`.
    pub async fn update_session<D: Serialize>(
        &self,
        id: &str,
        doc: &D,
        auth_time: i64,
        now: i64,
    ) -> Result<bool> {
        let update = Statement::new(
            "UPDATE sessions SET doc = $1, auth_time = $2, last_used_at = $3 \
             WHERE tenant_id = $4 AND workspace_id = $5 AND id_hash = $6 AND expires_at > $3",
            [
                write_doc("session", doc)?.into(),
                auth_time.into(),
                now.into(),
                self.tenant.into(),
                self.workspace.into(),
                hash(id),
            ],
        );
        Ok(self.store.db.write_one(update).await?.rows_affected == 1)
    }

    /// Ends a session. False when there was none.
    pub async fn delete_session(&self, id: &str) -> Result<bool> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3",
            [self.tenant.into(), self.workspace.into(), hash(id)],
        );
        Ok(self.store.db.write_one(delete).await?.rows_affected == 1)
    }

    /// Ends every session of a user. Returns how many.
    pub async fn delete_sessions_of_user(&self, subject: &str) -> Result<u64> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3",
            [self.tenant.into(), self.workspace.into(), subject.into()],
        );
        Ok(self.store.db.write_one(delete).await?.rows_affected)
    }
}

fn session<D: DeserializeOwned>(row: &Row) -> Result<Session<D>> {
    Ok(Session {
        key: SessionKey(row.bytes(6)?.to_vec()),
        subject: row.text(0)?.to_owned(),
        doc: read_doc("session", row.text(1)?)?,
        auth_time: row.int(2)?,
        last_used_at: row.int(3)?,
        idle_until: row.int(4)?,
        ends_at: row.int(5)?,
    })
}
