//! `POST /api/admin/{tid}/servers/{wid}/keys/revoke/{kid}`

use axum::Json;
use symbolon_store::entity::ServerJwk;
use symbolon_store::{KeyState, StoreError};

use super::view;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::{Id, WorkspaceId};

/// Revoke key
///
/// What the key signed is refused from now on. A key in use must be rotated away first.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/keys/revoke/{kid}", operation_id = "revokeKey", tag = "keys",
    responses((status = 200, description = "The revoked key", body = ServerJwk))
)]
pub(super) async fn revoke_key(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(kid): Id,
) -> Result<Json<ServerJwk>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let store = cx.store(&workspace_id);
    let unknown = || ApiError::not_found("key", &kid);
    let key = store.find_key(&kid).await?.ok_or_else(unknown)?;
    if matches!(key.state, KeyState::Current | KeyState::Next) {
        let state = key.state.as_str();
        let message = format!("The key is {state}: rotate it away before it is revoked.");
        return Err(ApiError::new(Kind::Conflict, message));
    }
    if key.state == KeyState::Rotated {
        store.revoke_key(&kid, cx.now.millis()).await.map_err(|error| match error {
            StoreError::NotFound(_) => {
                ApiError::new(Kind::Conflict, "The key changed at the same moment. Try again.")
            }
            other => other.into(),
        })?;
        cx.changed(&workspace_id, &kid);
    }
    let key = store.find_key(&kid).await?.ok_or_else(unknown)?;
    Ok(Json(view::of(&key)))
}
