//! Access tokens that come back to us: at userinfo, introspection, revocation and the management APIs.
//!
//! A token that is bound to a certificate or a key counts only from who holds it: [`check_possession`].
//!
//! Nothing about a token is remembered between requests but that its signature is right. Whether it has expired or was
//! revoked, and whether its client is still there, is asked every time.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde_json::{Map, Value};
use symbolon_jose::{UnverifiedJwt, sha256, sha256_b64url};
use symbolon_protocol::{
    Authorization, AuthorizationDetails, ClaimsRequest, Confirmation, Form, OAuthError, ScopeSet, TokenType,
};

use super::clients;
use super::dpop;
use super::error::{ErrorResponse, store_failure};
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

/// How an access token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`, or in a form (RFC 6750 §2).
    Bearer,
    /// `Authorization: DPoP`, with a proof (RFC 9449 §7.1).
    Dpop,
}

impl Scheme {
    /// `token_type` of a token that is sent so.
    pub const fn token_type(self) -> TokenType {
        match self {
            Self::Bearer => TokenType::Bearer,
            Self::Dpop => TokenType::Dpop,
        }
    }
}

/// An access token as it was sent.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// How.
    pub scheme: Scheme,
    /// The token.
    pub token: &'a str,
}

/// The token is not shown.
impl fmt::Debug for Sent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").field("scheme", &self.scheme).finish_non_exhaustive()
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
    let client =
        clients::find_known(app, workspace, now, client_id).await?.filter(|client| client.is_active());
    let client = client.ok_or_else(|| invalid("access_token_client_gone").got(client_id))?;
    let grant = grant.map(|(of_grant, mut record)| {
        // Single claims were granted to the client of the grant, and not to one that has exchanged its token.
        if of_grant != client.id() {
            record.claims = ClaimsRequest::default();
        }
        record
    });
    Ok(AccessToken { claims, client, grant })
}

/// The access token with which a request authorizes itself, in the header or in the form (RFC 6750 §2.1, §2.2; RFC 9449
/// §7.1). A token in the query counts for nothing: queries are logged.
///
/// # Errors
/// As [`find`] and [`check_possession`]; `invalid_token` when there is none, `invalid_request` when there are two.
pub async fn authorize(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<AccessToken, ErrorResponse> {
    let in_form = form.get("access_token").map(|token| Sent { scheme: Scheme::Bearer, token });
    let sent = match (
        sent(headers).map_err(|error| ErrorResponse::at_resource(&cx.workspace, error, Scheme::Bearer))?,
        in_form,
    ) {
        (Some(sent), None) | (None, Some(sent)) => sent,
        (None, None) => return Err(ErrorResponse::at_resource(&cx.workspace, missing(), Scheme::Bearer)),
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_request("access_token_twice")
                .description("The request has an access token in the header and another in the form.")
                .into());
        }
    };
    let refuse = |error| ErrorResponse::at_resource(&cx.workspace, error, sent.scheme);
    let token = find(&cx.app, &cx.workspace, cx.now, sent.token).await.map_err(refuse)?;
    let sender = Sender { judge: dpop::Judge::of(cx), peer: &cx.peer, dpop: &cx.dpop };
    check_possession(&sender, sent, &token.claims).await.map_err(refuse)?;
    Ok(token)
}

/// The token of the Authorization header; `None` when there is no such header.
///
/// # Errors
/// `invalid_request` when there are several headers, `invalid_token` when it is another scheme or malformed.
pub fn sent(headers: &HeaderMap) -> Result<Option<Sent<'_>>, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(OAuthError::invalid_request("authorization_header_repeated")
            .description("The Authorization header is repeated."));
    }
    let malformed =
        || invalid("authorization_header_malformed").description("The Authorization header is malformed.");
    match Authorization::parse(value.to_str().map_err(|_| malformed())?) {
        Ok(Authorization::Bearer(token)) => Ok(Some(Sent { scheme: Scheme::Bearer, token })),
        Ok(Authorization::Dpop(token)) => Ok(Some(Sent { scheme: Scheme::Dpop, token })),
        Ok(Authorization::Basic(_)) => Err(missing()),
        Err(error) => Err(malformed().detail(error)),
    }
}

/// Who sends a token: what they have shown of themselves.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// What a proof is judged by.
    pub judge: dpop::Judge<'a>,
    /// The other end, and its certificate.
    pub peer: &'a Peer,
    /// The proof.
    pub dpop: &'a dpop::Presented,
}

/// Whether the sender of a token is who it was bound to, and sends it as it must be sent. Uses the proof up.
///
/// # Errors
/// `invalid_token` for another certificate (RFC 8705 §3), another key, or the wrong scheme (RFC 9449 §7.2: a bound token
/// is no bearer token); `invalid_dpop_proof` or `use_dpop_nonce` for the proof itself.
pub async fn check_possession(
    sender: &Sender<'_>,
    sent: Sent<'_>,
    claims: &Claims,
) -> Result<(), OAuthError> {
    check_binding(sender.peer, claims)?;
    let (bound, proof) = match (sent.scheme, claims.jkt()) {
        (Scheme::Bearer, None) => return Ok(()),
        (Scheme::Bearer, Some(_)) => {
            return Err(invalid("access_token_without_proof")
                .description("The access token is bound to a key: send it with the DPoP scheme and a proof.")
                .expected("Authorization: DPoP")
                .got("Bearer"));
        }
        (Scheme::Dpop, None) => {
            return Err(invalid("access_token_not_bound_to_key")
                .description("The access token is not bound to a key: send it with the Bearer scheme.")
                .expected("Authorization: Bearer")
                .got("DPoP"));
        }
        (Scheme::Dpop, Some(bound)) => (bound, sender.dpop.proof(&sender.judge)?),
    };
    let proof = proof.ok_or_else(|| {
        dpop::invalid("dpop_proof_missing").description("The request needs a DPoP proof in the DPoP header.")
    })?;
    if proof.jkt != bound {
        return Err(invalid("access_token_key_mismatch")
            .description("The access token is bound to another key than that of the DPoP proof.")
            .expected(bound)
            .got(&proof.jkt));
    }
    // RFC 9449 §4.3 item 12: the proof goes with this very token.
    let ath = sha256_b64url(sent.token.as_bytes());
    if proof.ath.as_ref() != Some(&ath) {
        return Err(dpop::invalid("dpop_proof_for_another_token")
            .description("The ath of the DPoP proof is not the hash of the access token.")
            .expected(ath)
            .got(proof.ath.as_deref().unwrap_or("none")));
    }
    dpop::spend(&sender.judge, proof).await
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
    let store = app.store.workspace(&workspace.tenant_id, claims.gaid.as_deref().unwrap_or(&workspace.id));
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
