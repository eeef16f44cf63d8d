//! Keys of a workspace and their states: next → current → rotated, and revoked.
//!
//! The next key is published before it signs, so that whoever caches the key set knows it in time; a rotated
//! key still verifies what it signed; a revoked one does not.

use zeroize::Zeroizing;

use super::changes;
use crate::db::{Batch, Expect, Row, Statement};
use crate::error::{Result, StoreError};
use crate::seal::Binding;
use crate::store::{WorkspaceStore, read_doc};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// Signs tokens.
    Sig,
    /// Decrypts what clients send.
    Enc,
}

/// Where in its life a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published, not used yet.
    Next,
    /// In use; one for each use and algorithm.
    Current,
    /// No longer used, still published.
    Rotated,
    /// No longer published.
    Revoked,
}

/// A key to be stored.
pub struct NewKey<'a> {
    /// Key id, unique in the workspace.
    pub kid: &'a str,
    /// What it is for.
    pub key_use: KeyUse,
    /// Algorithm, such as `ES256`.
    pub alg: &'a str,
    /// The public half.
    pub public_jwk: &'a serde_json::Value,
    /// The private half, PKCS#8 DER; stored sealed.
    pub private_pkcs8: &'a [u8],
}

/// A stored key. `Debug` does not show the private half.
#[derive(Clone)]
pub struct SigningKey {
    /// Key id, unique in the workspace.
    pub kid: String,
    /// What it is for.
    pub key_use: KeyUse,
    /// Algorithm, such as `ES256`.
    pub alg: String,
    /// Where in its life it is.
    pub state: KeyState,
    /// The public half.
    pub public_jwk: serde_json::Value,
    /// The private half, PKCS#8 DER.
    pub private_pkcs8: Zeroizing<Vec<u8>>,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it became current, unix ms.
    pub promoted_at: Option<i64>,
    /// When another took its place, unix ms.
    pub rotated_at: Option<i64>,
    /// When it was revoked, unix ms.
    pub revoked_at: Option<i64>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("key_use", &self.key_use)
            .field("alg", &self.alg)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("kid", &self.kid).field("alg", &self.alg).finish_non_exhaustive()
    }
}

const COLUMNS: &str =
    "kid, key_use, alg, state, public_jwk, sealed, created_at, promoted_at, rotated_at, revoked_at";

