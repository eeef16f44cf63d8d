//! Access tokens: signed (the claims of ACP, with `gid`) or opaque.

use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_protocol::{AuthorizationDetails, Confirmation, OAuthError, ScopeSet};
use symbolon_store::entity::server::{AccessTokenStrategy, ScopeClaimFormat};
use uuid::Uuid;

use super::audience::Audience;
use super::{NewAccess, subject};
use crate::cx::Cx;
use crate::oauth2::claims::Telling;
use crate::oauth2::grants::{Exchanged, Person};
use crate::snapshot::{Client, Workspace};

/// What an access token says.
#[derive(Serialize)]
struct Claims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<&'a Map<String, Value>>,
    aid: &'a str,
    /// Absent where nobody said how the person was authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    aud: Audience<'a>,
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    authorization_details: &'a AuthorizationDetails,
    /// The client, where nothing else tells (no grant, and a subject that is a person), and where RFC 9068 wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<&'a Confirmation>,
    exp: i64,
    /// The workspace of the grant, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    gaid: Option<&'a str>,
    /// The grant this token ends with.
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<&'a str>,
    iat: i64,
    idp: &'a str,
    iss: &'a str,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_act: Option<&'a Map<String, Value>>,
    nbf: i64,
    /// The tokens it was exchanged for: it ends with each of them.
    #[serde(rename = "pjti", skip_serializing_if = "<[_]>::is_empty")]
    parents: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Spaced<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scp: Option<&'a ScopeSet>,
    st: &'static str,
    sub: &'a str,
    tid: &'a str,
}

/// Scopes as one text.
struct Spaced<'a>(&'a ScopeSet);

impl Serialize for Spaced<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// An access token of the workspace's kind, about to be made.
pub(super) struct Draft<'a> {
    pub(super) cx: &'a Cx,
    pub(super) client: &'a Client,
    /// Whose access it is, unless it is the client's own.
    pub(super) person: Option<&'a Person>,
    /// What it was exchanged for.
    pub(super) exchanged: Option<&'a Exchanged>,
    pub(super) scope: &'a ScopeSet,
    /// Where it is to be used; empty: where its scopes are.
    pub(super) resources: &'a [String],
    /// What it gives beyond scopes (RFC 9396).
    pub(super) details: &'a AuthorizationDetails,
    /// What it is bound to.
    pub(super) confirmation: Option<&'a Confirmation>,
    /// In seconds.
    pub(super) lifetime: i64,
}

impl Draft<'_> {
    /// The token, and what the store must keep of an opaque one.
    pub(super) fn finish(self) -> Result<(String, Option<NewAccess>), OAuthError> {
        let Self { cx, client, person, exchanged, scope, resources, details, confirmation, lifetime } = self;
        let workspace = &cx.workspace;
        let issuer = cx.issuer();
        let authentication = person.map(|person| &person.record.authentication);
        let sub = match authentication {
            Some(authentication) => subject::of(workspace, client, &authentication.subject),
            None => client.id().into(),
        };
        let mut jti = Uuid::encode_buffer();
        let standard = is_standard(workspace);
        let formats = &workspace.server.scope_claim_formats;
        let own = client.entity.token_exchange.as_ref().and_then(|own| own.may_act.as_ref());
        let may_act =
            exchanged.and_then(|exchanged| exchanged.may_act.as_ref()).or_else(|| own.map(|own| &own.0));
        // The grant names its own client, which is not the one that exchanges.
        let says_client = exchanged.is_some() || person.is_some_and(|person| person.grant_id.is_none());
        let claims = Claims {
            acr: person.and_then(|person| person.record.acr.as_deref()),
            act: exchanged.and_then(|exchanged| exchanged.act.as_ref()),
            aid: &workspace.id,
            amr: match authentication {
                Some(authentication) => Some(&*authentication.amr).filter(|amr| !amr.is_empty()),
                None => Some(&[]),
            },
            // RFC 9470 §6.1: of a login, so that a resource can tell whether it is recent enough.
            auth_time: authentication
                .filter(|_| standard || person.is_some_and(|person| person.grant_id.is_some()))
                .map(|authentication| authentication.auth_time),
            aud: Audience::new(cx, client, (scope, details), resources),
            authorization_details: details,
            client_id: (standard || says_client).then(|| client.id()),
            cnf: confirmation,
            exp: cx.now.seconds().saturating_add(lifetime),
            gaid: exchanged.and_then(|exchanged| exchanged.grant_workspace.as_deref()),
            gid: person.and_then(|person| person.grant_id.as_deref()),
            iat: cx.now.seconds(),
            idp: authentication.map_or("", |authentication| &authentication.idp_id),
            iss: &issuer,
            jti: cx.app.rng.uuid().hyphenated().encode_lower(&mut jti),
            may_act,
            nbf: cx.now.seconds(),
            parents: exchanged.map_or(&[], |exchanged| &exchanged.parents),
            scope: (standard || formats.contains(&ScopeClaimFormat::ScopeString)).then_some(Spaced(scope)),
            // Without any format configured there is still one: nobody could read the scopes otherwise.
            scp: (formats.contains(&ScopeClaimFormat::ScpArray) || formats.is_empty()).then_some(scope),
            st: subject::kind(client),
            sub: &sub,
            tid: &workspace.tenant_id,
        };
        let telling = Telling { workspace, client, scope, authentication };
        let claims = Told { token: claims, about: telling.in_access_token() };
        match workspace.server.access_token_strategy {
            AccessTokenStrategy::Jwt => {
                let keys = &workspace.keys;
                let signer = if standard { &keys.access_token_signer } else { &keys.signer };
                let signed = match claims.about.is_empty() {
                    true => signer.sign_json(&claims.token),
                    false => signer.sign_json(&claims),
                };
                let token =
                    signed.map_err(|error| OAuthError::server_error("signing_failed").detail(error))?;
                Ok((token, None))
            }
            AccessTokenStrategy::Opaque => Ok((cx.app.rng.secret(), Some(remember(&claims)?))),
        }
    }
}

/// Whether access tokens are such as RFC 9068 has them: `at+jwt`, with `client_id`, `scope` and `auth_time`.
fn is_standard(workspace: &Workspace) -> bool {
    workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.rfc9068_access_tokens)
}

/// The same with the claims that the workspace has it tell. None of them has a name of the others.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    token: Claims<'a>,
    #[serde(flatten)]
    about: Map<String, Value>,
}

fn remember(claims: &Told<'_>) -> Result<NewAccess, OAuthError> {
    let doc = serde_json::to_value(claims)
        .map_err(|error| OAuthError::server_error("record_unwritable").detail(error))?;
    // The store knows the grants of this workspace; that of another is asked for when the token comes back.
    let token = &claims.token;
    let grant_id = token.gid.filter(|_| token.gaid.is_none()).map(str::to_owned);
    Ok(NewAccess { grant_id, doc, expires_at: token.exp.saturating_mul(1000) })
}
