//! Entities in their tables: a JSON document, the columns that are searched, and sealed secrets.

use std::ops::{Deref, RangeInclusive};

use super::changes;
use super::entities::sealed::Layout;
use super::entities::{Entity, TenantEntity, WorkspaceEntity};
use super::list::{ListQuery, Sort};
use crate::db::{Batch, Expect, Row, Statement, Value};
use crate::entity::{Client, Idp, Scope, Server, Service, Tenant};
use crate::error::{Result, StoreError};
use crate::runtime;
use crate::seal::Binding;
use crate::store::{Root, Store, TenantStore, WorkspaceStore, read_doc, write_doc};

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
        Table { store: self.store, owner: Owner::Root }.delete::<Tenant>(id, if_version, rest, id, None).await
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
        self.table().delete::<E>(id, if_version, rest, self.tenant, Some(id)).await
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
    /// scopes.
    pub async fn delete<E: WorkspaceEntity>(&self, id: &str, if_version: Option<i64>) -> Result<()> {
        let rest = if E::TABLE == Client::TABLE {
            runtime::delete_of_client(self.tenant, self.workspace, id)
        } else {
            Vec::new()
        };
        self.table().delete::<E>(id, if_version, rest, self.tenant, Some(self.workspace)).await
    }

    fn table(&self) -> Table<'_> {
        Table { store: self.store, owner: Owner::Workspace(self.tenant, self.workspace) }
    }
}

/// Rows of one owner in the table of an entity.
pub(super) struct Table<'a> {
    pub(super) store: &'a Store,
    pub(super) owner: Owner<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    Root,
    Tenant(&'a str),
    Workspace(&'a str, &'a str),
}

/// What every query returns, in the order that `stored` reads.
const COLUMNS: &str = "id, version, created_at, updated_at, doc, sealed";

impl<'a> Owner<'a> {
    fn columns(self) -> Vec<(&'static str, &'a str)> {
        match self {
            Self::Root => vec![],
            Self::Tenant(tenant) => vec![("tenant_id", tenant)],
            Self::Workspace(tenant, workspace) => vec![("tenant_id", tenant), ("workspace_id", workspace)],
        }
    }

    fn tenant<'b>(self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match self {
            Self::Root => id,
            Self::Tenant(tenant) | Self::Workspace(tenant, _) => tenant,
        }
    }

    fn place<E: Entity>(self, entity: &mut E) {
        match self {
            Self::Root => {}
            Self::Tenant(tenant) => entity.place(tenant, ""),
            Self::Workspace(tenant, workspace) => entity.place(tenant, workspace),
        }
    }

    /// `WHERE` the row is the owner's and has the id, as the first parameters.
    fn condition(self, id: &str) -> (String, Vec<Value>) {
        let mut params: Vec<Value> = Vec::new();
        let mut sql = String::from("WHERE ");
        for (column, value) in self.columns() {
            params.push(value.into());
            sql.push_str(&format!("{column} = ${} AND ", params.len()));
        }
        params.push(id.into());
        sql.push_str(&format!("id = ${}", params.len()));
        (sql, params)
    }
}

/// An entity taken apart: what goes into which column.
struct Parts {
    doc: String,
    sealed: Option<Vec<u8>>,
    columns: Vec<(&'static str, Value)>,
}

impl Table<'_> {
    async fn insert<E: Entity>(
        &self,
        entity: E,
        now: i64,
        tenant: &str,
        workspace: Option<&str>,
    ) -> Result<Stored<E>> {
        let (entity, statement) = self.insertion(entity, now)?;
        let mut batch = Batch::from(statement);
        changes::bump(&mut batch, tenant, workspace);
        self.store.db.write(batch.signalling_config()).await?;
        Ok(finish(entity, 1, now, now))
    }

