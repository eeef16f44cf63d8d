//! Clients: their secrets are sealed, and hashes of them stay readable.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::sealed::Layout;
use super::{Entity, WorkspaceEntity, from_sealed, to_seal, word};
use crate::entity::client::ClientKind;
use crate::entity::{Client, ClientJwks, Secret, Timestamp};
use crate::error::Result;

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
