//! Claims: `/api/admin/{tid}/claims…` and the lists of workspaces.

mod create;
mod delete;
mod list;
mod update;
mod validate;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on claims.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANT, routes!(create::create_claim)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_claim, delete::delete_claim)))
        .routes(requires(&VIEW_TENANT, routes!(list::list_claims)))
}
