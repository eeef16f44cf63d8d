//! A token brought for exchange: whose it is, what it says, and whether this client may bring it.

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_jose::{Claims, UnverifiedJwt};
use symbolon_protocol::{AuthorizationDetails, Confirmation, ErrorCode, OAuthError, ScopeSet};

use super::super::TokenRequest;
use super::{ACCESS_TOKEN, JWT, refused};
use crate::oauth2::access_token::{self, AccessToken};
use crate::oauth2::error::store_failure;
use crate::oauth2::issue::{audience, binding};
use crate::oauth2::records::Authentication;
use crate::oauth2::trusted_issuers::{Issuer, issuer_of};
use crate::snapshot::Workspace;

/// Reasons for another certificate and another key than a token is bound to.
const MISMATCH: (&str, &str) = ("token_certificate_mismatch", "token_key_mismatch");

/// How often a token is exchanged for another at most: each has to be asked about.
const MAX_PARENTS: usize = 8;

/// A token that is live, and that this client may bring.
pub(super) struct Presented {
    /// Its subject here.
    pub(super) authentication: Authentication,
    /// Its `sub`.
    pub(super) subject: String,
    /// The client it was issued to, if it is one of ours.
    pub(super) client_id: Option<String>,
    /// The grant it ends with.
    pub(super) grant: Option<GrantOf>,
    /// Its scopes; `None`: it is no matter of scopes, the client's own are the limit.
    pub(super) scope: Option<ScopeSet>,
    pub(super) act: Option<Map<String, Value>>,
    pub(super) may_act: Option<Map<String, Value>>,
    /// For whom it is, if this workspace has said so.
    pub(super) audience: Option<AudienceOf>,
    /// What a token that is issued for it is bound to.
    pub(super) confirmation: Option<Confirmation>,
    /// The tokens that end what is issued for it, itself among them.
    pub(super) parents: Vec<String>,
    /// Its end, in unix seconds.
    pub(super) expires_at: i64,
    /// Its authorization details.
    pub(super) details: AuthorizationDetails,
    /// All it says, as far as an actor may be described by it.
    pub(super) claims: Claims,
    /// Its issuer, where it is another than this workspace.
    issuer: Option<String>,
}

/// A grant of a workspace of this tenant.
pub(super) struct GrantOf {
    pub(super) id: String,
    pub(super) workspace: Option<String>,
}

/// For whom a token is.
pub(super) struct AudienceOf {
    pub(super) names: Vec<String>,
    /// Whether it is for less than its scopes are for: it was asked for with resources (RFC 8707), or for fewer.
    pub(super) is_narrowed: bool,
}

impl Presented {
    /// The issuer, where the subject is one of another issuer.
    pub(super) fn foreign_issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }
}

/// Reads a token: of this workspace, of another one it trusts, or of a trusted issuer.
pub(super) async fn find(
    request: TokenRequest<'_>,
    token: &str,
    token_type: &str,
) -> Result<Presented, OAuthError> {
    let is_jwt = token.contains('.');
    match token_type {
        ACCESS_TOKEN => {}
        JWT if is_jwt => {}
        JWT => return Err(refused("token_is_no_jwt").got("an opaque token")),
        other => {
            return Err(refused("token_type_not_exchanged")
                .description("Tokens of this type are not exchanged here.")
                .expected(format!("{ACCESS_TOKEN}, {JWT}"))
                .got(other));
        }
    }
    let Some(place) = is_jwt.then(|| Place::of(request, token)).transpose()? else {
        return ours(request, &request.cx.workspace, token).await;
    };
    match place {
        Place::Here => ours(request, &request.cx.workspace, token).await,
        Place::Workspace(id) => {
            let cx = request.cx;
            let found = cx.app.snapshots.workspace(&cx.app.store, &cx.workspace.tenant_id, &id).await;
            let found: Option<Arc<Workspace>> = found.map_err(|error| store_failure(&error))?;
            let workspace = found.ok_or_else(|| refused("token_of_unknown_workspace").got(&id))?;
            ours(request, &workspace, token).await
        }
        Place::Elsewhere(name) => foreign(request, &name, token).await,
    }
}

/// Where a JWT says it comes from. Its signature is judged by the keys of that place.
enum Place {
    Here,
    Workspace(String),
    Elsewhere(String),
}

