//! How each entity lies in its table: what is a column, what is sealed, what the store fills in.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::entity::client::ClientKind;
use crate::entity::idp::StaticCredentials;
use crate::entity::{
    Acr, AuthorizationDetail, Claim, Client, ClientJwks, Idp, Scope, Secret, Server, ServerJwks, Service,
    Tenant, Timestamp,
};
use crate::error::{Result, StoreError};

/// An entity with a table of its own.
pub trait Entity: Layout + Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What it is called in errors.
    const NAME: &'static str;

    /// Its id, unique in the tenant.
    fn id(&self) -> &str;

    /// Its name, for people and for sorting.
    fn name(&self) -> &str;

    /// Words that lists are filtered by, such as `service`, `oauth2` or `system`.
    fn tags(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An entity that belongs to a tenant.
pub trait TenantEntity: Entity {}

/// An entity that belongs to a workspace.
pub trait WorkspaceEntity: Entity {}

pub(crate) mod sealed {
    use super::{Result, Zeroizing};

    /// What only the store needs to know of an entity.
    pub trait Layout: Sized {
        const TABLE: &'static str;
        /// Column of its own, beside those that all entities have.
        const EXTRA: Option<&'static str> = None;

        fn extra(&self) -> Option<&str> {
            None
        }

        /// An error when it holds what must not be stored.
        fn check(&self) -> Result<()> {
            Ok(())
        }

        /// Writes down whom it belongs to.
        fn place(&mut self, _tenant: &str, _workspace: &str) {}

        /// Writes down when it was made and last changed (unix ms).
        fn stamp(&mut self, _created: i64, _updated: i64) {}

        /// Removes everything secret from the entity, and returns it as it is to be sealed.
        fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
            Ok(None)
        }

        /// Puts back what `take_secrets` took.
        fn put_secrets(&mut self, _opened: &[u8]) -> Result<()> {
            Ok(())
        }
    }
}

use sealed::Layout;

impl Entity for Tenant {
    const NAME: &'static str = "tenant";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Layout for Tenant {
    const TABLE: &'static str = "tenants";

    fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.jwks.iter_mut().for_each(ServerJwks::keep_public);
        Ok(None)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(default)]
#[derive(Default)]
struct ServerSecrets {
    secret: Option<Secret>,
    rotated: Vec<Secret>,
    subject_salt: Option<Secret>,
}

impl Entity for Server {
    const NAME: &'static str = "workspace";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its kind, and `template`.
    fn tags(&self) -> Vec<String> {
        let mut tags = vec![word(&self.kind)];
        if self.template {
            tags.push("template".to_owned());
        }
        tags
    }
}

impl Layout for Server {
    const TABLE: &'static str = "workspaces";

    fn place(&mut self, tenant: &str, _workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
    }

    fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        // Keys lie in a table of their own; what came in here was a copy of it, or nothing.
        self.jwks = None;
        let secrets = ServerSecrets {
            secret: self.secret.take(),
            rotated: std::mem::take(&mut self.rotated_secrets),
            subject_salt: self.subject_identifier_algorithm_salt.take(),
        };
        let public = |keys: &mut Option<ClientJwks>| keys.iter_mut().for_each(ClientJwks::keep_public);
        if let Some(anchor) = &mut self.trust_anchor_configuration {
            public(&mut anchor.jwks);
        }
        let payload = self.dynamic_client_registration.as_mut().and_then(|dcr| dcr.payload.as_mut());
        if let Some(jws) = payload.and_then(|payload| payload.jws_payload.as_mut()) {
            public(&mut jws.jwks);
        }
        let empty = secrets.secret.is_none() && secrets.rotated.is_empty() && secrets.subject_salt.is_none();
        if empty { Ok(None) } else { to_seal(&secrets).map(Some) }
    }

    fn put_secrets(&mut self, opened: &[u8]) -> Result<()> {
        let secrets: ServerSecrets = from_sealed(opened)?;
        self.secret = secrets.secret;
        self.rotated_secrets = secrets.rotated;
        self.subject_identifier_algorithm_salt = secrets.subject_salt;
        Ok(())
    }
}

impl TenantEntity for Server {}

#[derive(Deserialize, Serialize)]
#[serde(default)]
#[derive(Default)]
struct ClientSecrets {
    current: Option<Secret>,
    rotated: Vec<Secret>,
}

impl Entity for Client {
    const NAME: &'static str = "client";

    fn id(&self) -> &str {
        &self.client_id
    }

    fn name(&self) -> &str {
        &self.client_name
    }

    /// Its application types, `oauth2` or `saml`, `system` and `dynamically_registered`.
    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = self.application_types.iter().map(word).collect();
        tags.push(word::<ClientKind>(&self.client_type));
        if self.system {
            tags.push("system".to_owned());
        }
        if self.dynamically_registered {
            tags.push("dynamically_registered".to_owned());
        }
        tags
    }
}

