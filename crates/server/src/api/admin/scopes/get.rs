//! `GET /api/admin/{tid}/scopes/{scp}`

use symbolon_store::entity::{Scope, Service};

use super::view::ScopeWithService;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;

/// Get scope
#[utoipa::path(
    get, path = "/api/admin/{tid}/scopes/{scp}", operation_id = "getScope", tag = "scopes",
    responses((status = 200, description = "The scope", body = ScopeWithService, headers(("etag" = String))))
)]
pub(super) async fn get_scope(cx: ManagementCx, Id(id): Id) -> Result<Versioned<ScopeWithService>, ApiError> {
    let stored = cx.load::<Scope>(&id).await?;
    let service = match &stored.service_id {
        Some(service_id) => cx.tenant().find::<Service>(service_id).await?,
        None => None,
    };
    let body = ScopeWithService::new(stored.value, service.map(|service| service.value));
    Ok(Versioned::ok(stored.version, body))
}
