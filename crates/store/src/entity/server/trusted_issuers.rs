//! Issuers outside whose JWTs a workspace believes (RFC 7523 §2.1, RFC 8693).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{ClientJwks, GoDuration};

/// An issuer whose JWTs a workspace believes; an addition of ours. It is believed for nothing unless `jwt_bearer`,
/// `token_exchange` or `login_hint_token` is set.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TrustedIssuer {
    /// What a JWT may name in `aud` besides the issuer identifier and the token endpoint of this workspace.
    pub audiences: Vec<String>,
    /// The clients that may bring its JWTs; empty: every client that has the grant.
    pub clients: Vec<String>,
    /// `iss` of its JWTs, compared exactly.
    pub issuer: String,
    /// Its keys.
    pub jwks: Option<ClientJwks>,
    /// Where its keys are published.
    pub jwks_uri: Option<String>,
    /// Whether its JWTs count as authorization grants (RFC 7523 §2.1).
    pub jwt_bearer: bool,
    /// Whether its JWTs name people in backchannel requests (CIBA §7.1 `login_hint_token`).
    pub login_hint_token: bool,
    /// How long a JWT may live from `nbf`, `iat` or now to `exp`; an hour when absent.
    pub max_lifetime: Option<GoDuration>,
    /// Whether one JWT may be used more than once as an authorization grant.
    pub reusable: bool,
    /// The most that tokens issued for its JWTs may hold; empty: all scopes of the client.
    pub scopes: Vec<String>,
    /// The claim that names the subject; `sub` when absent.
    pub subject_claim: Option<String>,
    /// How the subject is named here.
    pub subject_mapping: SubjectMapping,
    /// Whether its JWTs can be exchanged (RFC 8693).
    pub token_exchange: bool,
}

/// How a subject of another issuer is named in this workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectMapping {
    /// By a one-way function of issuer and subject: nobody from elsewhere passes for somebody here.
    #[default]
    Hash,
    /// As the issuer names it: the issuer may speak for everybody here.
    Raw,
}
