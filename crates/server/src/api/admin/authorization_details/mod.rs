//! Types of authorization details (RFC 9396): `/api/admin/{tid}/authorization-details…` and the lists of workspaces.

mod create;
mod delete;
mod get;
mod list;
mod schema;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on types of authorization details.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANT, routes!(create::create_authorization_detail)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_authorization_detail)))
        .routes(requires(
            &MANAGE_TENANT,
            routes!(update::update_authorization_detail, delete::delete_authorization_detail),
        ))
        .routes(requires(&VIEW_TENANT, routes!(list::list_authorization_details)))
}
