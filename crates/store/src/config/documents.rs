//! Entities by owner: tenants, workspaces of a tenant, and what belongs to a workspace.

use std::ops::Deref;

use super::entities::sealed::Layout;
use super::entities::{Entity, TenantEntity, WorkspaceEntity};
use super::list::ListQuery;
use super::table::{Owner, Table, With};
use crate::db::Batch;
use crate::entity::{Acr, AuthorizationDetail, Claim, Client, Idp, Scope, Server, Service, Tenant};
use crate::error::{Result, StoreError};
use crate::runtime;
use crate::store::{Root, TenantStore, WorkspaceStore};

/// An entity as it is stored, with what the store knows about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<E> {
    /// The entity, secrets included.
    pub value: E,
    /// Counts its changes, from 1. Good for an `ETag`.
    pub version: i64,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it last changed, unix ms.
    pub updated_at: i64,
}

impl<E> Deref for Stored<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.value
    }
}

impl Root<'_> {
    /// Adds a tenant, at `now` (unix ms). `Conflict` when its id is taken.
    pub async fn insert(&self, tenant: Tenant, now: i64) -> Result<Stored<Tenant>> {
        let id = tenant.id.clone();
        Table { store: self.store, owner: Owner::Root }.insert(tenant, now, &id, None).await
    }

    /// The tenant with this id.
    pub async fn find(&self, id: &str) -> Result<Option<Stored<Tenant>>> {
        Table { store: self.store, owner: Owner::Root }.find(id).await
    }

    /// The tenant with this id. `NotFound` when there is none.
    pub async fn load(&self, id: &str) -> Result<Stored<Tenant>> {
        self.find(id).await?.ok_or(StoreError::NotFound(Tenant::NAME))
    }

    /// Tenants in order.
    pub async fn list(&self, query: &ListQuery) -> Result<Vec<Stored<Tenant>>> {
        Table { store: self.store, owner: Owner::Root }.list(query).await
    }

    /// Replaces a tenant, at `now`. `PreconditionFailed` when it is not at `if_version`.
    pub async fn update(&self, tenant: Tenant, if_version: Option<i64>, now: i64) -> Result<Stored<Tenant>> {
        let id = tenant.id.clone();
        Table { store: self.store, owner: Owner::Root }.update(tenant, if_version, now, &id, None).await
    }

    /// Deletes a tenant with all that belongs to it.
    pub async fn delete(&self, id: &str, if_version: Option<i64>) -> Result<()> {
        let rest = runtime::delete_of_tenant(id);
        Table { store: self.store, owner: Owner::Root }
            .delete::<Tenant>(id, if_version, rest.into(), id, None)
            .await
    }
}

impl TenantStore<'_> {
    /// Adds a workspace, at `now` (unix ms). `Conflict` when its id is taken.
    pub async fn insert<E: TenantEntity>(&self, entity: E, now: i64) -> Result<Stored<E>> {
        let id = entity.id().to_owned();
        self.table().insert(entity, now, self.tenant, Some(&id)).await
    }

    /// The workspace, or what a workspace of this tenant has, with this id.
    pub async fn find<E: InTenant>(&self, id: &str) -> Result<Option<Stored<E>>> {
        self.table().find(id).await
    }

    /// The same, but `NotFound` when there is none.
    pub async fn load<E: InTenant>(&self, id: &str) -> Result<Stored<E>> {
        self.find(id).await?.ok_or(StoreError::NotFound(E::NAME))
    }

    /// Workspaces, or what the workspaces of this tenant have, in order.
    pub async fn list<E: InTenant>(&self, query: &ListQuery) -> Result<Vec<Stored<E>>> {
        self.table().list(query).await
    }

    /// Replaces a workspace, at `now`. `PreconditionFailed` when it is not at `if_version`.
    pub async fn update<E: TenantEntity>(
        &self,
        entity: E,
        if_version: Option<i64>,
        now: i64,
    ) -> Result<Stored<E>> {
        let id = entity.id().to_owned();
        self.table().update(entity, if_version, now, self.tenant, Some(&id)).await
    }

    /// Deletes a workspace with all that belongs to it.
    pub async fn delete<E: TenantEntity>(&self, id: &str, if_version: Option<i64>) -> Result<()> {
        let rest = runtime::delete_of_workspace(self.tenant, id);
        self.table().delete::<E>(id, if_version, rest.into(), self.tenant, Some(id)).await
    }

    fn table(&self) -> Table<'_> {
        Table { store: self.store, owner: Owner::Tenant(self.tenant) }
    }
}

/// Entities that belong to a tenant, by themselves or through a workspace.
pub trait InTenant: Entity {}
impl InTenant for Server {}
impl InTenant for Client {}
impl InTenant for Scope {}
impl InTenant for Service {}
impl InTenant for Idp {}
impl InTenant for AuthorizationDetail {}
impl InTenant for Claim {}
impl InTenant for Acr {}

impl WorkspaceStore<'_> {
    /// Adds an entity, at `now` (unix ms). `Conflict` when its id or name is taken, `MissingParent` when the
    /// workspace is not there.
    pub async fn insert<E: WorkspaceEntity>(&self, entity: E, now: i64) -> Result<Stored<E>> {
        self.table().insert(entity, now, self.tenant, Some(self.workspace)).await
    }

    /// The entity with this id.
    pub async fn find<E: WorkspaceEntity>(&self, id: &str) -> Result<Option<Stored<E>>> {
        self.table().find(id).await
    }

    /// The entity with this id. `NotFound` when there is none.
    pub async fn load<E: WorkspaceEntity>(&self, id: &str) -> Result<Stored<E>> {
        self.find(id).await?.ok_or(StoreError::NotFound(E::NAME))
    }

    /// Entities of this workspace in order.
    pub async fn list<E: WorkspaceEntity>(&self, query: &ListQuery) -> Result<Vec<Stored<E>>> {
        self.table().list(query).await
    }

    /// Replaces an entity, at `now`. What is not in `entity` is gone afterwards, secrets too.
    /// `PreconditionFailed` when it is not at `if_version`.
    pub async fn update<E: WorkspaceEntity>(
        &self,
        entity: E,
        if_version: Option<i64>,
        now: i64,
    ) -> Result<Stored<E>> {
        self.table().update(entity, if_version, now, self.tenant, Some(self.workspace)).await
    }

    /// Deletes an entity with all that belongs to it: for a client its grants and tokens, for a service its
    /// scopes and types of authorization details.
    pub async fn delete<E: WorkspaceEntity>(&self, id: &str, if_version: Option<i64>) -> Result<()> {
        let rest = if E::TABLE == Client::TABLE {
            runtime::delete_of_client(self.tenant, self.workspace, id)
        } else {
            Vec::new()
        };
        self.table().delete::<E>(id, if_version, rest.into(), self.tenant, Some(self.workspace)).await
    }

    /// Deletes an entity, in one batch with what comes before.
    pub(super) async fn delete_after<E: WorkspaceEntity>(
        &self,
        before: Batch,
        id: &str,
        if_version: Option<i64>,
    ) -> Result<()> {
        let with = With { before, after: Vec::new() };
        self.table().delete::<E>(id, if_version, with, self.tenant, Some(self.workspace)).await
    }

    fn table(&self) -> Table<'_> {
        Table { store: self.store, owner: Owner::Workspace(self.tenant, self.workspace) }
    }
}
