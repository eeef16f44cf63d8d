//! One interactive authorization request, from the authorize endpoint to its answer.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hash;
use crate::db::{Row, Statement};
use crate::error::{Result, StoreError};
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A request to be remembered.
#[derive(Debug)]
pub struct NewAuthorizeSession<'a, D> {
    /// The random value that names it in links and forms; only its hash is stored.
    pub id: &'a str,
    /// The random value in the cookie of the browser that began it; only its hash is stored.
    pub browser: &'a str,
    /// The request, and how far it got.
    pub doc: &'a D,
    /// When it ends, unix ms.
    pub expires_at: i64,
}

/// Names a remembered request, and shows that it is asked for by the browser that began it.
#[derive(Clone, Copy)]
pub struct AuthorizeSessionKey<'a> {
    /// The random value in links and forms.
    pub id: &'a str,
    /// The random value in the browser's cookie.
    pub browser: &'a str,
}

/// A remembered request.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizeSession<D> {
    /// The request, and how far it got.
    pub doc: D,
    /// Counts its changes.
    pub version: i64,
    /// When it ends, unix ms.
    pub expires_at: i64,
}

impl WorkspaceStore<'_> {
    /// Adds a request.
    pub async fn insert_authorize_session<D: Serialize>(
        &self,
        session: &NewAuthorizeSession<'_, D>,
    ) -> Result<()> {
        let insert = Statement::new(
            "INSERT INTO authorize_sessions (tenant_id, workspace_id, id_hash, browser_hash, version, doc, \
             expires_at) VALUES ($1, $2, $3, $4, 1, $5, $6)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(session.id),
                hash(session.browser),
                write_doc("authorize session", session.doc)?.into(),
                session.expires_at.into(),
            ],
        );
        self.store.db.write_one(insert).await.map(drop)
    }

    /// The request with this id that this browser began, if it has not ended at `now`.
    pub async fn find_authorize_session<D: DeserializeOwned>(
        &self,
        id: &str,
        browser: &str,
        now: i64,
    ) -> Result<Option<AuthorizeSession<D>>> {
        let find = Statement::new(
            "SELECT doc, version, expires_at FROM authorize_sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND browser_hash = $4 \
             AND expires_at > $5",
            [self.tenant.into(), self.workspace.into(), hash(id), hash(browser), now.into()],
        );
        self.store.db.find(find).await?.map(|row| authorize_session(&row)).transpose()
    }

    /// The request with this id, whichever browser began it, if it has not ended at `now`. Only what the client asked
    /// for may be taken from it, never what was done for it.
    pub async fn find_authorize_session_of_any_browser<D: DeserializeOwned>(
        &self,
        id: &str,
        now: i64,
    ) -> Result<Option<AuthorizeSession<D>>> {
        let find = Statement::new(
            "SELECT doc, version, expires_at FROM authorize_sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND expires_at > $4",
            [self.tenant.into(), self.workspace.into(), hash(id), now.into()],
        );
        self.store.db.find(find).await?.map(|row| authorize_session(&row)).transpose()
    }

    /// Stores how far a request got. Returns its new version.
    ///
    /// # Errors
    /// `PreconditionFailed` when it is no longer at `if_version`: another tab or a second click was faster.
    /// `NotFound` when it has ended.
    pub async fn update_authorize_session<D: Serialize>(
        &self,
        id: &str,
        doc: &D,
        if_version: i64,
        now: i64,
    ) -> Result<i64> {
        let update = Statement::new(
            "UPDATE authorize_sessions SET doc = $1, version = version + 1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND id_hash = $4 AND expires_at > $5 AND version = $6",
            [
                write_doc("authorize session", doc)?.into(),
                self.tenant.into(),
                self.workspace.into(),
                hash(id),
                now.into(),
                if_version.into(),
            ],
        );
        if self.store.db.write_one(update).await?.rows_affected == 1 {
            return Ok(if_version + 1);
        }
        let find = Statement::new(
            "SELECT version FROM authorize_sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND expires_at > $4",
            [self.tenant.into(), self.workspace.into(), hash(id), now.into()],
        );
        match self.store.db.find(find).await? {
            Some(row) => Err(StoreError::PreconditionFailed { found: row.int(0)? }),
            None => Err(StoreError::NotFound("authorize session")),
        }
    }

    /// Ends a request and returns it: to one caller only.
    pub async fn take_authorize_session<D: DeserializeOwned>(
        &self,
        key: AuthorizeSessionKey<'_>,
        now: i64,
    ) -> Result<Option<AuthorizeSession<D>>> {
        let take = self.authorize_session_deletion(&key, now);
        self.store.db.write_one(take).await?.rows.first().map(authorize_session).transpose()
    }

    pub(super) fn authorize_session_deletion(&self, key: &AuthorizeSessionKey<'_>, now: i64) -> Statement {
        Statement::new(
            "DELETE FROM authorize_sessions \
             WHERE tenant_id = $1 AND workspace_id = $2 AND id_hash = $3 AND browser_hash = $4 \
             AND expires_at > $5 RETURNING doc, version, expires_at",
            [self.tenant.into(), self.workspace.into(), hash(key.id), hash(key.browser), now.into()],
        )
    }
}

fn authorize_session<D: DeserializeOwned>(row: &Row) -> Result<AuthorizeSession<D>> {
    Ok(AuthorizeSession {
        doc: read_doc("authorize session", row.text(0)?)?,
        version: row.int(1)?,
        expires_at: row.int(2)?,
    })
}
