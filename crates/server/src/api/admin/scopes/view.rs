//! How a scope is shown.

use serde::Serialize;
use symbolon_store::entity::{Scope, Service};
use utoipa::ToSchema;

/// A scope with the service it belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScopeWithService {
    #[serde(flatten)]
    scope: Scope,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
    /// Whether it belongs to a service.
    with_service: bool,
}

impl ScopeWithService {
    /// Joins a scope and its service.
    pub(super) fn new(scope: Scope, service: Option<Service>) -> Self {
        Self { with_service: service.is_some(), scope, service }
    }
}
