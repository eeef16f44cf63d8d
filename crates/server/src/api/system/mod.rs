//! The API for programs that take part in logins: `/api/system/{tid}/…`, with tokens of the tenant's workspace `system`.

mod logins;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// All operations of the family.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().merge(logins::routes())
}
