//! `POST /api/admin/{tid}/servers/{wid}/keys/rotate`

use axum::Json;
use serde::Deserialize;
use symbolon_jose::Algorithm;
use symbolon_store::entity::server::KeyType;
use symbolon_store::entity::{Server, ServerJwk};
use symbolon_store::{KeyState, KeyUse, StoreError};

use super::view;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::extract::{Params, WorkspaceId};
use crate::oauth2::profile::Profile;
use crate::seed::MadeKey;
use crate::snapshot::{algorithm_of, signs};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Rotation {
    /// Kind of key that signs from now on; the workspace's own kind when it is left out.
    #[param(inline)]
    key_type: Option<KeyType>,
    /// What the keys are for: `sig`.
    #[serde(rename = "use")]
    #[param(default = "sig")]
    key_use: Option<String>,
}

/// Rotate key
///
/// The next key signs from now on, the current one still verifies, and a new next key is published. With another
/// `key_type` the workspace changes to keys of that kind.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/keys/rotate", operation_id = "rotateKey", tag = "keys",
    params(Rotation), responses((status = 200, description = "The key that signs now", body = ServerJwk))
)]
pub(super) async fn rotate_key(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Params(rotation): Params<Rotation>,
) -> Result<Json<ServerJwk>, ApiError> {
    if rotation.key_use.is_some_and(|key_use| key_use != "sig") {
        let message = "must be sig: this server makes no encryption keys";
        return Err(ApiError::new(Kind::BadRequest, format!("use: {message}.")).detail("use", message));
    }
    let before = cx.load::<Server>(&workspace_id).await?;
    let key_type = rotation.key_type.unwrap_or(before.key_type);
    let algorithm = algorithm_of(key_type);
    let profile = Profile::of_settings(&before);
    if !signs(algorithm).iter().any(|algorithm| profile.allows_algorithm(*algorithm)) {
        let message = format!(
            "key_type: the profile {} does not allow {algorithm} ({})",
            before.profile.as_str(),
            profile.clause_of_algorithms()
        );
        return Err(ApiError::new(Kind::BadRequest, message));
    }
    advance(&cx, &workspace_id, algorithm).await?;
    if key_type != before.key_type {
        let server = Server { key_type, ..before.value };
        cx.tenant().update(server, Some(before.version), cx.now.millis()).await?;
    }
    // Whatever comes now, the key has changed.
    cx.app.snapshots.invalidate(&cx.tenant_id, &workspace_id);
    let keys = cx.store(&workspace_id).list_keys().await?;
    let current = keys.iter().find(|key| is(key, algorithm, KeyState::Current));
    let current =
        current.ok_or_else(|| ApiError::new(Kind::Internal, "The rotation left no current key."))?;
    cx.changed(&workspace_id, &current.kid);
    Ok(Json(view::of(current)))
}

/// Moves the keys of an algorithm one state on; makes them where the workspace has none.
async fn advance(cx: &ManagementCx, workspace_id: &str, algorithm: Algorithm) -> Result<(), ApiError> {
    let store = cx.store(workspace_id);
    let now = cx.now.millis();
    let next = MadeKey::new(algorithm).await?;
    let keys = store.list_keys().await?;
    let has = |state| keys.iter().any(|key| is(key, algorithm, state));
    if has(KeyState::Next) {
        store.rotate_keys(&next.as_new(), now).await?;
        return Ok(());
    }
    // One of two callers who find no key loses the race for making it: `Conflict`.
    let made = match has(KeyState::Current) {
        true => store.insert_key(&next.as_new(), KeyState::Next, now).await,
        false => store.insert_key(&MadeKey::new(algorithm).await?.as_new(), KeyState::Current, now).await,
    };
    made.map_err(|error| match error {
        StoreError::Conflict { .. } => {
            ApiError::new(Kind::Conflict, "The keys were rotated at the same moment. Try again.")
        }
        other => other.into(),
    })?;
    match has(KeyState::Current) {
        true => store.rotate_keys(&MadeKey::new(algorithm).await?.as_new(), now).await?,
        false => store.insert_key(&next.as_new(), KeyState::Next, now).await?,
    }
    Ok(())
}

fn is(key: &symbolon_store::SigningKey, algorithm: Algorithm, state: KeyState) -> bool {
    key.key_use == KeyUse::Sig && key.alg == algorithm.as_str() && key.state == state
}
