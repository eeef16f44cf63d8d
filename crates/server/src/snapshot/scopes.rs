//! The scopes a workspace knows, each with the service it belongs to.

use std::collections::HashMap;

use symbolon_protocol::ScopeSet;
use symbolon_store::entity::{Scope, Service};

/// The scopes of one workspace by name.
#[derive(Debug, Default)]
pub struct Scopes(HashMap<Box<str>, ScopeEntry>);

/// One scope.
#[derive(Debug)]
pub struct ScopeEntry {
    /// The scope as it was configured.
    pub scope: Scope,
    /// The service it belongs to.
    pub service: Option<Service>,
}

impl Scopes {
    /// Joins scopes with their services.
    pub fn new(scopes: Vec<(Scope, Option<Service>)>) -> Self {
        let entry = |(scope, service): (Scope, Option<Service>)| {
            (scope.name.as_str().into(), ScopeEntry { scope, service })
        };
        Self(scopes.into_iter().map(entry).collect())
    }

    /// The scope of that name.
    pub fn find(&self, name: &str) -> Option<&ScopeEntry> {
        self.0.get(name)
    }

    /// The first of the names that the workspace does not know.
    pub fn first_unknown<'a>(&self, names: &'a ScopeSet) -> Option<&'a str> {
        names.iter().find(|name| self.find(name).is_none())
    }

    /// All scopes, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &ScopeEntry> {
        self.0.values()
    }
}
