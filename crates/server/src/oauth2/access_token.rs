//! Access tokens that come back to us: at userinfo, introspection, revocation and the management APIs.
//!
//! Nothing about a token is remembered between requests but that its signature is right. Whether it has expired or was
//! revoked, and whether its client is still there, is asked every time.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use quick_cache::sync::Cache;
use serde::Deserialize;
use symbolon_jose::{UnverifiedJwt, sha256};
use symbolon_protocol::{Authorization, Confirmation, Form, OAuthError, ScopeSet};

use super::error::store_failure;
use super::records::GrantRecord;
use crate::app::App;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::snapshot::{Client, Workspace};
use crate::tls::Peer;

/// How many tokens are remembered to be rightly signed.
const TOKENS: usize = 5_000;

/// A live access token of a workspace.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// What it says.
    pub claims: Arc<Claims>,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// What it was issued for, if it is a person's.
    pub grant: Option<GrantRecord>,
}

/// The claims of an access token, as [`issue`](super::issue) writes them.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// The workspace that issued it. No other token of a workspace has this claim.
    pub aid: String,
    /// The tenant of that workspace.
    pub tid: String,
    /// How the person was authenticated.
    pub amr: Vec<String>,
    /// For whom it is.
    pub aud: Vec<String>,
    /// The client, where neither the grant nor the subject tells.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The certificate it is bound to.
    #[serde(default)]
    pub cnf: Option<Confirmation>,
    /// End, in unix seconds.
    pub exp: i64,
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
}

/// The live access token of `workspace` that this text is.
///
/// Its issuer is not compared: without `server.url` a workspace has as many names as it is reached by. Its keys, its
/// id and its tenant's id say that it is its own.
///
/// # Errors
/// `invalid_token` with the reason; `temporarily_unavailable` when the store is away: that says nothing about the
/// token.
pub async fn find(
    app: &App,
    workspace: &Workspace,
    now: Timestamp,
    token: &str,
) -> Result<AccessToken, OAuthError> {
    let claims = match token.contains('.') {
        true => app.memory.tokens.verify(workspace, token)?,
        false => Arc::new(find_opaque(app, workspace, now, token).await?),
    };
    if *claims.aid != *workspace.id || *claims.tid != *workspace.tenant_id {
        return Err(invalid("access_token_of_another_workspace")
            .expected(format!("{}/{}", workspace.tenant_id, workspace.id))
            .got(format!("{}/{}", claims.tid, claims.aid)));
    }
    if now.seconds() >= claims.exp {
        let late = now.seconds() - claims.exp;
        return Err(invalid("access_token_expired").detail(format!("it expired {late} s ago")));
    }
    if now.seconds() < claims.nbf {
        return Err(invalid("access_token_not_yet_valid"));
    }
    let grant = still_granted(app, workspace, &claims).await?;
    let of_grant = grant.as_ref().map(|(client_id, _)| client_id);
    let client_id = claims.client_id.as_ref().or(of_grant).unwrap_or(&claims.sub);
    let client = app.snapshots.client(&app.store, workspace, client_id).await;
    let client = client.map_err(|error| store_failure(&error))?.filter(|client| client.is_active());
    let client = client.ok_or_else(|| invalid("access_token_client_gone").got(client_id))?;
    Ok(AccessToken { claims, client, grant: grant.map(|(_, record)| record) })
}

/// The access token with which a request authorizes itself, in the header or in the form (RFC 6750 §2.1, §2.2). A
/// token in the query counts for nothing: queries are logged.
///
/// # Errors
/// As [`find`]; `invalid_token` when there is none, or when it is bound to a certificate that this connection did not
/// show (RFC 8705 §3); `invalid_request` when there are two.
pub async fn authorize(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<AccessToken, OAuthError> {
    let token = match (bearer(headers)?, form.get("access_token")) {
        (Some(token), None) | (None, Some(token)) => token,
        (None, None) => return Err(missing()),
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_request("access_token_twice")
                .description("The request has an access token in the header and another in the form."));
        }
    };
    let token = find(&cx.app, &cx.workspace, cx.now, token).await?;
    check_binding(&cx.peer, &token.claims)?;
    Ok(token)
}

