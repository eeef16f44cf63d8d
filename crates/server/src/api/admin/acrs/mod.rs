//! Classes of authentication: `/api/admin/{tid}/servers/{wid}/acrs…`

mod create;
mod delete;
mod get;
mod list;
mod update;
mod validate;

use symbolon_store::Stored;
use symbolon_store::entity::Acr;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::auth::ManagementCx;
use crate::api::error::ApiError;
use crate::api::scheme::{MANAGE_TENANT, VIEW_TENANT, requires};
use crate::app::App;

/// The operations on classes of authentication.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(requires(&VIEW_TENANT, routes!(list::list_acrs)))
        .routes(requires(&MANAGE_TENANT, routes!(create::create_acr)))
        .routes(requires(&VIEW_TENANT, routes!(get::get_acr)))
        .routes(requires(&MANAGE_TENANT, routes!(update::update_acr, delete::delete_acr)))
}

/// A class of a workspace of this tenant.
async fn load(cx: &ManagementCx, workspace_id: &str, id: &str) -> Result<Stored<Acr>, ApiError> {
    cx.workspace(workspace_id).await?;
    let found = cx.store(workspace_id).find::<Acr>(id).await?;
    found.ok_or_else(|| ApiError::not_found("ACR", id))
}
