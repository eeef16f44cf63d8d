//! Tenants and workspaces: whom everything else belongs to.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::sealed::Layout;
use super::{Entity, TenantEntity, from_sealed, to_seal, word};
use crate::entity::{ClientJwks, Secret, Server, ServerJwks, Tenant};
use crate::error::Result;

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
