//! `GET /api/system/{tid}/logins`: an addition of ours. A program that asks people learns here that it is to ask.

use axum::Json;
use serde::{Deserialize, Serialize};
use symbolon_store::WaitingQuery;
use utoipa::ToSchema;

use super::Login;
use super::view::LoginSessionResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::Params;
use crate::oauth2::backchannel_authentication::KIND;
use crate::oauth2::backchannel_authentication::answering::Found;

/// Most entries of one answer.
const MAX_LIMIT: u32 = 100;
/// Entries of an answer when the caller names no limit.
const DEFAULT_LIMIT: u32 = 20;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only logins in this workspace.
    authorization_server_id: Option<String>,
    /// Only logins of this person: the `subject` of the login.
    subject: Option<String>,
    /// Only logins asked for after the one with this id, which may have been answered meanwhile: the next page.
    after_login_id: Option<String>,
    /// Most entries of the answer.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Logins that wait for an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginSessionsResponse {
    /// The logins, the oldest first.
    logins: Vec<LoginSessionResponse>,
}

/// List login requests
///
/// The backchannel authentication requests of the tenant that wait for their person, the oldest first. One that was
/// answered or has ended is not among them. Logins at the authorization endpoint never are: they are answered in the
/// browser that began them, which alone can name them.
#[utoipa::path(
    get, path = "/api/system/{tid}/logins", operation_id = "listLoginRequests", tag = "logins", params(Which),
    responses((status = 200, description = "The logins", body = LoginSessionsResponse))
)]
pub(super) async fn list_login_requests(
    cx: ManagementCx,
    Params(which): Params<Which>,
) -> Result<Json<LoginSessionsResponse>, ApiError> {
    let limit = which.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let message = "must be a number from 1 to 100";
        return Err(ApiError::new(Kind::BadRequest, format!("limit: {message}.")).detail("limit", message));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (workspace, subject) = (given(which.authorization_server_id), given(which.subject));
    if let Some(id) = &workspace {
        cx.workspace(id).await?;
    }
    let mut after = given(which.after_login_id);
    let mut logins = Vec::new();
    // What cannot be answered any more is left out: a page is short only when it is the last.
    loop {
        let query = WaitingQuery {
            kind: KIND,
            workspace: workspace.as_deref(),
            subject: subject.as_deref(),
            after: after.as_deref(),
            limit,
            now: cx.now.millis(),
        };
        let found: Vec<(String, Found)> = cx.tenant().list_waiting_requests(&query).await?;
        let is_last = u32::try_from(found.len()).is_ok_and(|count| count < limit);
        after = found.last().map(|(_, found)| found.handle.clone());
        for (workspace_id, found) in found {
            logins.extend(Login::of(&cx, &workspace_id, found).await?.map(LoginSessionResponse::of));
            if u32::try_from(logins.len()).is_ok_and(|count| count == limit) {
                return Ok(Json(LoginSessionsResponse { logins }));
            }
        }
        if is_last {
            return Ok(Json(LoginSessionsResponse { logins }));
        }
    }
}
