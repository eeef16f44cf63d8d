//! The public keys of a workspace (RFC 7517 §5): `GET /{tid}/{aid}/.well-known/jwks.json`.

use axum::response::Response;

use super::answer::public_json;
use crate::cx::Cx;

/// The keys that verify what this workspace signs, the one in use first. Rendered when the workspace was loaded.
pub async fn jwks(cx: Cx) -> Response {
    public_json(cx.workspace.keys.jwks.clone())
}
