//! `POST /api/admin/{tid}/servers/{wid}/keys/rotate`

use axum::Json;
use serde::Deserialize;
use symbolon_jose::{Algorithm, KeyManagement};
use symbolon_store::entity::server::KeyType;
use symbolon_store::entity::{Server, ServerJwk};
use symbolon_store::{KeyState, KeyUse, StoreError};

use super::get::Use;
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
    /// Kind of key from now on. When it is left out: the workspace's own kind to sign with; to encrypt to the kind that it
    /// has, RSA at first.
    #[param(inline)]
    key_type: Option<KeyType>,
    /// What the keys are for.
    #[serde(default, rename = "use")]
    #[param(inline, default = "sig")]
    key_use: Use,
}

/// Rotate key
///
/// The next key signs from now on, the current one still verifies, and a new next key is published. With another
/// `key_type` the workspace changes to keys of that kind. With `use=enc`, clients encrypt to the next key from now on, and
/// what was encrypted to the current one can still be read; a workspace gets its first such key in this way.
#[utoipa::path(
    post, path = "/api/admin/{tid}/servers/{wid}/keys/rotate", operation_id = "rotateKey", tag = "keys",
    params(Rotation), responses((status = 200, description = "The key in use now", body = ServerJwk))
)]
pub(super) async fn rotate_key(
    cx: ManagementCx,
    WorkspaceId(workspace_id): WorkspaceId,
    Params(rotation): Params<Rotation>,
) -> Result<Json<ServerJwk>, ApiError> {
    if let Use::Enc = rotation.key_use {
        return encryption(&cx, &workspace_id, rotation.key_type).await;
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
    let kind = Made::Signs(algorithm);
    advance(&cx, &workspace_id, kind).await?;
    if key_type != before.key_type {
        let server = Server { key_type, ..before.value };
        cx.tenant().update(server, Some(before.version), cx.now.millis()).await?;
    }
    current(&cx, &workspace_id, kind).await
}

/// The same for keys that clients encrypt to. The next one waits unpublished: nobody needs to know it in time.
async fn encryption(
    cx: &ManagementCx,
    workspace_id: &str,
    key_type: Option<KeyType>,
) -> Result<Json<ServerJwk>, ApiError> {
    cx.workspace(workspace_id).await?;
    let keys = cx.store(workspace_id).list_keys().await?;
    let algorithm = match key_type {
        None => view::current_encryption(&keys).and_then(|word| word.parse().ok()),
        Some(KeyType::Rsa | KeyType::Ps) => None,
        Some(KeyType::Ecdsa) => Some(KeyManagement::EcdhEs),
        Some(KeyType::Eddsa) => {
            let message = "must be rsa or ecdsa: nobody can encrypt to keys of the other kinds";
            let error = ApiError::new(Kind::BadRequest, format!("key_type: {message}."));
            return Err(error.detail("key_type", message));
        }
    };
    let kind = Made::Decrypts(algorithm.unwrap_or(KeyManagement::RsaOaep256));
    advance(cx, workspace_id, kind).await?;
    current(cx, workspace_id, kind).await
}

/// The key in use after a rotation.
async fn current(cx: &ManagementCx, workspace_id: &str, kind: Made) -> Result<Json<ServerJwk>, ApiError> {
    // Whatever comes now, the key has changed.
    cx.app.snapshots.invalidate(&cx.tenant_id, workspace_id);
    let keys = cx.store(workspace_id).list_keys().await?;
    let current = keys.iter().find(|key| kind.is(key, KeyState::Current));
    let current =
        current.ok_or_else(|| ApiError::new(Kind::Internal, "The rotation left no current key."))?;
    cx.changed(workspace_id, &current.kid);
    Ok(Json(view::of(current)))
}

/// What kind of key is made.
#[derive(Clone, Copy)]
enum Made {
    Signs(Algorithm),
    Decrypts(KeyManagement),
}

impl Made {
    async fn make(self) -> Result<MadeKey, StoreError> {
        match self {
            Self::Signs(algorithm) => MadeKey::new(algorithm).await,
            Self::Decrypts(algorithm) => MadeKey::for_encryption(algorithm).await,
        }
    }

    fn is(self, key: &symbolon_store::SigningKey, state: KeyState) -> bool {
        let (key_use, alg) = match self {
            Self::Signs(algorithm) => (KeyUse::Sig, algorithm.as_str()),
            Self::Decrypts(algorithm) => (KeyUse::Enc, algorithm.as_str()),
        };
        key.key_use == key_use && key.alg == alg && key.state == state
    }
}

/// Moves the keys of an algorithm one state on; makes them where the workspace has none.
async fn advance(cx: &ManagementCx, workspace_id: &str, kind: Made) -> Result<(), ApiError> {
    let store = cx.store(workspace_id);
    let now = cx.now.millis();
    let next = kind.make().await?;
    let keys = store.list_keys().await?;
    let has = |state| keys.iter().any(|key| kind.is(key, state));
    if has(KeyState::Next) {
        store.rotate_keys(&next.as_new(), now).await?;
        return Ok(());
    }
    // One of two callers who find no key loses the race for making it: `Conflict`.
    let made = match has(KeyState::Current) {
        true => store.insert_key(&next.as_new(), KeyState::Next, now).await,
        false => store.insert_key(&kind.make().await?.as_new(), KeyState::Current, now).await,
    };
    made.map_err(|error| match error {
        StoreError::Conflict { .. } => {
            ApiError::new(Kind::Conflict, "The keys were rotated at the same moment. Try again.")
        }
        other => other.into(),
    })?;
    match has(KeyState::Current) {
        true => store.rotate_keys(&kind.make().await?.as_new(), now).await?,
        false => store.insert_key(&next.as_new(), KeyState::Next, now).await?,
    }
    Ok(())
}
