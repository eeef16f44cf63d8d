//! How a type of authorization details is shown.

use serde::Serialize;
use symbolon_store::entity::{AuthorizationDetail, Service};
use utoipa::ToSchema;

/// A type of authorization details with the service it belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuthorizationDetailWithService {
    #[serde(flatten)]
    detail: AuthorizationDetail,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
}

impl AuthorizationDetailWithService {
    /// Joins a type and its service.
    pub(super) fn new(detail: AuthorizationDetail, service: Option<Service>) -> Self {
        Self { detail, service }
    }
}
