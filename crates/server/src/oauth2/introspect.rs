//! Token introspection (RFC 7662; as a JWT RFC 9701): `POST /{tid}/{aid}/oauth2/introspect`.
//!
//! A token that is unknown, expired or revoked, that belongs to another workspace, or that the caller may not know
//! about is `active: false` and nothing more. When the store cannot tell, the answer is 503 and never a guess.

use axum::response::Response;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use symbolon_protocol::{ErrorCode, Form, IntrospectionResponse, OAuthError};
use symbolon_store::entity::client::SubjectType;

use super::access_token::{self, AccessToken};
use super::answer::{no_store, no_store_json};
use super::caller::{Caller, INTROSPECT_TOKENS};
use super::claims::Telling;
use super::error::{ErrorBody, ErrorResponse, store_failure};
use super::form_body::FormBody;
use super::forms::TokenToExamine;
use super::issue::subject;
use super::profile::Profile;
use super::records::{Authentication, GrantRecord, RefreshRecord};
use super::sealing;
use crate::cx::Cx;
use crate::snapshot::Client;

/// Tells whether a token is live, and what it says.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oauth2/introspect", operation_id = "introspect", tag = "oauth2",
    request_body(content = TokenToExamine, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What the token says, or that it is not active; a JWT if the caller accepts one", content((IntrospectionResponse = "application/json"), (String = "application/token-introspection+jwt"))),
        (status = 400, description = "The request is malformed", body = ErrorBody),
        (status = 401, description = "The caller is not who it says it is", body = ErrorBody),
        (status = 403, description = "The access token lacks the scope introspect_tokens", body = ErrorBody),
        (status = 503, description = "The store is away: nothing is known about the token", body = ErrorBody),
    )
)]
pub async fn introspect(cx: Cx, FormBody { headers, form }: FormBody) -> Result<Response, ErrorResponse> {
    let caller = Caller::authenticate(&cx, &headers, &form, INTROSPECT_TOKENS).await?;
    match answer(&cx, &caller, &form).await {
        Ok(answer) if wants_jwt(&cx, &caller, &headers) => sealed(&cx, &caller, &answer)
            .await
            .map_err(|error| ErrorResponse::from(error).of_client(Some(caller.client.id()))),
        Ok(answer) => Ok(no_store_json(&answer)),
        Err(error) => Err(ErrorResponse::from(error).of_client(Some(caller.client.id()))),
    }
}

/// Whether the answer is to be signed: the caller asks for that (RFC 9701 §4) or has registered it (§6), or the profile
/// asks for it.
fn wants_jwt(cx: &Cx, caller: &Caller, headers: &HeaderMap) -> bool {
    let entity = &caller.client.entity;
    let registered =
        [&entity.introspection_signed_response_alg, &entity.introspection_encrypted_response_alg];
    registered.iter().any(|word| word.as_deref().is_some_and(|word| !word.is_empty()))
        || Profile::of(&cx.workspace).requires_signed_introspection()
        || accepts_jwt(headers)
}

fn accepts_jwt(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let types =
        accepted.flat_map(|value| value.split(',')).map(|part| part.split(';').next().unwrap_or_default());
    types.map(str::trim).any(|word| word.eq_ignore_ascii_case(JWT))
}

/// The answer as a JWT for this caller alone, encrypted where it has registered that (RFC 9701 §5). Its type and its
/// shape keep it from being taken for an access token.
async fn sealed(cx: &Cx, caller: &Caller, answer: &IntrospectionResponse) -> Result<Response, OAuthError> {
    let client = &*caller.client;
    let wanted = client.entity.introspection_signed_response_alg.as_deref();
    let signer = sealing::signer(cx, client, wanted)?.with_typ("token-introspection+jwt");
    let signer = signer.map_err(|error| OAuthError::server_error("signing_failed").detail(error))?;
    let claims =
        Signed { iss: &cx.issuer(), aud: client.id(), iat: cx.now.seconds(), token_introspection: answer };
    let encrypter = sealing::encrypter(
        cx,
        client,
        client.entity.introspection_encrypted_response_alg.as_deref(),
        client.entity.introspection_encrypted_response_enc.as_deref(),
    )
    .await?;
    let token = sealing::nest(encrypter.as_ref(), sealing::sign(&signer, &claims)?)?;
    Ok(no_store(HeaderValue::from_static(JWT), token.into()))
}

/// What a signed answer says.
#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    token_introspection: &'a IntrospectionResponse,
}

const JWT: &str = "application/token-introspection+jwt";

