//! Why was I refused? `/api/admin/{tid}/refusals…`: an addition of ours.

use axum::Json;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::{Id, Params};
use crate::api::scheme::{VIEW_TENANT, requires};
use crate::app::App;
use crate::refusals::{Filter, Refusal, explain};

/// The operations on refusals.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(list_refusals)))
        .routes(requires(&VIEW_TENANT, routes!(get_refusal)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only requests to this workspace.
    workspace_id: Option<String>,
    /// Only requests of this client.
    client_id: Option<String>,
    /// Only requests to this endpoint: its route, or the end of it, such as `/oauth2/token`.
    endpoint: Option<String>,
    /// Only requests from then on (RFC 3339).
    since: Option<String>,
    /// Only requests before the one with this id: the next page.
    after_request_id: Option<String>,
    /// Most entries of the answer.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// Refused requests, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct RefusalsResponse {
    /// The records.
    refusals: Vec<Refusal>,
}

/// A refused request, and what to do about it.
#[derive(Debug, Serialize, ToSchema)]
struct RefusalResponse {
    #[serde(flatten)]
    refusal: Refusal,
    /// The record in plain sentences.
    explanation: String,
}

/// List refusals
///
/// Requests to this tenant that were refused lately, newest first. The journal is bounded: old records go.
#[utoipa::path(
    get, path = "/api/admin/{tid}/refusals", operation_id = "listRefusals", tag = "refusals", params(Which),
    responses((status = 200, description = "Refusals", body = RefusalsResponse))
)]
async fn list_refusals(
    cx: ManagementCx,
    Params(which): Params<Which>,
) -> Result<Json<RefusalsResponse>, ApiError> {
    let limit = which.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(ApiError::new(Kind::BadRequest, "limit: must be a number from 1 to 1000."));
    }
    let since = which.since.as_deref().map(|text| OffsetDateTime::parse(text, &Rfc3339)).transpose();
    let since =
        since.map_err(|_| ApiError::new(Kind::BadRequest, "since: must be an RFC 3339 date-time."))?;
    let filter = Filter {
        workspace_id: which.workspace_id.as_deref(),
        client_id: which.client_id.as_deref(),
        endpoint: which.endpoint.as_deref(),
        since,
        after: which.after_request_id.as_deref(),
        limit,
        ..Filter::of_tenant(&cx.tenant_id)
    };
    Ok(Json(RefusalsResponse { refusals: cx.app.refusals.list(&filter) }))
}

/// Get refusal
///
/// Why the request with this id was refused. The id is in the header `X-Request-Id` of its answer, and on its page.
#[utoipa::path(
    get, path = "/api/admin/{tid}/refusals/{request_id}", operation_id = "getRefusal", tag = "refusals",
    responses((status = 200, description = "The refusal", body = RefusalResponse))
)]
async fn get_refusal(cx: ManagementCx, Id(request_id): Id) -> Result<Json<RefusalResponse>, ApiError> {
    let found = cx.app.refusals.find(&cx.tenant_id, &request_id).await.map_err(|error| {
        ApiError::new(Kind::Unavailable, "The journal cannot be read at the moment.").seen(error)
    })?;
    let refusal = found.ok_or_else(|| ApiError::not_found("refusal of request", &request_id))?;
    let explanation = explain(&refusal);
    Ok(Json(RefusalResponse { refusal, explanation }))
}
