//! What a person has let a client have, remembered per client and scope.

use symbolon_protocol::{AuthorizationDetail, ClientAuthMethod, ScopeSet};
use symbolon_store::StoreError;
use symbolon_store::entity::Claim;

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
    /// Single claims that no scope of the request covers and that were not granted yet.
    pub missing_claims: Vec<String>,
    /// Such claims that were granted before.
    pub granted_claims: Vec<String>,
    /// Of each of the authorization details of the request, whether it was granted before.
    pub details: Vec<bool>,
}

/// What a person has allowed just now, as far as it is remembered.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// Scopes, and single claims among them.
    pub scopes: Vec<String>,
    /// Authorization details, each in its canonical text.
    pub details: Vec<String>,
}

/// Details that were allowed are remembered for so many seconds: many are about one occasion, and the table must not
/// grow for ever.
pub const DETAIL_SECONDS: i64 = 30 * 24 * 60 * 60;

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
        let claims = uncovered(cx, request).map(str::to_owned).collect();
        let mut found = Self::about(cx, client, subject, &request.scope, claims).await?;
        found.details = details(cx, client, subject, request).await?;
        found.is_asked_always = !client.entity.trusted
            && (client.host.is_some() || may_be_pretended(client, &request.redirect_uri));
        Ok(found)
    }

    /// The same about scopes that were not asked for at the authorization endpoint.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of_scope(
        cx: &Cx,
        client: &Client,
        subject: &str,
        asked: &ScopeSet,
    ) -> Result<Self, StoreError> {
        Self::about(cx, client, subject, asked, Vec::new()).await
    }

    async fn about(
        cx: &Cx,
        client: &Client,
        subject: &str,
        asked: &ScopeSet,
        claims: Vec<String>,
    ) -> Result<Self, StoreError> {
        if client.entity.trusted {
            return Ok(Self { granted: asked.clone(), ..Self::default() });
        }
        // What a document says of its client may be another thing tomorrow.
        let remembered = match client.host {
            Some(_) => Vec::new(),
            None => cx.store().list_scope_grants(subject, client.id()).await?,
        };
        let is_granted = |name: &str| match Asking::about(cx, name) {
            Asking::Never => true,
            Asking::Once => remembered.iter().any(|grant| grant.scope == name),
            Asking::EveryTime => false,
        };
        let granted = asked.filter(is_granted);
        let (granted_claims, missing_claims) = claims
            .into_iter()
            .partition(|name| remembered.iter().any(|grant| grant.scope == claim_grant(name)));
        Ok(Self {
            missing: asked.without(&granted),
            granted,
            is_asked_always: false,
            missing_claims,
            granted_claims,
            details: Vec::new(),
        })
    }
}

/// What of an accepted request is worth remembering: scopes, single claims and authorization details that would be asked
/// about once.
pub fn to_remember(cx: &Cx, client: &Client, accepted: &AuthorizationRequest) -> Allowed {
    let claims = uncovered(cx, accepted).filter(|_| client.host.is_none()).map(claim_grant);
    let details = accepted
        .authorization_details
        .iter()
        .filter(|detail| client.host.is_none() && !is_transient(cx, detail));
    Allowed {
        scopes: scopes_to_remember(cx, client, &accepted.scope).into_iter().chain(claims).collect(),
        details: details.map(AuthorizationDetail::canonical).collect(),
    }
}

/// Of each of the details of a request, whether the person need not be asked about it: an equal one was allowed before,
/// and its type is not `transient`.
async fn details(
    cx: &Cx,
    client: &Client,
    subject: &str,
    request: &AuthorizationRequest,
) -> Result<Vec<bool>, StoreError> {
    let asked = &request.authorization_details;
    if client.entity.trusted {
        return Ok(asked.iter().map(|_| true).collect());
    }
    let texts: Vec<_> = asked.iter().map(AuthorizationDetail::canonical).collect();
    let allowed = cx.store().are_details_allowed(subject, client.id(), &texts, cx.now.millis()).await?;
    Ok(asked.iter().zip(allowed).map(|(detail, allowed)| allowed && !is_transient(cx, detail)).collect())
}

fn is_transient(cx: &Cx, detail: &AuthorizationDetail) -> bool {
    cx.workspace.detail_types.find(detail.kind()).is_none_or(|known| known.entity.transient)
}

/// The same of scopes that were not asked for at the authorization endpoint.
pub fn scopes_to_remember(cx: &Cx, client: &Client, accepted: &ScopeSet) -> Vec<String> {
    let is_remembered = |name: &&str| client.host.is_none() && Asking::about(cx, name) == Asking::Once;
    let scopes = accepted.iter().filter(is_remembered);
    scopes.map(str::to_owned).collect()
}

/// The claims about the person that are asked for one by one, and that no scope of the request brings.
fn uncovered<'a>(cx: &'a Cx, request: &'a AuthorizationRequest) -> impl Iterator<Item = &'a str> {
    let is_covered = |claim: &Claim| {
        claim.scopes.is_empty() || claim.scopes.iter().any(|scope| request.scope.contains(scope))
    };
    let known = |name: &str| cx.workspace.claims.find(name);
    request.claims.names().filter(move |name| known(name).is_some_and(|claim| !is_covered(claim)))
}

/// How a claim is remembered among the scopes. No scope has a space.
fn claim_grant(name: &str) -> String {
    format!("claim {name}")
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
