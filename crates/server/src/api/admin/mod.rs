//! The admin API of a tenant: `/api/admin/{tid}/…`, with tokens of the tenant's workspace `admin`.

mod acrs;
mod authorization_details;
mod certificates;
mod claims;
mod clients;
mod idps;
mod keys;
mod refusals;
mod scopes;
mod servers;
mod services;
mod tenant;
mod tokens;

use utoipa_axum::router::OpenApiRouter;

pub(super) use servers::{Workspaces, WorkspacesResponse, list_workspaces_of};

use crate::app::App;

/// All operations of the family.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(clients::routes())
        .merge(servers::routes())
        .merge(scopes::routes())
        .merge(services::routes())
        .merge(authorization_details::routes())
        .merge(claims::routes())
        .merge(acrs::routes())
        .merge(keys::routes())
        .merge(idps::routes())
        .merge(tenant::routes())
        .merge(certificates::routes())
        .merge(refusals::routes())
        .merge(tokens::routes())
}
