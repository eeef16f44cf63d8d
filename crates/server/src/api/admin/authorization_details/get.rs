//! `GET /api/admin/{tid}/authorization-details/{authorizationDetailID}`

use symbolon_store::entity::{AuthorizationDetail, Service};

use super::view::AuthorizationDetailWithService;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::etag::Versioned;
use crate::api::extract::Id;

/// Get authorization detail
#[utoipa::path(
    get, path = "/api/admin/{tid}/authorization-details/{authorizationDetailID}",
    operation_id = "getAuthorizationDetail", tag = "authorizationDetails",
    responses((status = 200, description = "The type", body = AuthorizationDetailWithService, headers(("etag" = String))))
)]
pub(super) async fn get_authorization_detail(
    cx: ManagementCx,
    Id(id): Id,
) -> Result<Versioned<AuthorizationDetailWithService>, ApiError> {
    let stored = cx.load::<AuthorizationDetail>(&id).await?;
    let service = match &stored.service_id {
        Some(service_id) => cx.tenant().find::<Service>(service_id).await?,
        None => None,
    };
    let body = AuthorizationDetailWithService::new(stored.value, service.map(|service| service.value));
    Ok(Versioned::ok(stored.version, body))
}
