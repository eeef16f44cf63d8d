//! The table of an entity: a JSON document, the columns that are searched, and sealed secrets.

use std::ops::RangeInclusive;

use super::changes;
use super::documents::Stored;
use super::entities::Entity;
use super::list::{ListQuery, Sort};
use crate::db::{Batch, Expect, Row, Statement, Value};
use crate::error::{Result, StoreError};
use crate::seal::Binding;
use crate::store::{Store, read_doc, write_doc};

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

/// What goes with a row, in one batch.
pub(super) struct With {
    /// Before the row.
    pub(super) before: Batch,
    /// After the row.
    pub(super) after: Vec<Statement>,
}

impl From<Vec<Statement>> for With {
    fn from(after: Vec<Statement>) -> Self {
        Self { before: Batch::new(), after }
    }
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
    pub(super) async fn insert<E: Entity>(
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

    pub(super) async fn update<E: Entity>(
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

    pub(super) async fn delete<E: Entity>(
        &self,
        id: &str,
        if_version: Option<i64>,
        with: With,
        tenant: &str,
        workspace: Option<&str>,
    ) -> Result<()> {
        let (mut condition, mut params) = self.owner.condition(id);
        if let Some(version) = if_version {
            params.push(version.into());
            condition.push_str(&format!(" AND version = ${}", params.len()));
        }
        let delete = Statement::new(format!("DELETE FROM {} {condition}", E::TABLE), params);
        let mut batch = with.before.with(delete.expect(Expect::Rows(1)));
        for statement in with.after {
            batch.push(statement);
        }
        changes::bump(&mut batch, tenant, workspace);
        match self.store.db.write(batch.signalling_config()).await {
            Ok(_) => Ok(()),
            Err(StoreError::Expectation { .. }) => Err(self.why_untouched::<E>(id).await?),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn find<E: Entity>(&self, id: &str) -> Result<Option<Stored<E>>> {
        let (condition, params) = self.owner.condition(id);
        let sql = format!("SELECT {COLUMNS} FROM {} {condition}", E::TABLE);
        let row = self.store.db.find(Statement::new(sql, params)).await?;
        row.map(|row| self.stored(&row)).transpose()
    }

    pub(super) async fn list<E: Entity>(&self, query: &ListQuery) -> Result<Vec<Stored<E>>> {
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
