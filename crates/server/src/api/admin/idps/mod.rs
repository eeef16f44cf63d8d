//! Identity providers: `/api/admin/{tid}/servers/{wid}/idps…`.

mod accounts;
mod delete;
mod list;
mod static_idp;
mod users;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on identity providers.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(list::list_idps)))
        .routes(requires(&MANAGE_TENANT, routes!(static_idp::create_static_idp)))
        .routes(requires(&VIEW_TENANT, routes!(static_idp::get_static_idp)))
        .routes(requires(&MANAGE_TENANT, routes!(static_idp::update_static_idp)))
        .routes(requires(&MANAGE_TENANT, routes!(delete::delete_idp)))
        .routes(requires(&VIEW_TENANT, routes!(accounts::list_accounts)))
        .routes(requires(&MANAGE_TENANT, routes!(accounts::delete_account)))
        .routes(requires(&MANAGE_TENANT, routes!(accounts::set_account_password)))
}
