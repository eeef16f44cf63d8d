//! What an access token says.

use serde::Deserialize;
use serde_json::{Map, Value};
use symbolon_protocol::{AuthorizationDetails, Confirmation, ScopeSet};

use super::sent::Scheme;

/// The claims of an access token, as [`issue`](crate::oauth2::issue) writes them.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// The workspace that issued it. No other token of a workspace has this claim.
    pub aid: String,
    /// Who acts for the subject (RFC 8693 §4.1).
    #[serde(default)]
    pub act: Option<Map<String, Value>>,
    /// Who may act for the subject (RFC 8693 §4.4).
    #[serde(default)]
    pub may_act: Option<Map<String, Value>>,
    /// The tenant of that workspace.
    pub tid: String,
    /// The class of the person's authentication.
    #[serde(default)]
    pub acr: Option<String>,
    /// How the person was authenticated.
    #[serde(default)]
    pub amr: Vec<String>,
    /// For whom it is.
    pub aud: Vec<String>,
    /// The client, where neither the grant nor the subject tells.
    #[serde(default)]
    pub client_id: Option<String>,
    /// What it gives beyond scopes (RFC 9396 §9.1).
    #[serde(default)]
    pub authorization_details: AuthorizationDetails,
    /// What it is bound to.
    #[serde(default)]
    pub cnf: Option<Confirmation>,
    /// End, in unix seconds.
    pub exp: i64,
    /// The workspace that keeps the grant, where it is another one of the tenant.
    #[serde(default)]
    pub gaid: Option<String>,
    /// The grant it ends with.
    #[serde(default)]
    pub gid: Option<String>,
    /// When it was issued, in unix seconds.
    pub iat: i64,
    /// The identity provider.
    pub idp: String,
    /// The issuer.
    pub iss: String,
    /// Its identifier.
    pub jti: String,
    /// Begin, in unix seconds.
    pub nbf: i64,
    /// The tokens it was exchanged for, by their `jti`: it ends with each of them. One of another workspace of the tenant
    /// has that before it: `{workspace}/{jti}`.
    #[serde(default, rename = "pjti")]
    pub parents: Vec<String>,
    /// Its scopes.
    #[serde(default)]
    pub scp: Option<ScopeSet>,
    /// Its scopes in the other format.
    #[serde(default)]
    scope: Option<String>,
    /// The subject.
    pub sub: String,
}

impl Claims {
    /// The scopes, in whichever format they are.
    pub fn scopes(&self) -> ScopeSet {
        match (&self.scp, &self.scope) {
            (Some(scp), _) => scp.clone(),
            (None, Some(scope)) => ScopeSet::parse(scope).unwrap_or_default(),
            (None, None) => ScopeSet::default(),
        }
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, name: &str) -> bool {
        match (&self.scp, &self.scope) {
            (Some(scp), _) => scp.contains(name),
            (None, Some(scope)) => scope.split(' ').any(|own| own == name),
            (None, None) => false,
        }
    }

    /// The certificate the token is bound to, by its thumbprint.
    pub fn thumbprint(&self) -> Option<&str> {
        self.cnf.as_ref()?.certificate_thumbprint.as_deref()
    }

    /// The key the token is bound to, by its thumbprint (RFC 9449 §6.1).
    pub fn jkt(&self) -> Option<&str> {
        self.cnf.as_ref()?.key_thumbprint.as_deref()
    }

    /// How the token must be sent.
    pub fn scheme(&self) -> Scheme {
        if self.jkt().is_some() { Scheme::Dpop } else { Scheme::Bearer }
    }
}
