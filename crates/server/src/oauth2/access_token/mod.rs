//! Access tokens that come back to us: at userinfo, introspection, revocation and the management APIs.
//!
//! A token that is bound to a certificate or a key counts only from who holds it: [`check_possession`].
//!
//! Nothing about a token is remembered between requests but that its signature is right. Whether it has expired or was
//! revoked, and whether its client is still there, is asked every time.

mod claims;
mod possession;
mod sent;
mod verified;

use std::sync::Arc;

use http::HeaderMap;
use symbolon_protocol::{ClaimsRequest, Form, OAuthError};

use super::clients;
use super::dpop;
use super::error::{ErrorResponse, store_failure};
use super::records::GrantRecord;
use crate::app::App;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::snapshot::{Client, Workspace};

pub use claims::Claims;
pub use possession::{Sender, check_binding, check_possession};
pub use sent::{Scheme, Sent, sent};
pub use verified::VerifiedTokens;

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
        (None, None) => {
            return Err(ErrorResponse::at_resource(&cx.workspace, sent::missing(), Scheme::Bearer));
        }
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
    for parent in &claims.parents {
        let (workspace_id, jti) = parent.split_once('/').unwrap_or((&workspace.id, parent));
        let store = app.store.workspace(&workspace.tenant_id, workspace_id);
        if store.is_token_revoked(jti).await.map_err(|error| store_failure(&error))? {
            return Err(
                invalid("access_token_revoked").detail("a token that it was exchanged for was revoked")
            );
        }
    }
    match (&claims.gid, grant) {
        (None, _) => Ok(None),
        (Some(_), Some(grant)) if grant.revoked_at.is_none() => Ok(Some((grant.client_id, grant.doc))),
        (Some(_), _) => {
            Err(invalid("grant_revoked").detail("the grant that the token belongs to was revoked"))
        }
    }
}

pub(super) fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::invalid_token(reason)
}
