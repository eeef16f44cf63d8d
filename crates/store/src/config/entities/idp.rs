//! Identity providers: what they check people with is sealed.

use zeroize::Zeroizing;

use super::sealed::Layout;
use super::{Entity, WorkspaceEntity, from_sealed, to_seal};
use crate::entity::Idp;
use crate::entity::idp::StaticCredentials;
use crate::error::{Result, StoreError};

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
