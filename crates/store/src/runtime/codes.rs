//! Authorization codes: good for one redemption (RFC 6749 §4.1.2, RFC 9700 §2.1.1).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::authorization::AuthorizationAnswer;
use super::authorize_sessions::AuthorizeSessionKey;
use super::grants::NewGrant;
use super::hash;
use crate::db::{Batch, Statement};
use crate::error::{Result, StoreError};
use crate::store::{WorkspaceStore, read_doc, write_doc};

/// A code to be stored.
#[derive(Debug)]
pub struct NewCode<'a, D> {
    /// The code; only its hash is stored.
    pub code: &'a str,
    /// What the redemption must match: redirect URI, PKCE, certificate …
    pub doc: &'a D,
    /// When it expires, unix ms.
    pub expires_at: i64,
}

/// What became of an attempt to redeem a code.
#[derive(Clone, Debug, PartialEq)]
pub enum Redemption<D> {
    /// This caller, and no other, may use it.
    Redeemed {
        /// The grant it belongs to.
        grant_id: String,
        /// The client it was issued to.
        client_id: String,
        /// What was stored with it.
        doc: D,
    },
    /// It was redeemed before. RFC 6749 §4.1.2: what was issued from it should be revoked.
    AlreadyUsed {
        /// The grant it belongs to.
        grant_id: String,
    },
    /// Its grant was revoked.
    Revoked,
    /// It came too late.
    Expired,
    /// There is no such code here.
    NotFound,
}

impl WorkspaceStore<'_> {
    /// Adds a code with the grant it stands for, remembers `consents` (scopes the user allowed the client), and
    /// ends the authorization request that `answered` names, all or nothing.
    ///
    /// # Errors
    /// As [`WorkspaceStore::answer_authorization`].
    pub async fn issue_code<C: Serialize, G: Serialize>(
        &self,
        answered: Option<AuthorizeSessionKey<'_>>,
        code: &NewCode<'_, C>,
        grant: &NewGrant<'_, G>,
        consents: &[&str],
    ) -> Result<()> {
        self.answer_authorization::<C, G, ()>(&AuthorizationAnswer {
            answered,
            client_id: grant.client_id,
            subject: grant.subject.unwrap_or_default(),
            now: grant.created_at,
            grant: Some(grant),
            code: Some(code),
            access_token: None,
            consents,
            details: (&[], 0),
        })
        .await
    }

    /// Adds a code with the grant it stands for.
    pub async fn insert_code<C: Serialize, G: Serialize>(
        &self,
        code: &NewCode<'_, C>,
        grant: &NewGrant<'_, G>,
    ) -> Result<()> {
        self.issue_code(None, code, grant, &[]).await
    }

    pub(super) fn code_insertion<C: Serialize, G>(
        &self,
        code: &NewCode<'_, C>,
        grant: &NewGrant<'_, G>,
    ) -> Result<Statement> {
        Ok(Statement::new(
            "INSERT INTO codes (tenant_id, workspace_id, code_hash, grant_id, client_id, doc, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                self.tenant.into(),
                self.workspace.into(),
                hash(code.code),
                grant.id.into(),
                grant.client_id.into(),
                write_doc("code", code.doc)?.into(),
                code.expires_at.into(),
            ],
        ))
    }

    /// What is stored with a code, without redeeming it: to check what must match before it is spent.
    /// None when it cannot be redeemed at `now`.
    pub async fn find_code<D: DeserializeOwned>(&self, code: &str, now: i64) -> Result<Option<(String, D)>> {
        let find = Statement::new(
            "SELECT client_id, doc FROM codes WHERE tenant_id = $1 AND workspace_id = $2 AND code_hash = $3 \
             AND consumed_at IS NULL AND expires_at > $4",
            [self.tenant.into(), self.workspace.into(), hash(code), now.into()],
        );
        let row = self.store.db.find(find).await?;
        row.map(|row| Ok((row.text(0)?.to_owned(), read_doc("code", row.text(1)?)?))).transpose()
    }

    /// Spends a code at `now`: of any number of callers one is told `Redeemed`. A spent code is remembered
    /// for some minutes after it would have expired, so that a second use is known as one.
    pub async fn redeem_code<D: DeserializeOwned>(&self, code: &str, now: i64) -> Result<Redemption<D>> {
        let own = || [now.into(), self.tenant.into(), self.workspace.into(), hash(code)];
        let redeem = Statement::new(
            "UPDATE codes SET consumed_at = $1 \
             WHERE tenant_id = $2 AND workspace_id = $3 AND code_hash = $4 \
             AND consumed_at IS NULL AND expires_at > $1 \
             AND EXISTS (SELECT 1 FROM grants WHERE grants.tenant_id = codes.tenant_id \
             AND grants.workspace_id = codes.workspace_id AND grants.id = codes.grant_id \
             AND grants.revoked_at IS NULL) \
             RETURNING grant_id, client_id, doc",
            own(),
        );
        let look = Statement::new(
            "SELECT grant_id, consumed_at, CASE WHEN expires_at > $1 THEN 1 ELSE 0 END FROM codes \
             WHERE tenant_id = $2 AND workspace_id = $3 AND code_hash = $4",
            own(),
        );
        let outcomes = self.store.db.write(Batch::new().with(redeem).with(look)).await?;
        let [redeemed, looked] = outcomes.as_slice() else {
            return Err(StoreError::Internal("two statements have two outcomes".to_owned()));
        };
        if let Some(row) = redeemed.rows.first() {
            return Ok(Redemption::Redeemed {
                grant_id: row.text(0)?.to_owned(),
                client_id: row.text(1)?.to_owned(),
                doc: read_doc("code", row.text(2)?)?,
            });
        }
        let Some(row) = looked.rows.first() else { return Ok(Redemption::NotFound) };
        Ok(match (row.opt_int(1)?, row.int(2)?) {
            (Some(_), _) => Redemption::AlreadyUsed { grant_id: row.text(0)?.to_owned() },
            (None, 0) => Redemption::Expired,
            (None, _) => Redemption::Revoked,
        })
    }
}