impl Place {
    fn of(request: TokenRequest<'_>, token: &str) -> Result<Self, OAuthError> {
        let workspace = &request.cx.workspace;
        let jwt = UnverifiedJwt::parse(token).map_err(|error| refused("token_malformed").detail(error))?;
        let claims = jwt.claims_unverified().map_err(|error| refused("token_malformed").detail(error))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let (tid, aid) = (text("tid"), text("aid"));
        let iss = issuer_of(&jwt).map_err(|detail| refused("token_without_issuer").detail(detail))?;
        if Issuer::trusted(request.cx, request.client, &iss).is_some_and(|trusted| trusted.token_exchange) {
            return Ok(Self::Elsewhere(iss));
        }
        match (tid == &*workspace.tenant_id, aid == &*workspace.id) {
            (true, true) => Ok(Self::Here),
            (true, false) if workspace.server.trusted_workspaces.iter().any(|trusted| trusted == aid) => {
                Ok(Self::Workspace(aid.to_owned()))
            }
            _ => Err(refused("token_issuer_not_trusted")
                .detail("it is no access token of this workspace or of trusted_workspaces, and no entry of trusted_issuers has this issuer and token_exchange")
                .got(iss)),
        }
    }
}

/// An access token of a workspace of this tenant.
async fn ours(
    request: TokenRequest<'_>,
    workspace: &Workspace,
    token: &str,
) -> Result<Presented, OAuthError> {
    let TokenRequest { cx, client, .. } = request;
    let found = access_token::find(&cx.app, workspace, cx.now, token).await.map_err(as_refused)?;
    let is_here = workspace.id == cx.workspace.id;
    let is_its_own = check_recipient(request, &found, is_here)?;
    let confirmation = match &found.claims.cnf {
        None => None,
        Some(bound) if is_its_own => {
            binding::check(cx, bound, refused, MISMATCH)?;
            Some(bound.clone())
        }
        Some(_) => Some(own_binding(request)?),
    };
    let audience = is_here.then(|| AudienceOf::new(request, &found));
    let parents = parents(&found.claims, (!is_here).then_some(&*workspace.id))?;
    let AccessToken { claims, client: issued_to, grant } = found;
    let authentication = match grant {
        Some(grant) => Authentication { session_id: String::new(), ..grant.authentication },
        // Without a grant the token itself is all there is: `sub` is what this workspace, or a client of it, is called.
        None => Authentication {
            subject: claims.sub.clone(),
            username: claims.sub.clone(),
            idp_id: claims.idp.clone(),
            has_own_account: false,
            amr: claims.amr.clone(),
            acr: None,
            auth_time: claims.iat,
            authentication_context: Map::new(),
            session_id: String::new(),
        },
    };
    let said = serde_json::json!({
        "iss": claims.iss, "sub": claims.sub, "aud": claims.aud, "amr": claims.amr, "idp": claims.idp,
        "aid": claims.aid, "tid": claims.tid, "client_id": issued_to.id(),
    });
    let said = if let Value::Object(said) = said { said } else { Map::new() };
    tracing::trace!(
        client = client.id(),
        issued_to = issued_to.id(),
        "a token of ours is brought for exchange"
    );
    Ok(Presented {
        authentication,
        subject: claims.sub.clone(),
        client_id: Some(issued_to.id().to_owned()),
        grant: claims.gid.clone().map(|id| GrantOf {
            id,
            workspace: claims.gaid.clone().or_else(|| (!is_here).then(|| workspace.id.to_string())),
        }),
        scope: Some(claims.scopes()),
        act: claims.act.clone(),
        may_act: claims.may_act.clone(),
        audience,
        confirmation,
        parents,
        expires_at: claims.exp,
        details: claims.authorization_details.clone(),
        claims: said,
        issuer: (!is_here).then(|| claims.iss.clone()),
    })
}

/// The token and those before it, by where they are revoked.
fn parents(claims: &access_token::Claims, elsewhere: Option<&str>) -> Result<Vec<String>, OAuthError> {
    if claims.parents.len() >= MAX_PARENTS {
        return Err(refused("exchange_chain_too_long").expected(MAX_PARENTS));
    }
    let at = |jti: &String| match elsewhere {
        Some(workspace_id) if !jti.contains('/') => format!("{workspace_id}/{jti}"),
        _ => jti.clone(),
    };
    Ok(claims.parents.iter().chain([&claims.jti]).map(at).collect())
}

impl AudienceOf {
    fn new(request: TokenRequest<'_>, found: &AccessToken) -> Self {
        let AccessToken { claims, client, .. } = found;
        let whole = audience::of(request.cx, client, &claims.scopes(), &claims.authorization_details);
        Self { names: claims.aud.clone(), is_narrowed: whole.iter().any(|name| !claims.aud.contains(name)) }
    }
}