/// The token of a Bearer header; `None` when there is no Authorization header.
///
/// # Errors
/// `invalid_request` when there are several headers, `invalid_token` when it is another scheme or malformed.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(OAuthError::invalid_request("authorization_header_repeated")
            .description("The Authorization header is repeated."));
    }
    let malformed =
        || invalid("authorization_header_malformed").description("The Authorization header is malformed.");
    match Authorization::parse(value.to_str().map_err(|_| malformed())?) {
        Ok(Authorization::Bearer(token)) => Ok(Some(token)),
        Ok(Authorization::Basic(_) | Authorization::Dpop(_)) => Err(missing()),
        Err(error) => Err(malformed().detail(error)),
    }
}

/// RFC 8705 §3: a bound token counts only on a connection with its certificate.
///
/// # Errors
/// `invalid_token`.
pub fn check_binding(peer: &Peer, claims: &Claims) -> Result<(), OAuthError> {
    let Some(bound) = claims.thumbprint() else { return Ok(()) };
    let shown = peer.certificate.as_ref().map(|certificate| certificate.leaf.x5t_s256());
    if shown.as_deref() == Some(bound) {
        return Ok(());
    }
    Err(invalid("access_token_certificate_mismatch")
        .description(
            "The access token is bound to a client certificate, which this connection did not present.",
        )
        .expected(format!("the certificate with x5t#S256 {bound}"))
        .got(shown.as_deref().unwrap_or("no certificate")))
}

/// Signed tokens whose signature was found right, by their SHA-256 and the keys they were verified with.
pub struct VerifiedTokens(Cache<(u64, [u8; 32]), Arc<Claims>>);

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self(Cache::new(TOKENS))
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedTokens({})", self.0.len())
    }
}

impl VerifiedTokens {
    /// The claims of a token that a key of the workspace has signed.
    fn verify(&self, workspace: &Workspace, token: &str) -> Result<Arc<Claims>, OAuthError> {
        // A change of keys makes another generation.
        let key = (workspace.generation(), sha256(token.as_bytes()));
        if let Some(claims) = self.0.get(&key) {
            return Ok(claims);
        }
        let keys = &workspace.keys;
        let verified =
            UnverifiedJwt::parse(token).and_then(|jwt| jwt.verify(&keys.verification, &keys.algorithms));
        let verified = verified.map_err(|error| invalid("access_token_not_ours").detail(error))?;
        // An ID token is signed by the same keys: it lacks what makes an access token.
        let claims = verified.deserialize::<Claims>();
        let claims = Arc::new(claims.map_err(|error| invalid("access_token_wrong_kind").detail(error))?);
        self.0.insert(key, Arc::clone(&claims));
        Ok(claims)
    }
}

async fn find_opaque(
    app: &App,
    workspace: &Workspace,
    now: Timestamp,
    token: &str,
) -> Result<Claims, OAuthError> {
    let store = app.store.workspace(&workspace.tenant_id, &workspace.id);
    let found = store.find_access_token::<Claims>(token, now.millis()).await;
    let found = found.map_err(|error| store_failure(&error))?;
    found.map(|found| found.doc).ok_or_else(|| invalid("access_token_unknown"))
}

/// Whether neither the token nor its grant was revoked. The grant's client, and its record.
async fn still_granted(
    app: &App,
    workspace: &Workspace,
    claims: &Claims,
) -> Result<Option<(String, GrantRecord)>, OAuthError> {
    let store = app.store.workspace(&workspace.tenant_id, &workspace.id);
    let revoked = store.is_token_revoked(&claims.jti);
    let found = match &claims.gid {
        None => revoked.await.map(|revoked| (revoked, None)),
        Some(id) => match tokio::join!(revoked, store.find_grant::<GrantRecord>(id)) {
            (Ok(revoked), Ok(grant)) => Ok((revoked, grant)),
            (Err(error), _) | (_, Err(error)) => Err(error),
        },
    };
    let (revoked, grant) = found.map_err(|error| store_failure(&error))?;
    if revoked {
        return Err(invalid("access_token_revoked"));
    }
    match (&claims.gid, grant) {
        (None, _) => Ok(None),
        (Some(_), Some(grant)) if grant.revoked_at.is_none() => Ok(Some((grant.client_id, grant.doc))),
        (Some(_), _) => {
            Err(invalid("grant_revoked").detail("the grant that the token belongs to was revoked"))
        }
    }
}

fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::invalid_token(reason)
}

/// RFC 6750 §3.1: a request without any token is told no error code; see how `error.rs` words the challenge.
fn missing() -> OAuthError {
    invalid(super::error::TOKEN_MISSING).description("The request needs an access token.")
}