impl Layout for Client {
    const TABLE: &'static str = "clients";

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }

    fn stamp(&mut self, created: i64, updated: i64) {
        self.created_at = Some(Timestamp(created));
        self.updated_at = Some(Timestamp(updated));
    }

    fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.jwks.iter_mut().for_each(ClientJwks::keep_public);
        let secrets = ClientSecrets {
            current: self.client_secret.take(),
            rotated: std::mem::take(&mut self.rotated_secrets),
        };
        self.hashed_secret = secrets.current.as_ref().map(Secret::sha256_hex);
        self.hashed_rotated_secrets = secrets.rotated.iter().map(Secret::sha256_hex).collect();
        let empty = secrets.current.is_none() && secrets.rotated.is_empty();
        if empty { Ok(None) } else { to_seal(&secrets).map(Some) }
    }

    fn put_secrets(&mut self, opened: &[u8]) -> Result<()> {
        let secrets: ClientSecrets = from_sealed(opened)?;
        self.client_secret = secrets.current;
        self.rotated_secrets = secrets.rotated;
        Ok(())
    }
}

impl WorkspaceEntity for Client {}

impl Entity for Scope {
    const NAME: &'static str = "scope";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Layout for Scope {
    const TABLE: &'static str = "scopes";
    const EXTRA: Option<&'static str> = Some("service_id");

    fn extra(&self) -> Option<&str> {
        self.service_id.as_deref()
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Scope {}

impl Entity for AuthorizationDetail {
    const NAME: &'static str = "authorization detail";

    fn id(&self) -> &str {
        &self.id
    }

    /// Its type: that is what is unique.
    fn name(&self) -> &str {
        &self.kind
    }
}

impl Layout for AuthorizationDetail {
    const TABLE: &'static str = "authorization_details";
    const EXTRA: Option<&'static str> = Some("service_id");

    fn extra(&self) -> Option<&str> {
        self.service_id.as_deref()
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for AuthorizationDetail {}

impl Entity for Claim {
    const NAME: &'static str = "claim";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Layout for Claim {
    const TABLE: &'static str = "claims";
    const EXTRA: Option<&'static str> = Some("claim_type");

    fn extra(&self) -> Option<&str> {
        Some(self.kind.as_str())
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Claim {}

impl Entity for Acr {
    const NAME: &'static str = "ACR";

    fn id(&self) -> &str {
        &self.id
    }

    /// Its value: that is what is unique.
    fn name(&self) -> &str {
        &self.value
    }
}

impl Layout for Acr {
    const TABLE: &'static str = "acrs";

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Acr {}

impl Entity for Service {
    const NAME: &'static str = "service";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its kind, and `built_in` when it cannot be deleted.
    fn tags(&self) -> Vec<String> {
        let mut tags = vec![word(&self.kind)];
        if self.system {
            tags.push("built_in".to_owned());
        }
        tags
    }
}

impl Layout for Service {
    const TABLE: &'static str = "services";

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }

    fn stamp(&mut self, _created: i64, updated: i64) {
        self.updated_at = Some(Timestamp(updated));
    }
}

impl WorkspaceEntity for Service {}

impl Entity for Idp {
    const NAME: &'static str = "identity provider";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its method.
    fn tags(&self) -> Vec<String> {
        vec![self.method.clone()]
    }
}

impl Layout for Idp {
    const TABLE: &'static str = "idps";

    /// Passwords must come as argon2 hashes in PHC form.
    fn check(&self) -> Result<()> {
        let users = self.credentials.iter().flat_map(|credentials| &credentials.users);
        match users.filter_map(|user| user.password.as_ref()).all(|p| p.reveal().starts_with("$argon2")) {
            true => Ok(()),
            false => Err(StoreError::Invalid("a readable password of a static user".to_owned())),
        }
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }

    fn take_secrets(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.credentials.take().map(|credentials| to_seal(&credentials)).transpose()
    }

    fn put_secrets(&mut self, opened: &[u8]) -> Result<()> {
        self.credentials = Some(from_sealed::<StaticCredentials>(opened)?);
        Ok(())
    }
}

impl WorkspaceEntity for Idp {}

/// The wire name of a choice.
fn word<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn to_seal<T: Serialize>(secrets: &T) -> Result<Zeroizing<Vec<u8>>> {
    serde_json::to_vec(secrets).map(Zeroizing::new).map_err(|e| StoreError::Invalid(e.to_string()))
}

fn from_sealed<T: DeserializeOwned>(opened: &[u8]) -> Result<T> {
    serde_json::from_slice(opened).map_err(|e| StoreError::Corrupt(format!("sealed value: {e}")))
}
