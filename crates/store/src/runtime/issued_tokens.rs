//! The rows of tokens that are issued together, written with what they cost.

use serde::Serialize;

use super::access_tokens::AccessToken;
use super::refresh_tokens::NewRefreshToken;
use crate::db::{Batch, Expect, Statement};
use crate::error::{Result, StoreError};
use crate::store::WorkspaceStore;

impl WorkspaceStore<'_> {
    /// Adds the rows of new tokens to a batch.
    pub(super) fn add_tokens<R: Serialize, A: Serialize>(
        &self,
        batch: &mut Batch,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<()> {
        if let Some(new) = refresh_token {
            self.refresh_token_insertion(new)?.into_iter().for_each(|statement| batch.push(statement));
        }
        if let Some((token, record)) = access_token {
            batch.push(self.access_token_insertion(token, record)?);
        }
        Ok(())
    }

    /// Spends what `spend` changes one row for, and stores the tokens it was spent for, whole or not at all. False when
    /// the row was not there to be changed.
    pub(super) async fn spend_for_tokens<R: Serialize, A: Serialize>(
        &self,
        spend: Statement,
        refresh_token: Option<&NewRefreshToken<'_, R>>,
        access_token: Option<(&str, &AccessToken<A>)>,
    ) -> Result<bool> {
        let mut batch = Batch::new().with(spend.expect(Expect::Rows(1)));
        self.add_tokens(&mut batch, refresh_token, access_token)?;
        match self.store.db.write(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Expectation { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
