//! Workspaces (authorization servers): `/api/admin/{tid}/servers…` and `/api/admin/{tid}/workspaces…`.

mod create;
mod delete;
mod get;
mod list;
mod metadata;
mod update;
mod validate;
mod view;
mod workspaces;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

pub(super) use list::KINDS;
pub(in crate::api) use workspaces::{Workspaces, WorkspacesResponse, list_of as list_workspaces_of};

/// The operations on workspaces.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(list::list_servers)))
        .routes(requires(&MANAGE_TENANT, routes!(create::create_server)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_server)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_server, delete::delete_server)))
        .routes(requires(&VIEW_TENANT, routes!(workspaces::list_workspaces)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_workspace)))
        .routes(requires(&MANAGE_TENANT, routes!(metadata::update_workspace_metadata)))
}
