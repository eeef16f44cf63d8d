//! The API of all tenants: `/api/system/tenants…` for programs and `/api/admin/tenants…` for people, with tokens of the
//! tenant `system`.

mod create;
mod delete;
mod get;
mod list;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::scheme::{MANAGE_TENANTS, MANAGE_TENANTS_AS_ADMIN, requires};
use crate::app::App;

/// All operations of the family.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANTS, routes!(list::list_tenants, create::create_tenant)))
        .routes(requires(
            &MANAGE_TENANTS,
            routes!(get::get_tenant, update::update_tenant, delete::delete_tenant),
        ))
        .routes(requires(&MANAGE_TENANTS_AS_ADMIN, routes!(list::list_admin_tenants)))
        .routes(requires(&MANAGE_TENANTS, routes!(list::list_workspaces)))
}