async fn answer(cx: &Cx, caller: &Caller, form: &Form) -> Result<IntrospectionResponse, OAuthError> {
    // RFC 7662 §2.1: against scanning for tokens, only who can prove who they are may ask.
    if caller.client.auth_method.is_public() && !caller.of_any_client {
        return Err(OAuthError::invalid_client("introspection_by_public_client")
            .description("A public client cannot introspect tokens."));
    }
    let token = form.require("token")?;
    match access_token::find(&cx.app, &cx.workspace, cx.now, token).await {
        Ok(token) if may_know(cx, caller, &token) => Ok(active(cx, &token)),
        Ok(_) => Ok(IntrospectionResponse::inactive()),
        Err(error) if error.code == ErrorCode::InvalidToken => refresh_token(cx, caller, token).await,
        Err(error) => Err(error),
    }
}

/// A client may know about its own tokens, a resource server about those meant for it, and who has the scope about
/// all. The client that a token is bound to must still show the certificate, as it would at any resource (RFC 8705 §3);
/// a `DPoP` proof is for resources, and this caller has authenticated.
fn may_know(cx: &Cx, caller: &Caller, token: &AccessToken) -> bool {
    if caller.is(&token.client) {
        return access_token::check_binding(&cx.peer, &token.claims).is_ok();
    }
    caller.of_any_client || token.claims.aud.iter().any(|audience| audience == caller.client.id())
}

fn active(cx: &Cx, token: &AccessToken) -> IntrospectionResponse {
    let claims = &token.claims;
    let authentication = token.grant.as_ref().map(|grant| &grant.authentication);
    let scope = claims.scopes();
    let telling = Telling { workspace: &cx.workspace, client: &token.client, scope: &scope, authentication };
    let username = authentication.and_then(|authentication| username(&token.client, authentication));
    IntrospectionResponse {
        act: claims.act.clone(),
        active: true,
        acr: claims.acr.clone(),
        may_act: claims.may_act.clone(),
        amr: Some(claims.amr.clone()).filter(|amr| !amr.is_empty() || authentication.is_none()),
        aud: Some(claims.aud.clone()),
        auth_time: authentication.map(|authentication| authentication.auth_time),
        authorization_details: Some(claims.authorization_details.clone())
            .filter(|details| !details.is_empty()),
        client_id: Some(token.client.id().to_owned()),
        cnf: claims.cnf.clone(),
        exp: Some(claims.exp),
        ext: Some(telling.at_introspection()).filter(|told| !told.is_empty()),
        iat: Some(claims.iat),
        idp: Some(claims.idp.clone()).filter(|idp| !idp.is_empty()),
        idp_sub: username.clone(),
        iss: Some(claims.iss.clone()),
        jti: Some(claims.jti.clone()),
        nbf: Some(claims.nbf),
        scope: Some(claims.scopes().to_string()),
        server_id: Some(cx.workspace.id.to_string()),
        sub: Some(claims.sub.clone()),
        tenant_id: Some(cx.workspace.tenant_id.to_string()),
        token_type: Some(claims.scheme().token_type().to_string()),
        username,
    }
}

/// The name at the identity provider. Not of a person whom clients of different sectors must not know as the same (OIDC
/// Core §17.3).
fn username(client: &Client, authentication: &Authentication) -> Option<String> {
    let is_shared = client.entity.subject_type != SubjectType::Pairwise;
    is_shared.then(|| authentication.username.clone())
}

/// A refresh token is a matter between its client and this server. Nobody else learns of it: a resource server could
/// take it for an access token.
async fn refresh_token(cx: &Cx, caller: &Caller, token: &str) -> Result<IntrospectionResponse, OAuthError> {
    let store = cx.store();
    let found = store.find_refresh_token::<RefreshRecord>(token, cx.now.millis()).await;
    let found = found.map_err(|error| store_failure(&error))?;
    let Some(found) = found.filter(|found| found.client_id == caller.client.id()) else {
        return Ok(IntrospectionResponse::inactive());
    };
    let grant =
        store.find_grant::<GrantRecord>(&found.grant_id).await.map_err(|error| store_failure(&error))?;
    let Some(grant) = grant.filter(|grant| grant.revoked_at.is_none()) else {
        return Ok(IntrospectionResponse::inactive());
    };
    let authentication = &grant.doc.authentication;
    let details = grant.doc.authorization_details.clone();
    Ok(IntrospectionResponse {
        active: true,
        authorization_details: Some(details).filter(|details| !details.is_empty()),
        client_id: Some(found.client_id),
        exp: Some(found.expires_at.div_euclid(1000)),
        idp: Some(authentication.idp_id.clone()),
        iss: Some(cx.issuer()),
        scope: Some(grant.doc.scope.to_string()),
        server_id: Some(cx.workspace.id.to_string()),
        sub: Some(subject::of(&cx.workspace, &caller.client, &authentication.subject).into_owned()),
        tenant_id: Some(cx.workspace.tenant_id.to_string()),
        username: username(&caller.client, authentication),
        ..IntrospectionResponse::default()
    })
}
