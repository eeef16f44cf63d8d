//! Paging, sorting, searching and filtering of entities.

use crate::db::{Statement, Value};

/// Which entities to list, and in what order. The default: the first 20 by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// The most to return.
    pub limit: u32,
    /// Return what comes after the entity with this id.
    pub after_id: Option<String>,
    /// Return what comes just before the entity with this id.
    pub before_id: Option<String>,
    /// What to order by; the id breaks ties.
    pub sort: Sort,
    /// Direction.
    pub order: Order,
    /// Text that the id or the name must contain, in any case.
    pub search_phrase: Option<String>,
    /// Only entities with at least one of these tags, see [`Entity::tags`](super::Entity::tags).
    pub any_tag: Vec<String>,
    /// No entities with any of these tags.
    pub no_tag: Vec<String>,
}

/// What entities are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By id.
    #[default]
    Id,
    /// By name, in any case.
    Name,
    /// By time of creation.
    CreatedAt,
    /// By time of the last change.
    UpdatedAt,
}

/// Direction of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            limit: 20,
            after_id: None,
            before_id: None,
            sort: Sort::default(),
            order: Order::default(),
            search_phrase: None,
            any_tag: Vec::new(),
            no_tag: Vec::new(),
        }
    }
}

impl ListQuery {
    /// Everything there is, by id. For lists that are small by nature: the keys, scopes or identity
    /// providers of a workspace.
    pub fn all() -> Self {
        Self { limit: u32::MAX, ..Self::default() }
    }

    /// The rows come in reverse when one pages backwards; the caller turns them round.
    pub(super) fn is_backwards(&self) -> bool {
        self.before_id.is_some() && self.after_id.is_none()
    }

    /// `columns` of `table` where each of `owner` (column, value) holds.
    pub(super) fn statement(&self, table: &str, columns: &str, owner: &[(&str, &str)]) -> Statement {
        let mut sql = Sql { text: format!("SELECT {columns} FROM {table} WHERE 1 = 1"), params: Vec::new() };
        for (column, value) in owner {
            let p = sql.param((*value).into());
            sql.text.push_str(&format!(" AND {column} = {p}"));
        }
        self.search(&mut sql);
        self.tags(&mut sql);
        let (column, backwards) = (self.sort.column(), self.is_backwards());
        let descending = (self.order == Order::Descending) != backwards;
        let (direction, beyond) = if descending { ("DESC", "<") } else { ("ASC", ">") };
        if let Some(id) = self.after_id.as_deref().or(self.before_id.as_deref()) {
            let p = sql.param(id.into());
            if self.sort == Sort::Id {
                // Works when the entity is gone, too.
                sql.text.push_str(&format!(" AND id {beyond} {p}"));
            } else {
                let own: Vec<String> =
                    owner.iter().enumerate().map(|(i, (c, _))| format!(" AND {c} = ${}", i + 1)).collect();
                sql.text.push_str(&format!(
                    " AND ({column}, id) {beyond} (SELECT {column}, id FROM {table} WHERE id = {p}{})",
                    own.concat()
                ));
            }
        }
        let limit = sql.param(Value::Int(self.limit.into()));
        if self.sort == Sort::Id {
            sql.text.push_str(&format!(" ORDER BY id {direction} LIMIT {limit}"));
        } else {
            sql.text.push_str(&format!(" ORDER BY {column} {direction}, id {direction} LIMIT {limit}"));
        }
        Statement::new(sql.text, sql.params)
    }

    fn search(&self, sql: &mut Sql) {
        if let Some(phrase) = self.search_phrase.as_deref().filter(|phrase| !phrase.is_empty()) {
            let p = sql.param(contains(&phrase.to_lowercase()).into());
            sql.text
                .push_str(&format!(" AND (LOWER(id) LIKE {p} ESCAPE '!' OR name_key LIKE {p} ESCAPE '!')"));
        }
    }

    fn tags(&self, sql: &mut Sql) {
        if !self.any_tag.is_empty() {
            let any: Vec<String> = self
                .any_tag
                .iter()
                .map(|tag| {
                    format!("tags LIKE {} ESCAPE '!'", sql.param(contains(&format!("|{tag}|")).into()))
                })
                .collect();
            sql.text.push_str(&format!(" AND ({})", any.join(" OR ")));
        }
        for tag in &self.no_tag {
            let p = sql.param(contains(&format!("|{tag}|")).into());
            sql.text.push_str(&format!(" AND tags NOT LIKE {p} ESCAPE '!'"));
        }
    }
}

impl Sort {
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name_key",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

struct Sql {
    text: String,
    params: Vec<Value>,
}

impl Sql {
    /// Adds a parameter, and gives its placeholder.
    fn param(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("${}", self.params.len())
    }
}

/// A LIKE pattern for texts that contain `text`.
fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