impl WorkspaceStore<'_> {
    /// Adds a key in `state` at `now` (unix ms). `Conflict` when its kid is taken, or there is a key of its
    /// use and algorithm in that state and there can be only one (current, next).
    pub async fn insert_key(&self, key: &NewKey<'_>, state: KeyState, now: i64) -> Result<()> {
        self.write_keys(Batch::from(self.insertion(key, state, now)?)).await
    }

    /// All keys: for each use the current first, then next, rotated and revoked ones, newest first.
    pub async fn list_keys(&self) -> Result<Vec<SigningKey>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM signing_keys WHERE tenant_id = $1 AND workspace_id = $2 \
             ORDER BY key_use DESC, CASE state WHEN 'current' THEN 0 WHEN 'next' THEN 1 \
             WHEN 'rotated' THEN 2 ELSE 3 END, created_at DESC, kid"
        );
        let rows =
            self.store.db.list(Statement::new(sql, [self.tenant.into(), self.workspace.into()])).await?;
        rows.iter().map(|row| self.key(row)).collect()
    }

    /// The key with this id.
    pub async fn find_key(&self, kid: &str) -> Result<Option<SigningKey>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM signing_keys WHERE tenant_id = $1 AND workspace_id = $2 AND kid = $3"
        );
        let statement = Statement::new(sql, [self.tenant.into(), self.workspace.into(), kid.into()]);
        self.store.db.find(statement).await?.map(|row| self.key(&row)).transpose()
    }

    /// The current key of the use and algorithm of `new_next` becomes rotated, the next one current, and
    /// `new_next` next. One step: there is a current key before and after it.
    ///
    /// # Errors
    /// `NotFound` when there is no next key; nothing changes then.
    pub async fn rotate_keys(&self, new_next: &NewKey<'_>, now: i64) -> Result<()> {
        let own = |state: &str| {
            [
                now.into(),
                self.tenant.into(),
                self.workspace.into(),
                new_next.key_use.as_str().into(),
                new_next.alg.into(),
                state.into(),
            ]
        };
        let rotate = Statement::new(
            "UPDATE signing_keys SET state = 'rotated', rotated_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND key_use = $4 AND alg = $5 AND state = $6",
            own("current"),
        );
        let promote = Statement::new(
            "UPDATE signing_keys SET state = 'current', promoted_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND key_use = $4 AND alg = $5 AND state = $6",
            own("next"),
        );
        let batch = Batch::new().with(rotate).with(promote.expect(Expect::Rows(1))).with(self.insertion(
            new_next,
            KeyState::Next,
            now,
        )?);
        self.write_keys(batch).await.map_err(|error| match error {
            StoreError::Expectation { .. } => StoreError::NotFound("next key"),
            other => other,
        })
    }

    /// Ends the use of a key for good. A current or next key must be rotated away first.
    ///
    /// # Errors
    /// `NotFound` when there is no rotated key with this id.
    pub async fn revoke_key(&self, kid: &str, now: i64) -> Result<()> {
        let revoke = Statement::new(
            "UPDATE signing_keys SET state = 'revoked', revoked_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND kid = $4 AND state = 'rotated'",
            [now.into(), self.tenant.into(), self.workspace.into(), kid.into()],
        );
        self.write_keys(Batch::from(revoke.expect(Expect::Rows(1)))).await.map_err(|error| match error {
            StoreError::Expectation { .. } => StoreError::NotFound("rotated key"),
            other => other,
        })
    }

    /// Removes a revoked key from the store.
    ///
    /// # Errors
    /// `NotFound` when there is no revoked key with this id.
    pub async fn delete_key(&self, kid: &str) -> Result<()> {
        let delete = Statement::new(
            "DELETE FROM signing_keys \
             WHERE tenant_id = $1 AND workspace_id = $2 AND kid = $3 AND state = 'revoked'",
            [self.tenant.into(), self.workspace.into(), kid.into()],
        );
        self.write_keys(Batch::from(delete.expect(Expect::Rows(1)))).await.map_err(|error| match error {
            StoreError::Expectation { .. } => StoreError::NotFound("revoked key"),
            other => other,
        })
    }

    async fn write_keys(&self, mut batch: Batch) -> Result<()> {
        changes::bump(&mut batch, self.tenant, Some(self.workspace));
        self.store.db.write(batch.signalling_config()).await.map(drop)
    }

    pub(super) fn insertion(&self, key: &NewKey<'_>, state: KeyState, now: i64) -> Result<Statement> {
        let sealed = self.store.keys.seal(&self.key_binding(key.kid).as_binding(), key.private_pkcs8)?;
        let promoted_at = (state == KeyState::Current).then_some(now);
        Ok(Statement::new(
            "INSERT INTO signing_keys (tenant_id, workspace_id, kid, key_use, alg, state, public_jwk, sealed, \
             created_at, promoted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                self.tenant.into(),
                self.workspace.into(),
                key.kid.into(),
                key.key_use.as_str().into(),
                key.alg.into(),
                state.as_str().into(),
                key.public_jwk.to_string().into(),
                sealed.into(),
                now.into(),
                promoted_at.into(),
            ],
        ))
    }

    fn key(&self, row: &Row) -> Result<SigningKey> {
        let kid = row.text(0)?;
        Ok(SigningKey {
            kid: kid.to_owned(),
            key_use: KeyUse::read(row.text(1)?)?,
            alg: row.text(2)?.to_owned(),
            state: KeyState::read(row.text(3)?)?,
            public_jwk: read_doc("public key", row.text(4)?)?,
            private_pkcs8: self.store.keys.open(&self.key_binding(kid).as_binding(), row.bytes(5)?)?,
            created_at: row.int(6)?,
            promoted_at: row.opt_int(7)?,
            rotated_at: row.opt_int(8)?,
            revoked_at: row.opt_int(9)?,
        })
    }

    fn key_binding(&self, kid: &str) -> KeyBinding<'_> {
        KeyBinding { tenant: self.tenant, id: format!("{}/{kid}", self.workspace) }
    }
}

/// A kid is unique in its workspace only.
struct KeyBinding<'a> {
    tenant: &'a str,
    id: String,
}

impl KeyBinding<'_> {
    fn as_binding(&self) -> Binding<'_> {
        Binding { table: "signing_keys", tenant: self.tenant, id: self.id.as_bytes() }
    }
}

impl KeyUse {
    /// `sig` or `enc`, as in a JWK (RFC 7517 §4.2).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sig => "sig",
            Self::Enc => "enc",
        }
    }

    fn read(word: &str) -> Result<Self> {
        match word {
            "sig" => Ok(Self::Sig),
            "enc" => Ok(Self::Enc),
            _ => Err(StoreError::Corrupt("use of a key".to_owned())),
        }
    }
}

impl KeyState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Rotated => "rotated",
            Self::Revoked => "revoked",
        }
    }

    fn read(word: &str) -> Result<Self> {
        match word {
            "next" => Ok(Self::Next),
            "current" => Ok(Self::Current),
            "rotated" => Ok(Self::Rotated),
            "revoked" => Ok(Self::Revoked),
            _ => Err(StoreError::Corrupt("state of a key".to_owned())),
        }
    }
}
