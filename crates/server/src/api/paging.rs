//! Lists: `limit`, `after_<thing>_id`, `before_<thing>_id`, `sort`, `order`, `search_phrase`, and filters by kind.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use symbolon_store::{ListQuery, Order, Sort};
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{Required, Schema};

use crate::api::error::{ApiError, Kind};

/// Most entries of one answer.
const MAX_LIMIT: u32 = 100;
/// Entries of an answer when the caller names no limit.
const DEFAULT_LIMIT: u32 = 20;
/// Longest search phrase, in bytes.
const MAX_PHRASE: usize = 200;

/// A list that is paged.
pub trait Listing: Send + 'static {
    /// What it lists, as in `after_<thing>_id`.
    const THING: &'static str;
    /// Filters: the parameter, and the words that may stand in its comma-separated list.
    const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[];
    /// The words that `sort` may be.
    const SORTS: &'static [(&'static str, Sort)] = &[
        ("id", Sort::Id),
        ("name", Sort::Name),
        ("created_at", Sort::CreatedAt),
        ("updated_at", Sort::UpdatedAt),
    ];
}

/// The part of a list that a request asks for.
#[derive(Debug)]
pub struct Page<L> {
    /// What to ask the store. Filters are not in it.
    pub query: ListQuery,
    filters: Vec<(&'static str, Vec<String>)>,
    listing: PhantomData<fn() -> L>,
}

impl<L: Listing> Page<L> {
    /// The words given for a filter; empty when it was not given.
    pub fn filter(&self, name: &str) -> &[String] {
        self.filters.iter().find(|(known, _)| *known == name).map_or(&[], |(_, words)| words)
    }

    fn parse(query: &str) -> Result<Self, ApiError> {
        let mut page = Self {
            query: ListQuery { limit: DEFAULT_LIMIT, ..ListQuery::default() },
            filters: Vec::new(),
            listing: PhantomData,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            page.read(&name, &value)?;
        }
        if page.query.after_id.is_some() && page.query.before_id.is_some() {
            let thing = L::THING;
            return Err(bad(&format!("before_{thing}_id"), &format!("cannot stand beside after_{thing}_id")));
        }
        Ok(page)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        let thing = L::THING;
        match name {
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                self.query.limit = limit.ok_or_else(|| bad(name, "must be a number from 1 to 100"))?;
            }
            "sort" => {
                let sort =
                    L::SORTS.iter().find(|(word, _)| *word == value.trim_start_matches(&format!("{thing}_")));
                self.query.sort = sort.map(|(_, sort)| *sort).ok_or_else(|| {
                    let words: Vec<_> = L::SORTS.iter().map(|(word, _)| *word).collect();
                    bad(name, &format!("must be one of {}", words.join(", ")))
                })?;
            }
            "order" => {
                self.query.order = match value.to_ascii_lowercase().as_str() {
                    "asc" | "ascending" => Order::Ascending,
                    "desc" | "descending" => Order::Descending,
                    _ => return Err(bad(name, "must be asc or desc")),
                };
            }
            "search_phrase" if value.len() > MAX_PHRASE => return Err(bad(name, "is too long")),
            "search_phrase" => self.query.search_phrase = Some(value.to_owned()),
            _ if name == format!("after_{thing}_id") => self.query.after_id = Some(value.to_owned()),
            _ if name == format!("before_{thing}_id") => self.query.before_id = Some(value.to_owned()),
            _ => {
                if let Some((filter, words)) = L::FILTERS.iter().find(|(filter, _)| *filter == name) {
                    self.filters.push((filter, chosen(name, value, words)?));
                }
            }
        }
        Ok(())
    }
}

fn chosen(name: &str, value: &str, words: &[&str]) -> Result<Vec<String>, ApiError> {
    let given: Vec<String> = value.split(',').map(|word| word.trim().to_owned()).collect();
    match given.iter().all(|word| words.contains(&word.as_str())) {
        true => Ok(given),
        false => Err(bad(name, &format!("must be a list of {}", words.join(", ")))),
    }
}

fn bad(name: &str, message: &str) -> ApiError {
    ApiError::new(Kind::BadRequest, format!("{name}: {message}.")).detail(name, message)
}

impl<S: Send + Sync, L: Listing> FromRequestParts<S> for Page<L> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl<L: Listing> IntoParams for Page<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let thing = L::THING;
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let one_of = |words: Vec<&str>| text().enum_values(Some(words)).build();
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()))
            .build();
        let mut parameters = vec![
            parameter("limit", "Most entries of the answer", limit),
            parameter(&format!("after_{thing}_id"), "Entries after this one", text().build()),
            parameter(&format!("before_{thing}_id"), "Entries just before this one", text().build()),
            parameter("sort", "What to sort by", one_of(L::SORTS.iter().map(|(word, _)| *word).collect())),
            parameter("order", "Direction of the sort", one_of(vec!["asc", "desc"])),
            parameter("search_phrase", "Text that the id or name must contain, in any case", text().build()),
        ];
        parameters.extend(L::FILTERS.iter().map(|(name, words)| {
            let known = format!("Comma-separated list of {}", words.join(", "));
            parameter(name, &known, text().build())
        }));
        parameters
    }
}

fn parameter(name: &str, description: &str, schema: Object) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(Schema::Object(schema)))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Things;

    impl Listing for Things {
        const THING: &'static str = "thing";
        const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[("kinds", &["red", "blue"])];
    }

    #[test]
    fn a_page_is_twenty_unless_said_otherwise() {
        let page = Page::<Things>::parse("").unwrap();
        assert_eq!(page.query.limit, 20);
        assert_eq!(page.query.sort, Sort::Id);
        assert!(page.filter("kinds").is_empty());
    }

    #[test]
    fn every_parameter_is_read() {
        let page = Page::<Things>::parse(
            "limit=100&after_thing_id=a%20b&sort=thing_name&order=DESC&search_phrase=X&kinds=red,blue&unknown=1",
        )
        .unwrap();
        assert_eq!(page.query.limit, 100);
        assert_eq!(page.query.after_id.as_deref(), Some("a b"));
        assert_eq!((page.query.sort, page.query.order), (Sort::Name, Order::Descending));
        assert_eq!(page.query.search_phrase.as_deref(), Some("X"));
        assert_eq!(page.filter("kinds"), ["red", "blue"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for query in [
            "limit=0",
            "limit=101",
            "limit=x",
            "sort=colour",
            "order=up",
            "kinds=red,green",
            "after_thing_id=a&before_thing_id=b",
        ] {
            assert_eq!(Page::<Things>::parse(query).unwrap_err().status(), 400, "{query}");
        }
    }

    #[test]
    fn the_parameters_are_documented() {
        let names: Vec<_> = Page::<Things>::into_params(|| None).into_iter().map(|p| p.name).collect();
        assert_eq!(
            names,
            ["limit", "after_thing_id", "before_thing_id", "sort", "order", "search_phrase", "kinds"]
        );
    }
}
