//! Services, each a group of scopes with an audience: `/api/admin/{tid}/services…` and the lists of workspaces.

mod create;
mod delete;
mod get;
mod list;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on services.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANT, routes!(create::create_service)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_service)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_service, delete::delete_service)))
        .routes(requires(&VIEW_TENANT, routes!(list::list_services)))
}
