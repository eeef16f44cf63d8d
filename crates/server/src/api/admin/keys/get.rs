//! `GET /api/admin/{tid}/servers/{wid}/keys` and `…/keys/{kid}/raw`

use axum::Json;
use serde::Deserialize;
use symbolon_store::KeyUse;
use symbolon_store::entity::ServerJwk;
use utoipa::ToSchema;

use super::view::{self, KeysResponse};
use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::extract::{Id, Params, WorkspaceId};
use crate::snapshot::algorithm_of;

/// What keys are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Signatures.
    #[default]
    Sig,
    /// Encryption.
    Enc,
}

impl From<Use> for KeyUse {
    fn from(value: Use) -> Self {
        match value {
            Use::Sig => Self::Sig,
            Use::Enc => Self::Enc,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// What the keys are for.
    #[serde(default, rename = "use")]
    #[param(inline, default = "sig")]
    key_use: Use,
}

/// Get keys
///
/// The public halves of a workspace's keys, by state.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/keys", operation_id = "getKeys", tag = "keys", params(Which),
    responses((status = 200, description = "The keys", body = KeysResponse))
)]
pub(super) async fn get_keys(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Params(which): Params<Which>,
) -> Result<Json<KeysResponse>, ApiError> {
    let workspace = cx.workspace(&workspace_id).await?;
    let keys = cx.store(&workspace_id).list_keys().await?;
    let preferred = algorithm_of(workspace.server.key_type).as_str();
    Ok(Json(KeysResponse::new(&keys, which.key_use.into(), preferred)))
}

/// Get key
///
/// The public half of one key.
#[utoipa::path(
    get, path = "/api/admin/{tid}/servers/{wid}/keys/{kid}/raw", operation_id = "getKey", tag = "keys",
    responses((status = 200, description = "The key", body = ServerJwk))
)]
pub(super) async fn get_key(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Id(kid): Id,
) -> Result<Json<ServerJwk>, ApiError> {
    cx.workspace(&workspace_id).await?;
    let key =
        cx.store(&workspace_id).find_key(&kid).await?.ok_or_else(|| ApiError::not_found("key", &kid))?;
    Ok(Json(view::of(&key)))
}
