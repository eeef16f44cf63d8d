//! Issues what the response type asks for, once for each authorization request: a code with the grant it stands for,
//! and what travels by way of the browser (RFC 6749 §4.2.2, OIDC Core §3.2.2.5 and §3.3.2.5).

use symbolon_protocol::OAuthError;
use symbolon_store::{AuthorizationAnswer, AuthorizeSessionKey, NewCode, NewGrant, StoreError};

use super::request::AuthorizationRequest;
use crate::cx::Cx;
use crate::login::Session;
use crate::login::consent::{Allowed, DETAIL_SECONDS};
use crate::oauth2::acr;
use crate::oauth2::backchannel_logout;
use crate::oauth2::check_session;
use crate::oauth2::error::store_failure;
use crate::oauth2::frontchannel_logout;
use crate::oauth2::grants::Person;
use crate::oauth2::issue::{self, FrontChannel, Lifetimes};
use crate::oauth2::records::{Authentication, CodeRecord, GrantRecord};
use crate::oauth2::register::unused;
use crate::snapshot::Client;

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
    allowed: &Allowed,
) -> Result<Parameters, OAuthError> {
    unused::keep(cx, client).await?;
    let wanted = request.response_type;
    let lifetimes = Lifetimes::of(&cx.workspace, client);
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
        expires_at: cx.now.plus_seconds(lifetimes.code).millis(),
    });
    let subject = &session.person.subject;
    // Grants tell which clients took part in a session.
    let is_told = backchannel_logout::uri(client).is_some() || frontchannel_logout::uri(client).is_some();
    let expires_at = cx.now.plus_seconds(lifetimes.grant_after(lifetimes.code)).millis();
    let new_grant = NewGrant {
        id: &grant_id,
        client_id: client.id(),
        subject: Some(subject),
        doc: &person.record,
        created_at: cx.now.millis(),
        expires_at: if is_told { expires_at.max(session.ends_at) } else { expires_at },
    };
    let opaque = front.access_token.as_ref().map(|new| new.row(client));
    let consents: Vec<_> = allowed.scopes.iter().map(String::as_str).collect();
    let answer = AuthorizationAnswer {
        answered: stored,
        client_id: client.id(),
        subject,
        now: cx.now.millis(),
        // An ID token alone is about the past: nothing of it could be revoked. But its client may have to be told when
        // the session ends.
        grant: (wanted.has_code() || wanted.has_token() || is_told).then_some(&new_grant),
        code: new_code.as_ref(),
        access_token: front.response.access_token().zip(opaque.as_ref()),
        consents: &consents,
        details: (&allowed.details, cx.now.plus_seconds(DETAIL_SECONDS).millis()),
    };
    match cx.store().answer_authorization(&answer).await {
        Ok(()) => {
            let session_state = check_session::session_state(cx, request, &session.browser_state());
            let session_state = session_state.map(|state| ("session_state", state));
            Ok(front.response.with_code(code).into_iter().chain(session_state).collect())
        }
        Err(StoreError::NotFound(_)) => Err(OAuthError::invalid_request("interaction_finished")
            .description("This request has been answered already.")),
        Err(error) => Err(store_failure(&error)),
    }
}

fn grant_record(cx: &Cx, request: &AuthorizationRequest, session: &Session) -> GrantRecord {
    GrantRecord {
        scope: request.scope.clone(),
        authentication: Authentication::of(session),
        acr: acr::of(&cx.workspace, &session.person.amr, &request.acr_values),
        claims: request.claims.clone(),
        resources: request.resources.clone(),
        authorization_details: request.authorization_details.clone(),
    }
}
