//! Clients: `/api/admin/{tid}/clients…` and the lists of workspaces.

mod certificate;
mod create;
mod delete;
mod get;
mod list;
mod secrets;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use certificate::{CertificateInfo, parse_bundle};
pub(super) use view::ClientAdminResponse;

use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on clients.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&MANAGE_TENANT, routes!(create::create_client)))
        .routes(requires(&VIEW_TENANT, routes!(certificate::parse_certificate)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_client)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_client, delete::delete_client)))
        .routes(requires(&MANAGE_TENANT, routes!(secrets::rotate_client_secret)))
        .routes(requires(&MANAGE_TENANT, routes!(secrets::revoke_rotated_client_secrets)))
        .routes(requires(&VIEW_TENANT, routes!(list::list_clients)))
}
