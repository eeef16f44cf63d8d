//! Accounts that people made themselves, at an identity provider of a workspace.
//!
//! An account is its id: random, and never used again. Its name can be used again once the account is gone, and whoever
//! gets it then is somebody else.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::changes;
use super::list::{ListQuery, Sort};
use crate::db::{Batch, Expect, Row, Statement};
use crate::entity::{Idp, Secret};
use crate::error::{Result, StoreError};
use crate::runtime::{NewLogoutNotice, Whose};
use crate::seal::Binding;
use crate::store::WorkspaceStore;
use zeroize::Zeroizing;

/// What an account is called in errors.
const NAME: &str = "account";
/// Longest id or name, in characters.
const MAX_LENGTH: usize = 255;
/// Most that is kept of what a person told about themselves with the password hash, in bytes of JSON.
const MAX_SEALED: usize = 4096;
/// How many changes of one account at once find their way past one another.
const TRIES: usize = 8;
/// What `account` reads.
const COLUMNS: &str = "id, idp_id, name, created_at, updated_at, sealed";

/// An account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Names the account; never anybody else's.
    pub id: String,
    /// The identity provider that it was made at.
    pub idp_id: String,
    /// The name to log in with, as it was chosen.
    pub username: String,
    /// The password's hash (PHC string).
    pub password_hash: Secret,
    /// What the person told about themselves.
    pub attributes: Map<String, Json>,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it last changed, unix ms.
    pub updated_at: i64,
}

/// An account to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// A random id.
    pub id: &'a str,
    /// The identity provider.
    pub idp_id: &'a str,
    /// The name to log in with. Names that differ in case alone are one name.
    pub username: &'a str,
    /// The password's hash (PHC string).
    pub password_hash: &'a Secret,
    /// What the person tells about themselves.
    pub attributes: &'a Map<String, Json>,
    /// Caches do not know yet that the workspace has accounts, and are told.
    pub is_news: bool,
}

/// What is sealed of an account.
#[derive(Serialize, Deserialize)]
struct Sealed {
    password_hash: Secret,
    attributes: Map<String, Json>,
}

