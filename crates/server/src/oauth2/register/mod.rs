//! Dynamic client registration (RFC 7591, OpenID Connect Registration 1.0) and its management (RFC 7592).
//!
//! `POST /{tid}/{aid}/oauth2/register`; `GET`, `PUT`, `DELETE /{tid}/{aid}/oauth2/register/{cid}`.
//!
//! A workspace allows it by `dynamic_client_registration.enabled`. What a client may be is what it may be when an
//! administrator makes it ([`crate::client_metadata`]), and less: see [`rules`].

pub mod access;
pub mod body;
mod client;
pub mod limits;
pub mod metadata;
pub mod payload;
pub mod rules;
pub mod statement;
pub mod token;
pub mod unused;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use symbolon_protocol::OAuthError;
use symbolon_store::entity::server::DynamicClientRegistrationSettings;
use symbolon_store::entity::{Client, Secret};
use symbolon_store::{NewRegistration, Registered, StoreError};

use super::access_token::Scheme;
use super::answer::no_store_json;
use super::error::{ErrorBody, ErrorResponse};
use crate::cx::Cx;

pub use access::DCR_REGISTER;
pub use client::bind;

use access::{Approval, approve, enabled, limit};
use body::RawBody;
use client::{check_unchangeable, checked, confirmation, described, keep};
use metadata::{ClientMetadata, RegisteredClient};

/// A client that registered without anybody's approval and that nobody uses goes after so many seconds: a week.
const UNUSED_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The client that the path names.
#[derive(Debug)]
pub struct ClientId(String);

impl<S: Sync> FromRequestParts<S> for ClientId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // Identifiers of registered clients have no character that a URL escapes.
        Ok(Self(parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned()))
    }
}

/// Registers a client.
///
/// Open to everybody unless the workspace asks for an initial access token (scope `dcr_register`, good for one
/// registration), a software statement, a signed body (`application/jose`) or a client certificate that it trusts.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oauth2/register", operation_id = "dynamicClientRegistration", tag = "oauth2",
    request_body = ClientMetadata,
    responses(
        (status = 201, description = "The client", body = RegisteredClient),
        (status = 400, description = "Metadata that cannot be accepted", body = ErrorBody),
        (status = 401, description = "No good initial access token", body = ErrorBody),
        (status = 403, description = "Clients cannot register themselves here", body = ErrorBody),
        (status = 404, description = "No such workspace", body = ErrorBody),
        (status = 429, description = "Too many registrations from this address", body = ErrorBody),
    )
)]
pub async fn register(cx: Cx, request: RawBody) -> Result<Response, ErrorResponse> {
    let settings = enabled(&cx)?;
    let approval = approve(&cx, settings, &request.headers).await?;
    let payload = payload::read(&cx, settings, &request).await?;
    let approval = Approval { statement: payload.statement.is_some(), ..approval };
    let mut client = described(payload)?;
    client.client_id_issued_at = cx.now.seconds();
    client.confirmation = confirmation(&cx, settings)?;
    let client = checked(&cx, settings, client, approval.is_given()).await?;
    let registered = store(&cx, settings, &approval, client).await?;
    Ok((StatusCode::CREATED, no_store_json(&registered)).into_response())
}

