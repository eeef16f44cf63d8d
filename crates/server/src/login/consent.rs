//! What a person has let a client have, remembered per client and scope.

use symbolon_protocol::{ClientAuthMethod, ScopeSet};
use symbolon_store::StoreError;

use crate::cx::Cx;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::snapshot::Client;

/// The scopes asked for, by what has been said about them.
#[derive(Clone, Debug, Default)]
pub struct Consents {
    /// Granted before, or never asked about.
    pub granted: ScopeSet,
    /// Not granted yet: the person is asked.
    pub missing: ScopeSet,
    /// The person is asked even if nothing is missing.
    pub is_asked_always: bool,
}

impl Consents {
    /// What `subject` has said about the scopes of the request. A trusted client, and a scope with
    /// `implicit_grant`, are not asked about; a `transient` scope is asked about every time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(
        cx: &Cx,
        client: &Client,
        subject: &str,
        request: &AuthorizationRequest,
    ) -> Result<Self, StoreError> {
        let asked = &request.scope;
        if client.entity.trusted {
            return Ok(Self { granted: asked.clone(), ..Self::default() });
        }
        let remembered = cx.store().list_scope_grants(subject, client.id()).await?;
        let is_granted = |name: &str| match Asking::about(cx, name) {
            Asking::Never => true,
            Asking::Once => remembered.iter().any(|grant| grant.scope == name),
            Asking::EveryTime => false,
        };
        let granted = asked.filter(is_granted);
        let is_asked_always = may_be_pretended(client, &request.redirect_uri);
        Ok(Self { missing: asked.without(&granted), granted, is_asked_always })
    }
}

/// The scopes of an accepted request that are worth remembering: those that would be asked about once.
pub fn to_remember(cx: &Cx, accepted: &ScopeSet) -> ScopeSet {
    accepted.filter(|name| Asking::about(cx, name) == Asking::Once)
}

/// How often a person is asked about a scope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Never,
    Once,
    EveryTime,
}

impl Asking {
    fn about(cx: &Cx, name: &str) -> Self {
        let scope = cx.workspace.scopes.find(name).map(|entry| &entry.scope);
        match scope {
            Some(scope) if scope.implicit_grant => Self::Never,
            Some(scope) if scope.transient => Self::EveryTime,
            _ => Self::Once,
        }
    }
}

/// RFC 8252 §8.6: a public client is known by nothing but the address it is answered at, and any program on the
/// device can listen on a loopback port or take a private-use scheme. What was allowed to the client before must not
/// serve such a program in silence.
fn may_be_pretended(client: &Client, redirect_uri: &str) -> bool {
    client.auth_method == ClientAuthMethod::None && !redirect_uri.starts_with("https:")
}
