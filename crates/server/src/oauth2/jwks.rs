//! The public keys of a workspace (RFC 7517 §5): `GET /{tid}/{aid}/.well-known/jwks.json`.

use axum::response::Response;

use symbolon_store::entity::ClientJwks;

use super::answer::public_json;
use super::error::ErrorBody;
use crate::cx::Cx;

/// The keys that verify what this workspace signs, the one in use first. Rendered when the workspace was loaded.
#[utoipa::path(
    get, path = "/{tid}/{aid}/.well-known/jwks.json", operation_id = "jwks", tag = "oauth2",
    responses(
        (status = 200, description = "The keys, the one in use first", body = ClientJwks),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn jwks(cx: Cx) -> Response {
    public_json(cx.workspace.keys.jwks.clone())
}
