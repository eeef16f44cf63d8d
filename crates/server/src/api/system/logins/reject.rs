//! `POST /api/system/{tid}/logins/{login}/reject`

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Login, done, failed};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::Id;
use crate::api::json::Body;

/// The person does not agree.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct RejectSession {
    /// Identifier of the login, as in the path.
    id: Option<String>,
    /// Why, in a word: for the log.
    error: Option<String>,
}

/// Where the person goes next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginRejected {
    /// Nowhere: the client that asked is elsewhere.
    redirect_to: String,
}

/// Reject login request
///
/// The person does not agree, or could not be authenticated: the client hears `access_denied`.
#[utoipa::path(
    post, path = "/api/system/{tid}/logins/{login}/reject", operation_id = "rejectLoginRequest", tag = "logins",
    request_body = RejectSession,
    responses((status = 200, description = "The login is rejected", body = LoginRejected))
)]
pub(super) async fn reject_login_request(
    cx: ManagementCx,
    Id(id): Id,
    Body(body): Body<RejectSession>,
) -> Result<Json<LoginRejected>, ApiError> {
    let login = Login::find(&cx, &id).await?;
    login.same_id(body.id.as_deref())?;
    tracing::info!(request_id = %cx.request_id, login = id, reason = body.error, "login rejected");
    let answered = login.waiting.deny(&login.cx).await;
    done(&cx, &login, answered.map_err(|error| failed(&error))?)?;
    Ok(Json(LoginRejected { redirect_to: String::new() }))
}
