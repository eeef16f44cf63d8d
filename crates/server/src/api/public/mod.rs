//! What people do for themselves: `/{tid}/{aid}/…`, with access tokens that they let a client have (ACP's public API).

mod person;
mod sessions;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// All operations of the family.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().merge(sessions::routes())
}