impl WorkspaceStore<'_> {
    /// Makes an account at `now` (unix ms), and returns it.
    ///
    /// # Errors
    /// `Conflict` when the name is taken; `MissingParent` when the workspace has no such identity provider; `Invalid`
    /// when something is too long, or the password is readable.
    pub async fn insert_account(&self, new: &NewAccount<'_>, now: i64) -> Result<Account> {
        for (field, text) in [("id", new.id), ("username", new.username)] {
            if !(1..=MAX_LENGTH).contains(&text.chars().count()) {
                return Err(StoreError::Invalid(format!(
                    "{field} of an {NAME}: 1 to {MAX_LENGTH} characters"
                )));
            }
        }
        let sealed = Sealed { password_hash: new.password_hash.clone(), attributes: new.attributes.clone() };
        let insert = Statement::new(
            "INSERT INTO accounts (tenant_id, workspace_id, id, idp_id, name, name_key, tags, created_at, \
             updated_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $7, $8)",
            [
                self.tenant.into(),
                self.workspace.into(),
                new.id.into(),
                new.idp_id.into(),
                new.username.into(),
                new.username.to_lowercase().into(),
                now.into(),
                self.seal_account(new.id, &sealed)?.into(),
            ],
        );
        let mut batch = Batch::from(insert);
        if new.is_news {
            changes::bump(&mut batch, self.tenant, Some(self.workspace));
            batch = batch.signalling_config();
        }
        self.store.db.write(batch).await?;
        Ok(Account {
            id: new.id.to_owned(),
            idp_id: new.idp_id.to_owned(),
            username: new.username.to_owned(),
            password_hash: sealed.password_hash,
            attributes: sealed.attributes,
            created_at: now,
            updated_at: now,
        })
    }

    /// The account with this name, in any case, at whatever identity provider.
    pub async fn find_account_by_name(&self, username: &str) -> Result<Option<Account>> {
        self.account_where("name_key = $3", vec![username.to_lowercase().into()]).await
    }

    /// The account with this id.
    pub async fn find_account(&self, id: &str) -> Result<Option<Account>> {
        self.account_where("id = $3", vec![id.into()]).await
    }

    /// Whether there is an account with this id.
    pub async fn has_account(&self, idp_id: &str, id: &str) -> Result<bool> {
        let find = Statement::new(
            "SELECT id FROM accounts WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3 AND idp_id = $4",
            [self.tenant.into(), self.workspace.into(), id.into(), idp_id.into()],
        );
        Ok(self.store.db.find(find).await?.is_some())
    }

    /// Whether the workspace has any account.
    pub async fn has_accounts(&self) -> Result<bool> {
        let find = Statement::new(
            "SELECT id FROM accounts WHERE tenant_id = $1 AND workspace_id = $2 LIMIT 1",
            [self.tenant.into(), self.workspace.into()],
        );
        Ok(self.store.db.find(find).await?.is_some())
    }

    /// Accounts at an identity provider, in order.
    ///
    /// # Errors
    /// `NotFound` when the account that the page begins at is gone and its place in the order with it.
    pub async fn list_accounts(&self, idp_id: &str, query: &ListQuery) -> Result<Vec<Account>> {
        if query.sort != Sort::Id
            && let Some(cursor) = query.after_id.as_deref().or(query.before_id.as_deref())
            && !self.has_account(idp_id, cursor).await?
        {
            return Err(StoreError::NotFound(NAME));
        }
        let owner = [("tenant_id", self.tenant), ("workspace_id", self.workspace), ("idp_id", idp_id)];
        let mut rows = self.store.db.list(query.statement("accounts", COLUMNS, &owner)).await?;
        if query.is_backwards() {
            rows.reverse();
        }
        rows.iter().map(|row| self.account(row)).collect()
    }

    /// Deletes an account, and leaves nothing of it: its sessions end at `now` (unix ms) and its grants, what its owner
    /// has allowed clients is forgotten, and who is told is written down. False when there is none: nothing was written.
    pub async fn delete_account<D: Serialize>(
        &self,
        idp_id: &str,
        id: &str,
        notices: &[NewLogoutNotice<'_, D>],
        now: i64,
    ) -> Result<bool> {
        let delete = Statement::new(
            "DELETE FROM accounts WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3 AND idp_id = $4",
            [self.tenant.into(), self.workspace.into(), id.into(), idp_id.into()],
        );
        let mut batch = Batch::from(delete.expect(Expect::Rows(1)));
        self.forget_all(&mut batch, Whose::User(id), now);
        self.tell(&mut batch, notices)?;
        match self.store.db.write(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Expectation { statement: 0, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes an identity provider with the accounts that people made at it, as
    /// [`delete_account`](Self::delete_account) deletes one.
    ///
    /// # Errors
    /// `NotFound`; `PreconditionFailed` when it is not at `if_version`.
    pub async fn delete_idp<D: Serialize>(
        &self,
        id: &str,
        if_version: Option<i64>,
        notices: &[NewLogoutNotice<'_, D>],
        now: i64,
    ) -> Result<()> {
        // As long as the accounts are there, which go with the row.
        let mut before = Batch::new();
        self.forget_all(&mut before, Whose::AccountsAt(id), now);
        self.tell(&mut before, notices)?;
        self.delete_after::<Idp>(before, id, if_version).await
    }

    /// Gives an account another password, at `now`. False when there is no such account.
    pub async fn set_account_password(
        &self,
        idp_id: &str,
        id: &str,
        password_hash: &Secret,
        now: i64,
    ) -> Result<bool> {
        for _ in 0..TRIES {
            let find = Statement::new(
                "SELECT sealed FROM accounts \
                 WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3 AND idp_id = $4",
                [self.tenant.into(), self.workspace.into(), id.into(), idp_id.into()],
            );
            let Some(row) = self.store.db.find(find).await? else { return Ok(false) };
            let before = row.bytes(0)?;
            let sealed = Sealed { password_hash: password_hash.clone(), ..self.open_account(id, before)? };
            // Only what is still as it was read: a new master key may have sealed it meanwhile.
            let update = Statement::new(
                "UPDATE accounts SET sealed = $4, updated_at = $5 \
                 WHERE tenant_id = $1 AND workspace_id = $2 AND id = $3 AND sealed = $6",
                [
                    self.tenant.into(),
                    self.workspace.into(),
                    id.into(),
                    self.seal_account(id, &sealed)?.into(),
                    now.into(),
                    before.into(),
                ],
            );
            if self.store.db.write_one(update).await?.rows_affected == 1 {
                return Ok(true);
            }
        }
        Err(StoreError::Unavailable("the account is being changed by others".to_owned()))
    }

    async fn account_where(&self, condition: &str, more: Vec<crate::db::Value>) -> Result<Option<Account>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 AND workspace_id = $2 AND {condition}"
        );
        let params: Vec<_> = [self.tenant.into(), self.workspace.into()].into_iter().chain(more).collect();
        self.store.db.find(Statement::new(sql, params)).await?.map(|row| self.account(&row)).transpose()
    }

    fn account(&self, row: &Row) -> Result<Account> {
        let id = row.text(0)?;
        let Sealed { password_hash, attributes } = self.open_account(id, row.bytes(5)?)?;
        Ok(Account {
            id: id.to_owned(),
            idp_id: row.text(1)?.to_owned(),
            username: row.text(2)?.to_owned(),
            password_hash,
            attributes,
            created_at: row.int(3)?,
            updated_at: row.int(4)?,
        })
    }

    fn seal_account(&self, id: &str, account: &Sealed) -> Result<Vec<u8>> {
        if !account.password_hash.reveal().starts_with("$argon2") {
            return Err(StoreError::Invalid(format!("a readable password of an {NAME}")));
        }
        let text = serde_json::to_vec(account).map_err(|error| StoreError::Invalid(error.to_string()))?;
        let text = Zeroizing::new(text);
        if text.len() > MAX_SEALED {
            return Err(StoreError::Invalid(format!("attributes of an {NAME}: at most {MAX_SEALED} bytes")));
        }
        let row = format!("{}/{id}", self.workspace);
        self.store.keys.seal(&self.account_binding(&row), &text)
    }

    fn open_account(&self, id: &str, sealed: &[u8]) -> Result<Sealed> {
        let row = format!("{}/{id}", self.workspace);
        let opened = self.store.keys.open(&self.account_binding(&row), sealed)?;
        serde_json::from_slice(&opened).map_err(|error| StoreError::Corrupt(format!("sealed value: {error}")))
    }

    fn account_binding<'b>(&'b self, row: &'b str) -> Binding<'b> {
        Binding { table: "accounts", tenant: self.tenant, id: row.as_bytes() }
    }
}