/// Who a bound token is meant for has it from its sender, and holds another certificate or key: what is issued is bound
/// to that.
fn own_binding(request: TokenRequest<'_>) -> Result<Confirmation, OAuthError> {
    let own = binding::shown(request.cx)?;
    own.ok_or_else(|| {
        refused("token_binding_lost")
            .description(
                "The token to exchange is sender-constrained, and so is what is issued for it: send a DPoP proof, or \
                 connect with a client certificate.",
            )
            .expected("a client certificate or a DPoP header")
            .got("neither")
    })
}

/// A token that was neither issued to this client nor is meant for it is none it should have. Whether it was issued to
/// it.
fn check_recipient(
    request: TokenRequest<'_>,
    found: &AccessToken,
    is_here: bool,
) -> Result<bool, OAuthError> {
    let client = request.client;
    let own = client.entity.token_exchange.as_ref().map_or(&[] as &[_], |own| &own.subject_audiences);
    // Client ids are unique in the tenant.
    let is_its_own = is_here && found.client.id() == client.id();
    let is_meant = |name: &String| name == client.id() || own.contains(name);
    if is_its_own || found.claims.aud.iter().any(is_meant) {
        return Ok(is_its_own);
    }
    Err(refused("token_for_somebody_else")
        .description("The token was not issued to this client, and is not meant for it.")
        .expected(
            std::iter::once(client.id()).chain(own.iter().map(String::as_str)).collect::<Vec<_>>().join(", "),
        )
        .got(found.claims.aud.join(", ")))
}

/// A JWT of a trusted issuer.
async fn foreign(request: TokenRequest<'_>, name: &str, token: &str) -> Result<Presented, OAuthError> {
    let TokenRequest { cx, client, .. } = request;
    let trusted = Issuer::trusted(cx, client, name).ok_or_else(|| refused("token_issuer_not_trusted"))?;
    let issuer = Issuer::Trusted(trusted);
    let jwt = UnverifiedJwt::parse(token).map_err(|error| refused("token_malformed").detail(error))?;
    let claims = issuer.verify(cx, &jwt, &["JWT", "at+jwt"], refused).await?.claims;
    let subject = issuer.subject(&claims, refused)?.to_owned();
    let object = |name: &str| claims.get(name).and_then(Value::as_object).cloned();
    let confirmation = match claims.get("cnf") {
        None => None,
        Some(cnf) => Some(foreign_binding(request, cnf)?),
    };
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates; validation has bounded it")]
    let expires_at = claims.get("exp").and_then(Value::as_f64).unwrap_or_default() as i64;
    if expires_at <= cx.now.seconds() {
        // Within the leeway for clocks that differ; but what is exchanged must not outlive it.
        return Err(refused("token_expired"));
    }
    let limit = issuer.scopes().map(|names| ScopeSet::from_words(names).unwrap_or_default());
    Ok(Presented {
        authentication: Authentication {
            subject: issuer.subject_here(&subject),
            username: subject.clone(),
            idp_id: name.to_owned(),
            has_own_account: false,
            amr: Vec::new(),
            acr: None,
            auth_time: cx.now.seconds(),
            authentication_context: Map::new(),
            session_id: String::new(),
        },
        subject,
        client_id: None,
        grant: None,
        scope: Some(limit.unwrap_or_else(|| client.scopes.clone()).filter(|name| name != "openid")),
        act: object("act"),
        may_act: object("may_act"),
        audience: None,
        confirmation,
        parents: Vec::new(),
        expires_at,
        details: AuthorizationDetails::default(),
        issuer: Some(name.to_owned()),
        claims,
    })
}

/// Who brings a bound token must hold the certificate or the key (RFC 8705 §3.1, RFC 9449 §6.1). Another kind of binding
/// could not be checked.
fn foreign_binding(request: TokenRequest<'_>, cnf: &Value) -> Result<Confirmation, OAuthError> {
    let unknown = || refused("token_binding_not_checked").got(cnf);
    let members = cnf.as_object().ok_or_else(unknown)?;
    if members.is_empty() || members.keys().any(|name| name != "x5t#S256" && name != "jkt") {
        return Err(unknown());
    }
    let bound: Confirmation = serde_json::from_value(cnf.clone()).map_err(|_| unknown())?;
    if bound == Confirmation::default() {
        return Err(unknown());
    }
    binding::check(request.cx, &bound, refused, MISMATCH)?;
    Ok(bound)
}

/// RFC 8693 §2.2.2: `invalid_request`, whatever is wrong with the token; a store that is away says nothing about it.
fn as_refused(error: OAuthError) -> OAuthError {
    match error.code {
        ErrorCode::InvalidToken => {
            let mut error = error;
            error.code = ErrorCode::InvalidRequest;
            error
        }
        _ => error,
    }
}
