//! What a person has let a client have, remembered per client and scope.

use symbolon_protocol::ScopeSet;
use symbolon_store::StoreError;

use crate::cx::Cx;
use crate::snapshot::Client;

/// The scopes asked for, by what has been said about them.
#[derive(Clone, Debug, Default)]
pub struct Consents {
    /// Granted before, or never asked about.
    pub granted: ScopeSet,
    /// Not granted yet: the person is asked.
    pub missing: ScopeSet,
}

impl Consents {
    /// What `subject` has said about `asked`. A trusted client, and a scope with `implicit_grant`, are not asked
    /// about; a `transient` scope is asked about every time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(cx: &Cx, client: &Client, subject: &str, asked: &ScopeSet) -> Result<Self, StoreError> {
        if client.entity.trusted {
            return Ok(Self { granted: asked.clone(), missing: ScopeSet::default() });
        }
        let remembered = cx.store().list_scope_grants(subject, client.id()).await?;
        let is_granted = |name: &str| {
            let entry = cx.workspace.scopes.find(name);
            let transient = entry.is_some_and(|entry| entry.scope.transient);
            let implicit = entry.is_some_and(|entry| entry.scope.implicit_grant);
            implicit || (!transient && remembered.iter().any(|grant| grant.scope == name))
        };
        let granted = asked.filter(is_granted);
        Ok(Self { missing: asked.without(&granted), granted })
    }
}

/// The scopes of an accepted request that are worth remembering.
pub fn to_remember(cx: &Cx, accepted: &ScopeSet) -> ScopeSet {
    accepted.filter(|name| !cx.workspace.scopes.find(name).is_some_and(|entry| entry.scope.transient))
}
