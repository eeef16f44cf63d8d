//! `/api/admin/{tid}/servers/{wid}/tokens`: calling back what people have let clients have.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::extract::WorkspaceId;
use crate::api::json::Body;
use crate::api::scheme::{MANAGE_TENANT, requires};
use crate::app::App;
use crate::login::end::{self, Place};

/// Most people in one request.
const SUBJECTS: usize = 100;

/// The operations on tokens.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(requires(&MANAGE_TENANT, routes!(revoke_tokens)))
}

/// Whose tokens and sessions end.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
struct RevokeTokenRequest {
    /// The people, by their subjects in the workspace.
    #[schema(min_items = 1, max_items = 100)]
    subjects: Vec<String>,
}

/// Revoke tokens
///
/// Ends all sessions of these people, and everything that was issued for them, access with `offline_access` too. Clients
/// are told of the logout.
#[utoipa::path(
    delete, path = "/api/admin/{tid}/servers/{wid}/tokens", operation_id = "revokeTokens", tag = "tokens",
    request_body = RevokeTokenRequest, responses((status = 204, description = "They have ended"))
)]
async fn revoke_tokens(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Body(request): Body<RevokeTokenRequest>,
) -> Result<StatusCode, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let mut faults = Faults::default();
    let count = request.subjects.len();
    faults.check((1..=SUBJECTS).contains(&count), "subjects", "must name 1 to 100 people");
    faults.into_result()?;
    let place = Place { app: &cx.app, workspace: &workspace, base_url: &cx.base_url, now: cx.now };
    for subject in &request.subjects {
        end::end_user(&place, subject).await?;
    }
    let (request_id, actor) = (&cx.request_id, &cx.actor.subject);
    tracing::info!(%request_id, tenant = cx.tenant_id, workspace = workspace_id, actor, count, "people logged out");
    Ok(StatusCode::NO_CONTENT)
}
