//! The first start without demo data: the tenant `system` with one administrator, whose password and client secret
//! are random and shown once.

use symbolon_store::entity::{Secret, Tenant};
use symbolon_store::{ListQuery, Store, StoreError};

use super::demo::SWAGGER_CLIENT;
use super::{NewTenant, SYSTEM_TENANT, create_tenant};
use crate::clock::Timestamp;
use crate::rng::Rng;

/// Credentials that exist nowhere else in readable form.
#[derive(Debug)]
pub struct FirstCredentials {
    /// Name of the administrator in workspace `admin` of the tenant.
    pub username: &'static str,
    /// The administrator's password.
    pub password: Secret,
    /// Client with which the administrator calls the API, in the same workspace.
    pub client_id: &'static str,
    /// The client's secret.
    pub client_secret: Secret,
}

impl FirstCredentials {
    /// New random credentials.
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        Self {
            username: "admin",
            password: Secret::new(rng.secret()),
            client_id: SWAGGER_CLIENT,
            client_secret: Secret::new(rng.secret()),
        }
    }
}

/// True when there is no tenant yet.
///
/// # Errors
/// What the store says.
pub async fn is_needed(store: &Store) -> Result<bool, StoreError> {
    let tenants = store.root().list(&ListQuery { limit: 1, ..ListQuery::default() }).await?;
    Ok(tenants.is_empty())
}

/// Makes the tenant `system` with an administrator of these credentials; `password_hash` is the argon2 hash of the
/// password. False when another process was faster: the credentials are of no use then.
///
/// # Errors
/// What the store says; `Internal` when no key could be made.
pub async fn create(
    store: &Store,
    rng: &Rng,
    credentials: &FirstCredentials,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tenant = Tenant { id: SYSTEM_TENANT.to_owned(), name: "System".to_owned(), ..Tenant::default() };
    let new = NewTenant { tenant, default_workspaces: false, credentials, password_hash };
    match create_tenant(store, rng, new, now).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { table, .. }) if table == "tenants" => Ok(false),
        Err(error) => Err(error),
    }
}
