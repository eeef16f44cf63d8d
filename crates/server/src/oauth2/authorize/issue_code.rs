//! Issues the code: once for each authorization request, together with the grant it stands for.

use symbolon_protocol::{OAuthError, ScopeSet};
use symbolon_store::entity::GoDuration;
use symbolon_store::{AuthorizeSessionKey, NewCode, NewGrant, StoreError};

use super::request::AuthorizationRequest;
use crate::cx::Cx;
use crate::login::Session;
use crate::oauth2::error::store_failure;
use crate::oauth2::records::{Authentication, CodeRecord, GrantRecord};
use crate::snapshot::Client;

/// A code lives this many seconds, unless the workspace or the client says otherwise. RFC 6749 §4.1.2 recommends at
/// most ten minutes; a client redeems at once.
const CODE_SECONDS: i64 = 60;
/// A grant is kept at least as long as tokens made from its code can live after the code.
const GRANT_SECONDS: i64 = 24 * 60 * 60;

/// Writes the grant, the code and what the person has `allowed` just now, and ends the interaction, in one batch:
/// whoever sends the form twice gets one code.
///
/// # Errors
/// When the interaction was finished already, or the store does not answer.
pub async fn issue(
    cx: &Cx,
    client: &Client,
    request: &AuthorizationRequest,
    stored: Option<AuthorizeSessionKey<'_>>,
    session: &Session,
    allowed: &ScopeSet,
) -> Result<String, OAuthError> {
    let code = cx.app.rng.secret();
    let grant_id = cx.app.rng.uuid().to_string();
    let subject = &session.person.subject;
    let grant = GrantRecord { scope: request.scope.clone(), authentication: authentication(session) };
    let record = CodeRecord {
        redirect_uri: request.redirect_uri_sent.then(|| request.redirect_uri.clone()),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
    };
    let consents: Vec<_> = allowed.iter().collect();
    let new_code = NewCode {
        code: &code,
        doc: &record,
        expires_at: cx.now.plus_seconds(code_seconds(cx, client)).millis(),
    };
    let new_grant = NewGrant {
        id: &grant_id,
        client_id: client.id(),
        subject: Some(subject),
        doc: &grant,
        created_at: cx.now.millis(),
        expires_at: cx.now.plus_seconds(grant_seconds(cx, client)).millis(),
    };
    match cx.store().issue_code(stored, &new_code, &new_grant, &consents).await {
        Ok(()) => Ok(code),
        Err(StoreError::NotFound(_)) => Err(OAuthError::invalid_request("interaction_finished")
            .description("This request has been answered already.")),
        Err(error) => Err(store_failure(&error)),
    }
}

fn authentication(session: &Session) -> Authentication {
    let person = &session.person;
    Authentication {
        subject: person.subject.clone(),
        username: person.username.clone(),
        idp_id: person.idp_id.clone(),
        amr: person.amr.clone(),
        auth_time: session.auth_time,
        authentication_context: person.authentication_context.clone(),
        session_id: session.public_id(),
    }
}

fn code_seconds(cx: &Cx, client: &Client) -> i64 {
    let custom = client.entity.token_ttls.as_ref().filter(|_| client.entity.use_custom_token_ttls);
    custom
        .and_then(|ttls| ttls.authorization_code_ttl)
        .or(cx.workspace.server.authorization_code_ttl)
        .map_or(CODE_SECONDS, GoDuration::secs)
}

/// The grant lives as long as anything made from it: a refresh token prolongs it.
fn grant_seconds(cx: &Cx, client: &Client) -> i64 {
    let custom = client.entity.token_ttls.as_ref().filter(|_| client.entity.use_custom_token_ttls);
    let access = custom.map_or(cx.workspace.server.access_token_ttl, |ttls| ttls.access_token_ttl);
    GRANT_SECONDS.max(code_seconds(cx, client) + access.secs())
}
