//! Scopes: `/api/admin/{tid}/scopes…` and the lists of workspaces.

mod create;
mod delete;
mod get;
mod list;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use create::{is_id, workspace_of};

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on scopes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANT, routes!(create::create_scope)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_scope)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_scope, delete::delete_scope)))
        .routes(requires(&VIEW_TENANT, routes!(list::list_scopes)))
}
