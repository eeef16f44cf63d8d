//! `POST /api/system/tenants`

use serde::{Deserialize, Serialize};
use symbolon_store::entity::{Client, Idp, Server, Tenant};
use symbolon_store::{ListQuery, StoreError};
use utoipa::ToSchema;

use crate::api::auth::ManagementCx;
use crate::api::error::{ApiError, Faults};
use crate::api::etag::Versioned;
use crate::api::extract::Params;
use crate::api::json::Body;
use crate::api::passwords;
use crate::api::tenants;
use crate::seed::first_start::FirstCredentials;
use crate::seed::{self, NewTenant};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct With {
    /// Whether the tenant also gets the workspaces `default` and `developer`.
    with_default_workspaces: Option<bool>,
}

/// A new tenant and what it began with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TenantCreated {
    /// The tenant.
    tenant: Tenant,
    /// Its workspaces.
    servers: Vec<Server>,
    /// Its clients, with their secrets.
    clients: Vec<Client>,
    /// Its identity providers, with the administrator's password.
    idps: Vec<Idp>,
}

/// Create tenant
///
/// With the workspaces `admin` and `system`, one administrator and one client that may call the admin API. Their
/// password and secret are made at random; the password is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/system/tenants", operation_id = "createTenant", tag = "tenants", params(With),
    request_body = Tenant,
    responses((status = 201, description = "The tenant", body = TenantCreated, headers(("etag" = String))))
)]
pub(super) async fn create_tenant(
    cx: ManagementCx,
    Params(with): Params<With>,
    Body(mut tenant): Body<Tenant>,
) -> Result<Versioned<TenantCreated>, ApiError> {
    if tenant.id.is_empty() {
        tenant.id = cx.new_id();
    }
    let mut faults = Faults::default();
    let message =
        "must be at most 64 lower-case letters, digits, hyphens or underscores, and no path of this server";
    faults.check(tenants::is_tenant_id(&tenant.id), "id", message);
    tenants::check(&tenant, &mut faults);
    faults.into_result()?;

    let id = tenant.id.clone();
    let credentials = FirstCredentials::new(&cx.app.rng);
    let password_hash = passwords::hash_one(&cx, &credentials.password).await?;
    let new = NewTenant {
        tenant,
        default_workspaces: with.with_default_workspaces.unwrap_or(false),
        credentials: &credentials,
        password_hash: &password_hash,
    };
    let made = seed::create_tenant(&cx.app.store, &cx.app.rng, new, cx.now).await;
    let stored = made.map_err(|error| match error {
        StoreError::Conflict { table, .. } if table == "tenants" => ApiError::exists("tenant", &id),
        other => other.into(),
    })?;
    cx.changed_tenant(&id);
    let all = ListQuery::all();
    let own = cx.app.store.tenant(&id);
    let created = TenantCreated {
        tenant: stored.value,
        servers: values(own.list(&all).await?),
        clients: values(own.list(&all).await?),
        idps: show_password(values(own.list(&all).await?), &credentials),
    };
    Ok(Versioned::created(stored.version, created))
}

/// This once, instead of its hash.
fn show_password(mut idps: Vec<Idp>, credentials: &FirstCredentials) -> Vec<Idp> {
    for user in idps.iter_mut().filter_map(|idp| idp.credentials.as_mut()).flat_map(|known| &mut known.users)
    {
        user.password = (user.username == credentials.username).then(|| credentials.password.clone());
    }
    idps
}

fn values<E>(stored: Vec<symbolon_store::Stored<E>>) -> Vec<E> {
    stored.into_iter().map(|stored| stored.value).collect()
}