    /// The entity as a reader will find it, and the statement that adds it.
    pub(super) fn insertion<E: Entity>(&self, entity: E, now: i64) -> Result<(E, Statement)> {
        let (entity, parts) = self.take_apart(entity)?;
        let mut columns: Vec<(&str, Value)> =
            self.owner.columns().into_iter().map(|(c, v)| (c, v.into())).collect();
        columns.push(("id", entity.id().into()));
        columns.extend(parts.columns);
        columns.extend([("version", 1.into()), ("created_at", now.into()), ("updated_at", now.into())]);
        columns.extend([("doc", parts.doc.into()), ("sealed", parts.sealed.into())]);
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let marks: Vec<String> = (1..=columns.len()).map(|i| format!("${i}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", E::TABLE, names.join(", "), marks.join(", "));
        let params: Vec<Value> = columns.into_iter().map(|(_, value)| value).collect();
        Ok((entity, Statement::new(sql, params)))
    }

    async fn update<E: Entity>(
        &self,
        entity: E,
        if_version: Option<i64>,
        now: i64,
        tenant: &str,
        workspace: Option<&str>,
    ) -> Result<Stored<E>> {
        let (entity, parts) = self.take_apart(entity)?;
        let (mut condition, mut params) = self.owner.condition(entity.id());
        if let Some(version) = if_version {
            params.push(version.into());
            condition.push_str(&format!(" AND version = ${}", params.len()));
        }
        let mut set = vec!["version = version + 1".to_owned()];
        let rest = [("updated_at", now.into()), ("doc", parts.doc.into()), ("sealed", parts.sealed.into())];
        for (column, value) in parts.columns.into_iter().chain(rest) {
            params.push(value);
            set.push(format!("{column} = ${}", params.len()));
        }
        let sql =
            format!("UPDATE {} SET {} {condition} RETURNING version, created_at", E::TABLE, set.join(", "));
        let mut batch = Batch::from(Statement::new(sql, params).expect(Expect::Rows(1)));
        changes::bump(&mut batch, tenant, workspace);
        match self.store.db.write(batch.signalling_config()).await {
            Ok(outcomes) => {
                let row = outcomes.first().and_then(|outcome| outcome.rows.first()).ok_or_else(no_row)?;
                Ok(finish(entity, row.int(0)?, row.int(1)?, now))
            }
            Err(StoreError::Expectation { .. }) => Err(self.why_untouched::<E>(entity.id()).await?),
            Err(error) => Err(error),
        }
    }

    async fn delete<E: Entity>(
        &self,
        id: &str,
        if_version: Option<i64>,
        rest: Vec<Statement>,
        tenant: &str,
        workspace: Option<&str>,
    ) -> Result<()> {
        let (mut condition, mut params) = self.owner.condition(id);
        if let Some(version) = if_version {
            params.push(version.into());
            condition.push_str(&format!(" AND version = ${}", params.len()));
        }
        let delete = Statement::new(format!("DELETE FROM {} {condition}", E::TABLE), params);
        let mut batch = Batch::from(delete.expect(Expect::Rows(1)));
        for statement in rest {
            batch.push(statement);
        }
        changes::bump(&mut batch, tenant, workspace);
        match self.store.db.write(batch.signalling_config()).await {
            Ok(_) => Ok(()),
            Err(StoreError::Expectation { .. }) => Err(self.why_untouched::<E>(id).await?),
            Err(error) => Err(error),
        }
    }

    async fn find<E: Entity>(&self, id: &str) -> Result<Option<Stored<E>>> {
        let (condition, params) = self.owner.condition(id);
        let sql = format!("SELECT {COLUMNS} FROM {} {condition}", E::TABLE);
        let row = self.store.db.find(Statement::new(sql, params)).await?;
        row.map(|row| self.stored(&row)).transpose()
    }

    async fn list<E: Entity>(&self, query: &ListQuery) -> Result<Vec<Stored<E>>> {
        if query.sort != Sort::Id
            && let Some(cursor) = query.after_id.as_deref().or(query.before_id.as_deref())
        {
            // Without it, its place in the order is not known: better an error than an end that is none.
            let (condition, params) = self.owner.condition(cursor);
            let sql = format!("SELECT version FROM {} {condition}", E::TABLE);
            self.store.db.find(Statement::new(sql, params)).await?.ok_or(StoreError::NotFound(E::NAME))?;
        }
        let statement = query.statement(E::TABLE, COLUMNS, &self.owner.columns());
        let mut rows = self.store.db.list(statement).await?;
        if query.is_backwards() {
            rows.reverse();
        }
        rows.iter().map(|row| self.stored(row)).collect()
    }

    /// Why an update or a deletion met no row.
    async fn why_untouched<E: Entity>(&self, id: &str) -> Result<StoreError> {
        let (condition, params) = self.owner.condition(id);
        let sql = format!("SELECT version FROM {} {condition}", E::TABLE);
        Ok(match self.store.db.find(Statement::new(sql, params)).await? {
            Some(row) => StoreError::PreconditionFailed { found: row.int(0)? },
            None => StoreError::NotFound(E::NAME),
        })
    }

    /// The entity as a reader will find it, and its parts.
    fn take_apart<E: Entity>(&self, mut entity: E) -> Result<(E, Parts)> {
        check_length(E::NAME, "id", entity.id(), 1..=255)?;
        check_length(E::NAME, "name", entity.name(), 0..=512)?;
        entity.check()?;
        self.owner.place(&mut entity);
        let mut bare = entity.clone();
        let secrets = bare.take_secrets()?;
        let binding = self.binding::<E>(entity.id());
        let sealed = secrets.as_ref().map(|secrets| self.store.keys.seal(&binding, secrets)).transpose()?;
        let doc = write_doc(E::NAME, &bare)?;
        let mut columns = vec![
            ("name", bare.name().into()),
            ("name_key", bare.name().to_lowercase().into()),
            ("tags", tags(&bare.tags()).into()),
        ];
        columns.extend(E::EXTRA.map(|column| (column, bare.extra().into())));
        if let Some(secrets) = &secrets {
            bare.put_secrets(secrets)?;
        }
        Ok((bare, Parts { doc, sealed, columns }))
    }

    fn stored<E: Entity>(&self, row: &Row) -> Result<Stored<E>> {
        let mut entity: E = read_doc(E::NAME, row.text(4)?)?;
        if let Some(sealed) = row.opt_bytes(5)? {
            entity.put_secrets(&self.store.keys.open(&self.binding::<E>(row.text(0)?), sealed)?)?;
        }
        Ok(finish(entity, row.int(1)?, row.int(2)?, row.int(3)?))
    }

    fn binding<'b, E: Entity>(&'b self, id: &'b str) -> Binding<'b> {
        Binding { table: E::TABLE, tenant: self.owner.tenant(id), id: id.as_bytes() }
    }
}

fn finish<E: Entity>(mut value: E, version: i64, created_at: i64, updated_at: i64) -> Stored<E> {
    value.stamp(created_at, updated_at);
    Stored { value, version, created_at, updated_at }
}

/// Ids and names are indexed, and an index has limits.
fn check_length(entity: &str, field: &str, text: &str, allowed: RangeInclusive<usize>) -> Result<()> {
    if allowed.contains(&text.chars().count()) {
        return Ok(());
    }
    let (least, most) = allowed.into_inner();
    Err(StoreError::Invalid(format!("{field} of a {entity}: {least} to {most} characters")))
}

/// `|a|b|`, so that a tag is found between bars.
fn tags(tags: &[String]) -> String {
    if tags.is_empty() { String::new() } else { format!("|{}|", tags.join("|")) }
}

fn no_row() -> StoreError {
    StoreError::Internal("a statement returned no row".to_owned())
}
