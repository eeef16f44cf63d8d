//! What a new tenant and a new workspace begin with; the first administrator; the demo tenant.
//!
//! The management API, `serve` on an empty store and `quickstart` all come through [`create_tenant`] and
//! [`create_workspace`] or what they are made of, so that no workspace is without its scopes and keys.

use symbolon_jose::Algorithm;
use symbolon_store::entity::server::WorkspaceKind;
use symbolon_store::entity::{Secret, Server, Tenant};
use symbolon_store::{KeyState, Provision, Store, StoreError, Stored};

pub use self::defaults::has_first_words;
use self::first_start::FirstCredentials;
pub use self::key::MadeKey;
use crate::clock::Timestamp;
use crate::rng::Rng;
use crate::snapshot::algorithm_of;

mod defaults;
pub mod demo;
pub mod first_start;
mod key;

/// The tenant whose administrators manage the others.
pub const SYSTEM_TENANT: &str = "system";

/// A tenant that is to be made.
#[derive(Debug)]
pub struct NewTenant<'a> {
    /// The tenant.
    pub tenant: Tenant,
    /// Whether it also gets the workspaces `default` and `developer`.
    pub default_workspaces: bool,
    /// The credentials of its administrator, and of the client with which the API is called.
    pub credentials: &'a FirstCredentials,
    /// The argon2 hash of the password.
    pub password_hash: &'a str,
}

/// Adds a tenant with its workspaces `admin` and `system`, and if asked `default` and `developer`, each with its
/// services, scopes and keys; and in `admin` an administrator and a client for the API. All or nothing.
///
/// # Errors
/// `Conflict` when the tenant's id is taken; what the store says; `Internal` when no key could be made.
pub async fn create_tenant(
    store: &Store,
    rng: &Rng,
    new: NewTenant<'_>,
    now: Timestamp,
) -> Result<Stored<Tenant>, StoreError> {
    let id = new.tenant.id.clone();
    let mut provision = store.provision(now.millis());
    provision.tenant(new.tenant)?;
    for workspace in default_workspaces_of(new.default_workspaces) {
        add_workspace(&mut provision, rng, &id, workspace).await?;
    }
    provision.entity(
        &id,
        "admin",
        demo::idp("admin", "Administrators", demo::administrator(new.password_hash)),
    )?;
    provision.entity(&id, "admin", demo::swagger_client(&id, new.credentials.client_secret.reveal()))?;
    provision.commit().await?;
    store.root().load(&id).await
}

/// Adds a workspace with its services, scopes and keys. All or nothing.
///
/// # Errors
/// `Conflict` when its id is taken, `MissingParent` when there is no such tenant; what the store says;
/// `Internal` when no key could be made.
pub async fn create_workspace(
    store: &Store,
    rng: &Rng,
    tenant_id: &str,
    workspace: Server,
    now: Timestamp,
) -> Result<Stored<Server>, StoreError> {
    let id = workspace.id.clone();
    let mut provision = store.provision(now.millis());
    add_workspace(&mut provision, rng, tenant_id, workspace).await?;
    provision.commit().await?;
    store.tenant(tenant_id).load(&id).await
}

/// Adds a workspace and what it begins with to what will be stored.
async fn add_workspace(
    provision: &mut Provision<'_>,
    rng: &Rng,
    tenant_id: &str,
    mut workspace: Server,
) -> Result<(), StoreError> {
    let id = workspace.id.clone();
    let kind = workspace.kind;
    let algorithm = algorithm_of(workspace.key_type);
    let random = || Some(Secret::new(rng.secret()));
    workspace.secret = workspace.secret.or_else(random);
    workspace.subject_identifier_algorithm_salt = workspace.subject_identifier_algorithm_salt.or_else(random);
    provision.workspace(tenant_id, workspace)?;
    for (service, scopes) in defaults::services(tenant_id, &id, kind) {
        provision.entity(tenant_id, &id, service)?;
        for scope in scopes {
            provision.entity(tenant_id, &id, scope)?;
        }
    }
    for claim in defaults::claims(&id) {
        provision.entity(tenant_id, &id, claim)?;
    }
    // One to sign with, and the one that will follow it and is published already.
    for state in [KeyState::Current, KeyState::Next] {
        let key = MadeKey::new(algorithm).await?;
        provision.key(tenant_id, &id, &key.as_new(), state)?;
    }
    // OpenID Connect Discovery §3: every OpenID Provider signs ID tokens with RS256 for clients that ask for it.
    if kind == WorkspaceKind::Regular && !algorithm.is_rsa() {
        let key = MadeKey::new(Algorithm::RS256).await?;
        provision.key(tenant_id, &id, &key.as_new(), KeyState::Current)?;
    }
    Ok(())
}

/// The workspaces that come with a tenant.
fn default_workspaces_of(all: bool) -> impl Iterator<Item = Server> {
    let workspaces = [
        ("admin", "Admin", WorkspaceKind::Admin),
        ("system", "System", WorkspaceKind::System),
        ("default", "Default", WorkspaceKind::Regular),
        ("developer", "Developer portal", WorkspaceKind::Developer),
    ];
    let count = if all { 4 } else { 2 };
    workspaces.into_iter().take(count).map(|(id, name, kind)| Server {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        ..Server::default()
    })
}

#[cfg(test)]
mod tests;
