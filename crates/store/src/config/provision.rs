//! Several new things in one transaction: a tenant or a workspace with all that it begins with.

use std::collections::BTreeSet;

use super::changes;
use super::entities::{Entity, WorkspaceEntity};
use super::keys::{KeyState, NewKey};
use super::table::{Owner, Table};
use crate::db::Batch;
use crate::entity::{Server, Tenant};
use crate::error::Result;
use crate::store::Store;

/// New entities that are to be stored together or not at all.
///
/// What others belong to comes before them: the tenant, then its workspaces, services before their scopes.
#[derive(Debug)]
#[must_use = "nothing is stored before `commit`"]
pub struct Provision<'a> {
    store: &'a Store,
    batch: Batch,
    /// Tenants and workspaces that are touched.
    touched: BTreeSet<(String, Option<String>)>,
    now: i64,
}

impl Store {
    /// Begins to collect new entities, all made at `now` (unix ms).
    pub fn provision(&self, now: i64) -> Provision<'_> {
        Provision { store: self, batch: Batch::new(), touched: BTreeSet::new(), now }
    }
}

impl Provision<'_> {
    /// Adds a tenant.
    pub fn tenant(&mut self, tenant: Tenant) -> Result<()> {
        let id = tenant.id.clone();
        self.entity_of(Owner::Root, tenant)?;
        self.touched.insert((id, None));
        Ok(())
    }

    /// Adds a workspace.
    pub fn workspace(&mut self, tenant: &str, workspace: Server) -> Result<()> {
        let id = workspace.id.clone();
        self.entity_of(Owner::Tenant(tenant), workspace)?;
        self.touched.insert((tenant.to_owned(), Some(id)));
        Ok(())
    }

    /// Adds what belongs to a workspace.
    pub fn entity<E: WorkspaceEntity>(&mut self, tenant: &str, workspace: &str, entity: E) -> Result<()> {
        self.entity_of(Owner::Workspace(tenant, workspace), entity)?;
        self.touched.insert((tenant.to_owned(), Some(workspace.to_owned())));
        Ok(())
    }

    /// Adds a key of a workspace.
    pub fn key(&mut self, tenant: &str, workspace: &str, key: &NewKey<'_>, state: KeyState) -> Result<()> {
        let insertion = self.store.workspace(tenant, workspace).insertion(key, state, self.now)?;
        self.batch.push(insertion);
        self.touched.insert((tenant.to_owned(), Some(workspace.to_owned())));
        Ok(())
    }

    /// Stores everything, in one transaction. `Conflict` when an id or name is taken; nothing is stored then.
    pub async fn commit(mut self) -> Result<()> {
        for (tenant, workspace) in &self.touched {
            changes::bump(&mut self.batch, tenant, workspace.as_deref());
        }
        self.store.db.write(self.batch.signalling_config()).await.map(drop)
    }

    fn entity_of<E: Entity>(&mut self, owner: Owner<'_>, entity: E) -> Result<()> {
        let (_, statement) = Table { store: self.store, owner }.insertion(entity, self.now)?;
        self.batch.push(statement);
        Ok(())
    }
}
