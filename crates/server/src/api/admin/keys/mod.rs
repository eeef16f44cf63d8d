//! Signing keys of a workspace: `/api/admin/{tid}/servers/{wid}/keys…`.
//!
//! A key is made as *next* (published, so that caches know it), becomes *current* (signs) at a rotation, *rotated* at
//! the one after (verifies what it signed), and *revoked* by hand (verifies nothing).

mod get;
mod revoke;
mod rotate;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

pub(super) use view::all_of as view_all;

/// The operations on keys.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(get::get_keys)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_key)))
        .routes(requires(&MANAGE_TENANT, routes!(rotate::rotate_key)))
        .routes(requires(&MANAGE_TENANT, routes!(revoke::revoke_key)))
}
