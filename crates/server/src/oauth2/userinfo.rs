//! Userinfo (OIDC Core §5.3): `GET|POST /{tid}/{aid}/userinfo`.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};
use symbolon_protocol::{Form, OAuthError};

use super::access_token::{self, AccessToken};
use super::answer::{no_store, no_store_json};
use super::claims::Telling;
use super::dpop;
use super::error::{ErrorBody, ErrorResponse};
use super::form_body::FormBody;
use super::forms::Userinfo;
use super::issue::{OPENID, audience};
use super::profile::interaction;
use super::protected_resource;
use super::{sealing, step_up};
use crate::cx::Cx;

/// What is known about the person.
#[derive(Serialize)]
struct About<'a> {
    sub: &'a str,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

/// The same as a JWT, signed or encrypted or both (§5.3.2): it names its issuer and its reader.
#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    about: About<'a>,
}

/// Tells what the scopes of the access token let its client know.
#[utoipa::path(
    get, path = "/{tid}/{aid}/userinfo", operation_id = "userinfo", tag = "oauth2",
    responses(
        (status = 200, description = "What is known about the person; a JWT if the client wants one", content((Userinfo = "application/json"), (String = "application/jwt"))),
        (status = 401, description = "The access token is missing, not live, or bound to another certificate", body = ErrorBody),
        (status = 403, description = "The access token lacks the scope openid", body = ErrorBody),
    )
)]
pub async fn get(cx: Cx, headers: HeaderMap) -> Result<Response, ErrorResponse> {
    userinfo(&cx, &headers, &Form::default()).await
}

/// The same, where the access token may be in the form (RFC 6750 §2.2).
#[utoipa::path(
    post, path = "/{tid}/{aid}/userinfo", operation_id = "userinfoPost", tag = "oauth2",
    responses(
        (status = 200, description = "What is known about the person; a JWT if the client wants one", content((Userinfo = "application/json"), (String = "application/jwt"))),
        (status = 401, description = "The access token is missing, not live, or bound to another certificate", body = ErrorBody),
        (status = 403, description = "The access token lacks the scope openid", body = ErrorBody),
    )
)]
pub async fn post(cx: Cx, request: Request) -> Result<Response, ErrorResponse> {
    if !request.headers().contains_key(CONTENT_TYPE) {
        return userinfo(&cx, request.headers(), &Form::default()).await;
    }
    let FormBody { headers, form } = FormBody::from_request(request, &cx.app).await?;
    userinfo(&cx, &headers, &form).await
}

async fn userinfo(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, ErrorResponse> {
    let described = |error: ErrorResponse| error.described_at(&protected_resource::of_userinfo(cx));
    let token = access_token::authorize(cx, headers, form).await.map_err(described)?;
    let mut response = answer(cx, &token).await.map_err(|error| {
        described(
            ErrorResponse::at_resource(&cx.workspace, error, token.claims.scheme())
                .of_client(Some(token.client.id())),
        )
    })?;
    if token.claims.jkt().is_some() {
        dpop::add_nonce(cx, &mut response);
    }
    interaction::echo(cx, headers, &mut response);
    Ok(response)
}

/// A token that was asked for with a resource is for that one alone (RFC 8707 §2, RFC 9068 §4): whoever serves the
/// resource has it, and must not learn here who the person is.
fn check_audience(cx: &Cx, token: &AccessToken) -> Result<(), OAuthError> {
    let service = cx.workspace.scopes.find(OPENID).and_then(|entry| entry.service.as_ref());
    let is_ours = |name: &String| match service {
        _ if *name == cx.url(protected_resource::USERINFO) => true,
        Some(service) => cx.workspace.is_audience(&cx.base_url, service, name),
        None => audience::own(&token.client).any(|own| own == name),
    };
    if token.claims.aud.iter().any(is_ours) {
        return Ok(());
    }
    let ours = service.map(|service| cx.workspace.audience(&cx.base_url, service));
    Err(access_token::invalid("access_token_for_another_resource")
        .description("The access token is for another resource.")
        .expected(ours.unwrap_or_else(|| token.client.id().to_owned()))
        .got(token.claims.aud.join(" ")))
}

async fn answer(cx: &Cx, token: &AccessToken) -> Result<Response, OAuthError> {
    let grant = token.grant.as_ref().filter(|_| token.claims.has_scope(OPENID)).ok_or_else(|| {
        OAuthError::insufficient_scope("scope_missing")
            .description("The access token lacks the scope openid.")
            .expected(OPENID)
            .got(token.claims.scopes())
    })?;
    check_audience(cx, token)?;
    step_up::check(&cx.workspace, token, cx.now)?;
    let scope = token.claims.scopes();
    let telling = Telling {
        workspace: &cx.workspace,
        client: &token.client,
        scope: &scope,
        authentication: Some(&grant.authentication),
    };
    let about = About { sub: &token.claims.sub, claims: telling.at_userinfo(&grant.claims) };
    let client = &*token.client;
    let encrypter = sealing::encrypter(
        cx,
        client,
        client.entity.userinfo_encrypted_response_alg.as_deref(),
        client.entity.userinfo_encrypted_response_enc.as_deref(),
    );
    let encrypter = encrypter.await?;
    let wanted = client.entity.userinfo_signed_response_alg.as_str();
    let is_signed = !matches!(wanted, "" | "none");
    if !is_signed && encrypter.is_none() {
        return Ok(no_store_json(&about));
    }
    let named = Signed { iss: &cx.issuer(), aud: client.id(), about };
    let token = match encrypter {
        Some(encrypter) if !is_signed => sealing::encrypt(&encrypter, &named)?,
        encrypter => {
            let signer = sealing::signer(cx, client, Some(wanted))?;
            sealing::nest(encrypter.as_ref(), sealing::sign(&signer, &named)?)?
        }
    };
    Ok(no_store(HeaderValue::from_static("application/jwt"), token.into()))
}
