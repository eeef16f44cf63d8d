//! `GET /api/system/{tid}/logins/{login}`

use axum::Json;

use super::Login;
use super::view::LoginSessionResponse;
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::Id;

/// Get login request
///
/// A login under way, for whoever asks the person.
#[utoipa::path(
    get, path = "/api/system/{tid}/logins/{login}", operation_id = "getLoginRequest", tag = "logins",
    responses((status = 200, description = "The login", body = LoginSessionResponse))
)]
pub(super) async fn get_login_request(
    cx: ManagementCx,
    Id(id): Id,
) -> Result<Json<LoginSessionResponse>, ApiError> {
    Ok(Json(LoginSessionResponse::of(Login::find(&cx, &id).await?)))
}
