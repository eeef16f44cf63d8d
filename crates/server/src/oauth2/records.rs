//! What the authorization endpoint writes down and the token endpoint reads: the documents of grants and codes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_protocol::{AuthorizationDetails, ClaimsRequest, CodeChallenge, Confirmation, ScopeSet};

use crate::login::session::is_false;
use crate::login::{Person, Session};

/// A grant: what one person let one client have, once. Codes, refresh tokens and access tokens belong to a grant
/// and end with it. The document of the store's `grants` row; client and subject are columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrantRecord {
    /// All that was granted. Tokens may carry less, never more.
    pub scope: ScopeSet,
    /// How the person was authenticated.
    pub authentication: Authentication,
    /// The class of that authentication (`acr`), as the request preferred it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Single claims that were granted.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// Where its tokens are to be used (RFC 8707); empty: where its scopes are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What was granted beyond scopes (RFC 9396). Tokens may carry less, never more.
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
}

/// Who was authenticated, when and how: the source of `sub`, `auth_time`, `amr`, `acr`, `idp` and of claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authentication {
    /// The subject in this workspace (`sub`).
    pub subject: String,
    /// The user's name at the identity provider.
    pub username: String,
    /// The identity provider that vouches (`idp`).
    pub idp_id: String,
    /// Whether they made their account themselves: the store has it then, and `subject` is its id.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_own_account: bool,
    /// How they authenticated (RFC 8176). Empty where nobody has said it.
    pub amr: Vec<String>,
    /// The class that whoever authenticated them vouches for; else it is what `amr` reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When they logged in, in unix seconds.
    pub auth_time: i64,
    /// What the identity provider says about the person: the source of claims.
    pub authentication_context: Map<String, Value>,
    /// Names the session to the client (`sid`): a digest, not the cookie's value.
    pub session_id: String,
}

impl Authentication {
    /// The one that a session began with.
    pub fn of(session: &Session) -> Self {
        let person = &session.person;
        Self {
            subject: person.subject.clone(),
            username: person.username.clone(),
            idp_id: person.idp_id.clone(),
            has_own_account: person.has_own_account,
            amr: person.amr.clone(),
            acr: None,
            auth_time: session.auth_time,
            authentication_context: person.authentication_context.clone(),
            session_id: session.public_id(),
        }
    }

    /// One at this time (unix seconds) in which the browser has no part: there is no session that could be named.
    pub fn without_session(person: Person, auth_time: i64) -> Self {
        Self {
            subject: person.subject,
            username: person.username,
            idp_id: person.idp_id,
            has_own_account: person.has_own_account,
            amr: person.amr,
            acr: None,
            auth_time,
            authentication_context: person.authentication_context,
            session_id: String::new(),
        }
    }
}

/// A code: what the token request must match, and what the ID token repeats. The document of the store's `codes`
/// row; client and grant are columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The redirect URI, if the authorization request named it: the token request must repeat it (RFC 6749 §4.1.3).
    pub redirect_uri: Option<String>,
    /// PKCE: the token request must bring the verifier.
    pub code_challenge: Option<CodeChallenge>,
    /// Repeated in the ID token.
    pub nonce: Option<String>,
    /// The thumbprint of the key that the token request must prove (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
}

/// What a request with a refresh token must match. The document of the store's `refresh_tokens` row; client and
/// grant are columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshRecord {
    /// The thumbprint of the certificate it is bound to (RFC 8705 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The thumbprint of the key it is bound to (RFC 9449 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
}

impl RefreshRecord {
    /// The record of a token that is bound to this.
    pub fn bound_to(binding: Option<Confirmation>) -> Self {
        let Confirmation { certificate_thumbprint, key_thumbprint } = binding.unwrap_or_default();
        Self { certificate: certificate_thumbprint, jkt: key_thumbprint }
    }

    /// What it is bound to.
    pub fn binding(&self) -> Confirmation {
        Confirmation { certificate_thumbprint: self.certificate.clone(), key_thumbprint: self.jkt.clone() }
    }
}
