//! The end of sessions, with what depends on them: whole or not at all, and once.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::grants::{COLUMNS, Grant, grant};
use super::logout_notices::NewLogoutNotice;
use super::sessions::SessionKey;
use crate::db::{Batch, Expect, Statement, Value};
use crate::error::{Result, StoreError};
use crate::store::WorkspaceStore;

/// Grants that one statement revokes.
const CHUNK: usize = 100;

/// Whose sessions and grants are meant.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those of a user.
    User(&'a str),
    /// Those of everybody who made an account at an identity provider.
    AccountsAt(&'a str),
}

/// What goes with a session.
#[derive(Debug)]
pub struct SessionEnd<'a, D> {
    /// The session.
    pub session: &'a SessionKey,
    /// The grants that end with it, by their ids.
    pub grants: &'a [String],
    /// Who is told.
    pub notices: &'a [NewLogoutNotice<'a, D>],
    /// When it ends, unix ms.
    pub now: i64,
}

impl Whose<'_> {
    /// A condition on the column `subject`; tenant, workspace and [`Self::value`] are the first three parameters.
    fn condition(self) -> &'static str {
        match self {
            Self::User(_) => "subject = $3",
            Self::AccountsAt(_) => {
                "subject IN \
                 (SELECT id FROM accounts WHERE tenant_id = $1 AND workspace_id = $2 AND idp_id = $3)"
            }
        }
    }

    fn value(self) -> Value {
        match self {
            Self::User(name) | Self::AccountsAt(name) => name.into(),
        }
    }
}

impl WorkspaceStore<'_> {
    /// Ends a session. Of any number of callers one is told true; false means that it has ended before, and nothing
    /// was written.
    pub async fn end_session<D: Serialize>(&self, end: &SessionEnd<'_, D>) -> Result<bool> {
        let delete = Statement::new(
            "DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3",
            [self.tenant.into(), self.workspace.into(), end.session.value()],
        );
        let mut batch = Batch::new().with(delete.expect(Expect::Rows(1)));
        self.revoke_each(&mut batch, end.grants, end.now);
        self.tell(&mut batch, end.notices)?;
        match self.store.db.write(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Expectation { statement: 0, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends all sessions and all grants of a user, and writes down who is told.
    pub async fn end_user<D: Serialize>(
        &self,
        subject: &str,
        notices: &[NewLogoutNotice<'_, D>],
        now: i64,
    ) -> Result<()> {
        let mut batch = Batch::new();
        self.end_all(&mut batch, Whose::User(subject), now);
        self.tell(&mut batch, notices)?;
        self.store.db.write(batch).await.map(drop)
    }

    /// Ends grants by their ids.
    pub async fn revoke_grants(&self, ids: &[String], now: i64) -> Result<()> {
        let mut batch = Batch::new();
        self.revoke_each(&mut batch, ids, now);
        self.store.db.write(batch).await.map(drop)
    }

    /// Up to `limit` grants that are still remembered, revoked or not (a client that gave its tokens back may still have
    /// its user logged in), in the order of their ids, after the id `after`. With a `session_id` those alone whose
    /// document has this value in a member of this name, wherever it is.
    pub async fn list_grants_after<D: DeserializeOwned>(
        &self,
        whose: Whose<'_>,
        session_id: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Grant<D>>> {
        let mut sql = format!(
            "SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND workspace_id = $2 AND {} AND id > $4",
            whose.condition()
        );
        let mut params = vec![
            self.tenant.into(),
            self.workspace.into(),
            whose.value(),
            after.into(),
            i64::from(limit).into(),
        ];
        if let Some(session_id) = session_id {
            // A text that could be part of a pattern names no session.
            if session_id.is_empty() || !session_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Ok(Vec::new());
            }
            sql.push_str(" AND doc LIKE $6");
            params.push(format!("%\"session_id\":\"{session_id}\"%").into());
        }
        sql.push_str(" ORDER BY id LIMIT $5");
        self.store.db.list(Statement::new(sql, params)).await?.iter().map(grant).collect()
    }

    /// Adds to `batch` that all sessions and all grants of these people end.
    pub(crate) fn end_all(&self, batch: &mut Batch, whose: Whose<'_>, now: i64) {
        let condition = whose.condition();
        let owner = || [self.tenant.into(), self.workspace.into(), whose.value()];
        batch.push(Statement::new(
            format!("DELETE FROM sessions WHERE tenant_id = $1 AND workspace_id = $2 AND {condition}"),
            owner(),
        ));
        let revoke = format!(
            "UPDATE grants SET revoked_at = $4 \
             WHERE tenant_id = $1 AND workspace_id = $2 AND {condition} AND revoked_at IS NULL"
        );
        batch.push(Statement::new(revoke, owner().into_iter().chain([now.into()]).collect::<Vec<_>>()));
    }

    /// Adds to `batch` that nothing is left of accounts that go: as [`Self::end_all`], and what their owners allowed
    /// clients.
    pub(crate) fn forget_all(&self, batch: &mut Batch, whose: Whose<'_>, now: i64) {
        self.end_all(batch, whose, now);
        for table in ["scope_grants", "detail_consents"] {
            let condition = whose.condition();
            batch.push(Statement::new(
                format!("DELETE FROM {table} WHERE tenant_id = $1 AND workspace_id = $2 AND {condition}"),
                [self.tenant.into(), self.workspace.into(), whose.value()],
            ));
        }
    }

    /// Adds to `batch` who is told.
    pub(crate) fn tell<D: Serialize>(
        &self,
        batch: &mut Batch,
        notices: &[NewLogoutNotice<'_, D>],
    ) -> Result<()> {
        for notice in notices {
            batch.push(self.logout_notice_insertion(notice)?);
        }
        Ok(())
    }

    fn revoke_each(&self, batch: &mut Batch, ids: &[String], now: i64) {
        let marks: Vec<_> = (4..4 + CHUNK).map(|at| format!("${at}")).collect();
        let sql = format!(
            "UPDATE grants SET revoked_at = $3 \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id IN ({}) AND revoked_at IS NULL",
            marks.join(", ")
        );
        for chunk in ids.chunks(CHUNK) {
            // Always as many, so that it is one statement to prepare.
            let ids = chunk.iter().chain(chunk.last().into_iter().cycle()).take(CHUNK);
            let mut params = vec![self.tenant.into(), self.workspace.into(), now.into()];
            params.extend(ids.map(|id| Value::from(id.as_str())));
            batch.push(Statement::new(sql.clone(), params));
        }
    }
}
