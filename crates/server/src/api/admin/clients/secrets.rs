//! `POST /api/admin/{tid}/clients/{cid}/rotateSecret` and `…/revokeRotatedSecrets`

use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_store::entity::{Client, GoDuration, Secret};
use utoipa::ToSchema;

use super::view::forget_expired_secrets;
use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Kind};
use crate::api::etag::IfMatch;
use crate::api::extract::{Id, Params};
use crate::client_metadata::validate::ROTATED_SECRETS;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Rotation {
    /// How long earlier secrets are still accepted, such as `24h0m0s`; `0`: until they are revoked.
    #[param(default = "0")]
    auto_revoke_after: Option<String>,
}

/// The new secret of a client.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RotateClientSecretResponse {
    /// The secret.
    secret: Secret,
}

/// Rotate client secret
///
/// Makes a new secret, which does not expire. The two before it are still accepted until they are revoked, expire, or
/// `auto_revoke_after` is over.
#[utoipa::path(
    post, path = "/api/admin/{tid}/clients/{cid}/rotateSecret", operation_id = "rotateClientSecret", tag = "clients",
    params(Rotation, IfMatch), responses((status = 200, description = "The new secret", body = RotateClientSecretResponse))
)]
pub(super) async fn rotate_client_secret(
    cx: ManagementCx,
    Id(id): Id,
    Params(rotation): Params<Rotation>,
    if_match: IfMatch,
) -> Result<Json<RotateClientSecretResponse>, ApiError> {
    let auto_revoke_after = auto_revoke_after(rotation.auto_revoke_after.as_deref().unwrap_or("0"))?;
    let before = cx.load::<Client>(&id).await?;
    if_match.check(before.version)?;
    let mut client = before.value;
    forget_expired_secrets(&mut client, cx.now);
    let secret = Secret::new(cx.app.rng.secret());
    let expired_at = std::mem::take(&mut client.client_secret_expires_at);
    if let Some(former) = client.client_secret.replace(secret.clone()) {
        client.rotated_secrets.insert(0, former);
        client.rotated_secrets.truncate(ROTATED_SECRETS);
        client.rotated_secrets_expire_at.resize(ROTATED_SECRETS - 1, 0);
        client.rotated_secrets_expire_at.insert(0, 0);
        client.rotated_secrets_expire_at.truncate(client.rotated_secrets.len());
    }
    // The new secret has no end; those before it end when the last of them would have.
    let auto_revoked_at = auto_revoke_after.map(|seconds| cx.now.plus_seconds(seconds).seconds());
    for end in auto_revoked_at.into_iter().chain((expired_at > 0).then_some(expired_at)) {
        for at in &mut client.rotated_secrets_expire_at {
            *at = if *at == 0 { end } else { end.min(*at) };
        }
    }
    forget_expired_secrets(&mut client, cx.now);
    let workspace_id = client.authorization_server_id.clone();
    let update = cx.store(&workspace_id).update(client, Some(before.version), cx.now.millis()).await;
    update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace_id, &id);
    Ok(Json(RotateClientSecretResponse { secret }))
}

/// Revoke rotated client secrets
///
/// From now on only the newest secret is accepted.
#[utoipa::path(
    post, path = "/api/admin/{tid}/clients/{cid}/revokeRotatedSecrets", operation_id = "revokeRotatedClientSecrets",
    tag = "clients", params(IfMatch), responses((status = 204, description = "Only the newest secret is accepted"))
)]
pub(super) async fn revoke_rotated_client_secrets(
    cx: ManagementCx,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<StatusCode, ApiError> {
    let before = cx.load::<Client>(&id).await?;
    if_match.check(before.version)?;
    let mut client = before.value;
    client.rotated_secrets.clear();
    client.rotated_secrets_expire_at.clear();
    let workspace_id = client.authorization_server_id.clone();
    let update = cx.store(&workspace_id).update(client, Some(before.version), cx.now.millis()).await;
    update.map_err(|error| if_match.lost_race(error))?;
    cx.changed(&workspace_id, &id);
    Ok(StatusCode::NO_CONTENT)
}

/// Seconds; `None` for a zero duration.
fn auto_revoke_after(text: &str) -> Result<Option<i64>, ApiError> {
    if text == "0" || text.is_empty() {
        return Ok(None);
    }
    let seconds = text.parse::<GoDuration>().map(GoDuration::secs).ok().filter(|seconds| *seconds >= 0);
    let message = "must be a duration such as 24h0m0s";
    let seconds = seconds.ok_or_else(|| {
        ApiError::new(Kind::BadRequest, format!("auto_revoke_after: {message}."))
            .detail("auto_revoke_after", message)
    })?;
    Ok((seconds > 0).then_some(seconds))
}
