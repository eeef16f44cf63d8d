//! How a service is shown, and what it must be.

use serde::Serialize;
use symbolon_store::entity::{Scope, Service};
use utoipa::ToSchema;

use crate::api::error::Faults;

/// A service with the audience that tokens for it carry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceWithAudience {
    #[serde(flatten)]
    pub(super) service: Service,
    /// In `aud` of tokens with a scope of this service: `custom_audience`, else `spiffe://host/tenant/workspace/id`.
    pub(super) audience: String,
}

/// A service with its audience and scopes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceWithScopesResponse {
    #[serde(flatten)]
    pub(super) service: ServiceWithAudience,
    /// Its scopes.
    pub(super) scopes: Vec<Scope>,
}

/// Notes everything in `service` that cannot be accepted.
pub(super) fn check(service: &Service, faults: &mut Faults) {
    faults.check(!service.name.trim().is_empty(), "name", "must be given");
    faults.check(service.name.len() <= 200, "name", "must be at most 200 bytes long");
    if let Some(audience) = &service.custom_audience {
        let fits = audience.len() <= 1024 && audience.bytes().all(|byte| byte.is_ascii_graphic());
        faults.check(fits, "custom_audience", "must be visible ASCII, such as a URL");
    }
}
