//! Issues what the response type asks for, once for each authorization request: a code with the grant it stands for,
//! and what travels by way of the browser (RFC 6749 §4.2.2, OIDC Core §3.2.2.5 and §3.3.2.5).

use symbolon_protocol::OAuthError;
use symbolon_store::entity::GoDuration;
use symbolon_store::{AccessToken, AuthorizationAnswer, AuthorizeSessionKey, NewCode, NewGrant, StoreError};

use super::request::AuthorizationRequest;
use crate::cx::Cx;
use crate::login::Session;
use crate::oauth2::acr;
use crate::oauth2::error::store_failure;
use crate::oauth2::grants::Person;
use crate::oauth2::issue::{self, FrontChannel};
use crate::oauth2::records::{Authentication, CodeRecord, GrantRecord};
use crate::oauth2::register::unused;
use crate::snapshot::Client;

/// A code lives this many seconds, unless the workspace or the client says otherwise. RFC 6749 §4.1.2 recommends at
/// most ten minutes; a client redeems at once.
const CODE_SECONDS: i64 = 60;
/// A grant is kept at least as long as tokens made from its code can live after the code.
const GRANT_SECONDS: i64 = 24 * 60 * 60;

/// The parameters of a successful answer, but for `state` and `iss`.
pub type Parameters = Vec<(&'static str, String)>;

/// Makes what is asked for, and writes it down with what the person has `allowed` just now; ends the interaction, in
/// one batch: whoever sends the form twice gets one answer.
///
/// # Errors
/// When the interaction was finished already, the workspace cannot sign, or the store does not answer.
pub async fn issue(
    cx: &Cx,
    client: &Client,
    request: &AuthorizationRequest,
    stored: Option<AuthorizeSessionKey<'_>>,
    session: &Session,
    allowed: &[String],
) -> Result<Parameters, OAuthError> {
    unused::keep(cx, client).await?;
    let wanted = request.response_type;
    let code = wanted.has_code().then(|| cx.app.rng.secret());
    let grant_id = cx.app.rng.uuid().to_string();
    let person = Person {
        grant_id: Some(grant_id.clone()),
        record: grant_record(cx, request, session),
        nonce: request.nonce.clone(),
    };
    let mut front = issue::front_channel(
        cx,
        client,
        &person,
        FrontChannel { wanted, code: code.as_deref(), state: request.state.as_deref() },
    )?;

    issue::seal_front_channel(cx, client, &mut front).await?;
    let record = CodeRecord {
        redirect_uri: request.redirect_uri_sent.then(|| request.redirect_uri.clone()),
        code_challenge: request.code_challenge.clone(),
        nonce: person.nonce.clone(),
        dpop_jkt: request.dpop_jkt.clone(),
    };
    let new_code = code.as_deref().map(|code| NewCode {
        code,
        doc: &record,
        expires_at: cx.now.plus_seconds(code_seconds(cx, client)).millis(),
    });
    let subject = &session.person.subject;
    let new_grant = NewGrant {
        id: &grant_id,
        client_id: client.id(),
        subject: Some(subject),
        doc: &person.record,
        created_at: cx.now.millis(),
        expires_at: cx.now.plus_seconds(grant_seconds(cx, client)).millis(),
    };
    let opaque = front.access_token.as_ref().map(|new| AccessToken {
        grant_id: new.grant_id.clone(),
        client_id: client.id().to_owned(),
        doc: &new.doc,
        expires_at: new.expires_at,
    });
    let consents: Vec<_> = allowed.iter().map(String::as_str).collect();
    let answer = AuthorizationAnswer {
        answered: stored,
        client_id: client.id(),
        subject,
        now: cx.now.millis(),
        // An ID token alone is about the past: nothing of it could be revoked.
        grant: (wanted.has_code() || wanted.has_token()).then_some(&new_grant),
        code: new_code.as_ref(),
        access_token: front.response.access_token().zip(opaque.as_ref()),
        consents: &consents,
    };
    match cx.store().answer_authorization(&answer).await {
        Ok(()) => Ok(front.response.with_code(code)),
        Err(StoreError::NotFound(_)) => Err(OAuthError::invalid_request("interaction_finished")
            .description("This request has been answered already.")),
        Err(error) => Err(store_failure(&error)),
    }
}

fn grant_record(cx: &Cx, request: &AuthorizationRequest, session: &Session) -> GrantRecord {
    GrantRecord {
        scope: request.scope.clone(),
        authentication: authentication(session),
        acr: acr::of(&cx.workspace, &session.person.amr, &request.acr_values),
        claims: request.claims.clone(),
        resources: request.resources.clone(),
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