/// Reads a registration.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oauth2/register/{cid}", operation_id = "dynamicClientRegistrationGetClient", tag = "oauth2",
    responses(
        (status = 200, description = "The client, with the token for the next request", body = RegisteredClient),
        (status = 401, description = "Not the registration access token of this client", body = ErrorBody),
        (status = 403, description = "Clients cannot register themselves here", body = ErrorBody),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn get(
    cx: Cx,
    ClientId(client_id): ClientId,
    headers: HeaderMap,
) -> Result<Response, ErrorResponse> {
    let settings = enabled(&cx)?;
    let manager = token::authenticate(&cx, settings, &headers, &client_id).await?;
    let mut answer = RegisteredClient::new(&manager.client, client_uri(&cx, &client_id))?;
    manager.hand_on(&cx, settings, &mut answer).await?;
    Ok(no_store_json(&answer))
}

/// Replaces the metadata of a registration: what is not in the body gets its default.
#[utoipa::path(
    put, path = "/{tid}/{aid}/oauth2/register/{cid}", operation_id = "dynamicClientRegistrationUpdateClient", tag = "oauth2",
    request_body = ClientMetadata,
    responses(
        (status = 200, description = "The client, with the token for the next request", body = RegisteredClient),
        (status = 400, description = "Metadata that cannot be accepted", body = ErrorBody),
        (status = 401, description = "Not the registration access token of this client", body = ErrorBody),
        (status = 403, description = "Clients cannot register themselves here", body = ErrorBody),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn put(cx: Cx, ClientId(client_id): ClientId, request: RawBody) -> Result<Response, ErrorResponse> {
    let settings = enabled(&cx)?;
    let manager = token::authenticate(&cx, settings, &request.headers, &client_id).await?;
    limit(&cx)?;
    let before = &manager.client;
    let mut payload = payload::read(&cx, settings, &request).await?;
    check_unchangeable(&payload.members, before)?;
    let vouched_for = payload.statement.is_some();
    payload.hold_to(&before.software_statement_payload.0)?;
    let mut client = described(payload)?;
    keep(&mut client, before);
    let approved = vouched_for || before.value.grant_types.iter().any(|word| !rules::is_of_people(word));
    let client = checked(&cx, settings, client, approved).await?;
    let stored = cx.store().update(client, Some(before.version), cx.now.millis()).await;
    let stored = stored.map_err(|error| match error {
        StoreError::PreconditionFailed { .. } | StoreError::NotFound(_) => ErrorResponse::with_status(
            OAuthError::invalid_request("registration_changed")
                .description("The registration was changed in the meantime. Read it again."),
            StatusCode::CONFLICT,
        ),
        other => other.into(),
    })?;
    cx.app.snapshots.invalidate(&cx.workspace.tenant_id, &cx.workspace.id);
    let mut answer = RegisteredClient::new(&stored, client_uri(&cx, &client_id))?;
    manager.hand_on(&cx, settings, &mut answer).await?;
    Ok(no_store_json(&answer))
}

/// Deletes a registration, with the client's grants and tokens.
#[utoipa::path(
    delete, path = "/{tid}/{aid}/oauth2/register/{cid}", operation_id = "dynamicClientRegistrationDeleteClient", tag = "oauth2",
    responses(
        (status = 204, description = "The client is gone"),
        (status = 401, description = "Not the registration access token of this client", body = ErrorBody),
        (status = 403, description = "Clients cannot register themselves here", body = ErrorBody),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn delete(
    cx: Cx,
    ClientId(client_id): ClientId,
    headers: HeaderMap,
) -> Result<StatusCode, ErrorResponse> {
    let settings = enabled(&cx)?;
    token::authenticate(&cx, settings, &headers, &client_id).await?;
    match cx.store().delete::<Client>(&client_id, None).await {
        // Somebody was faster: it is gone.
        Ok(()) | Err(StoreError::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    cx.app.snapshots.invalidate(&cx.workspace.tenant_id, &cx.workspace.id);
    Ok(StatusCode::NO_CONTENT)
}

async fn store(
    cx: &Cx,
    settings: &DynamicClientRegistrationSettings,
    approval: &Approval,
    client: Client,
) -> Result<RegisteredClient, ErrorResponse> {
    let token = (!settings.disable_registration_token_management).then(|| Secret::new(cx.app.rng.secret()));
    let expires_at = token::expires_at(cx, settings);
    let registration = NewRegistration {
        token: token.as_ref().map(Secret::reveal),
        token_expires_at: expires_at,
        expires_at: (!approval.is_given()).then(|| cx.now.plus_seconds(UNUSED_SECONDS).millis()),
        spends: approval.initial_token.as_ref().map(|(jti, exp)| (jti.as_str(), exp.saturating_mul(1000))),
    };
    let stored = cx.store().register_client(client, &registration, cx.now.millis()).await?;
    let Registered::Client(client) = stored else {
        let error = OAuthError::invalid_token("initial_access_token_spent")
            .description("The initial access token was used before.");
        return Err(ErrorResponse::at_resource(&cx.workspace, error, Scheme::Bearer));
    };
    let mut answer = RegisteredClient::new(&client, client_uri(cx, &client.client_id))?;
    answer.registration_access_token_expires_in =
        expires_at.filter(|_| token.is_some()).map(|end| (end - cx.now.millis()) / 1000);
    answer.registration_access_token = token;
    Ok(answer)
}

fn client_uri(cx: &Cx, client_id: &str) -> String {
    cx.url(&format!("/oauth2/register/{client_id}"))
}

impl Approval {
    /// Whether somebody vouches for the client.
    const fn is_given(&self) -> bool {
        self.initial_token.is_some() || self.statement || self.certificate
    }
}
