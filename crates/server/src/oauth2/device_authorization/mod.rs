//! Device authorization (RFC 8628): `POST /{tid}/{aid}/device/authorization`.
//!
//! The device shows the user code; the person types it at `verification_uri`, or follows
//! `verification_uri_complete`, which `GET /{tid}/{aid}/device/qr` gives as a picture.

pub mod qr;
pub mod user_code;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use symbolon_protocol::{AuthorizationDetails, GrantType, OAuthError, ScopeSet};
use symbolon_store::entity::GoDuration;
use symbolon_store::{NewDecoupledRequest, StoreError};
use utoipa::ToSchema;

use super::answer::no_store_json;
use super::client_auth;
use super::error::{ErrorBody, ErrorResponse, store_failure};
use super::form_body::FormBody;
use super::issue::check_id_token_possible;
use super::{authorization_details, decoupled, resource, scope, strangers};
use crate::cx::Cx;
use crate::snapshot::Client;

use user_code::UserCodes;

/// The kind of such requests in the store.
pub const KIND: &str = "device";
/// A device code lives this many seconds, unless the workspace's `device_authorization.request_ttl` says otherwise.
const REQUEST_SECONDS: i64 = 30 * 60;
/// How often another user code is tried when one is taken.
const TRIES: usize = 8;

/// What a device asked for, as it waits for the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// The scopes asked for.
    pub scope: ScopeSet,
    /// What is asked for beyond scopes (RFC 9396).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// What the tokens are for (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Where the request came from: shown to the person (RFC 8628 §5.4).
    pub address: String,
}

/// A device authorization request (RFC 8628 §3.1).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, is never made")]
pub struct DeviceForm {
    /// The client. It suffices, also for a confidential client; credentials that are sent are checked.
    client_id: String,
    /// The scopes wanted, separated by spaces; all of the client's when absent.
    scope: Option<String>,
    /// What is wanted beyond scopes, as JSON (RFC 9396).
    authorization_details: Option<String>,
    /// What the tokens are for (RFC 8707); may be repeated.
    resource: Option<Vec<String>>,
}

/// A device authorization response (RFC 8628 §3.2).
#[derive(Serialize, ToSchema)]
pub struct DeviceResponse {
    /// What the device polls the token endpoint with.
    device_code: String,
    /// What the person types.
    user_code: String,
    /// Where the person types it.
    verification_uri: String,
    /// The same with the code filled in.
    verification_uri_complete: String,
    /// How long both codes live, in seconds.
    expires_in: i64,
    /// How long to wait between polls, in seconds.
    interval: i64,
}

/// Begins a device authorization.
#[utoipa::path(
    post, path = "/{tid}/{aid}/device/authorization", operation_id = "deviceAuthorization", tag = "oauth2",
    request_body(content = DeviceForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The codes", body = DeviceResponse),
        (status = 400, description = "The request is refused", body = ErrorBody),
        (status = 401, description = "The client is not known, or not who it says it is", body = ErrorBody),
        (status = 429, description = "Too many devices are being connected from one address", body = ErrorBody),
        (status = 503, description = "The store is away", body = ErrorBody),
    )
)]
pub async fn device_authorization(
    cx: Cx,
    FormBody { headers, form }: FormBody,
) -> Result<Response, ErrorResponse> {
    let by = client_auth::by_name(&cx, &headers, &form).await?;
    strangers::count_public(&cx, &by)?;
    let client = by.client;
    let begun = async {
        decoupled::check_grant(&cx, &client, GrantType::DeviceCode)?;
        let asked = DeviceRequest {
            scope: scope::requested(&cx, &client, &form)?.into_owned(),
            authorization_details: authorization_details::asked(&cx, &client, &form)?,
            resources: resource::of_grant(&cx, &client, form.all(resource::PARAMETER))?,
            address: cx.peer.remote.ip().to_canonical().to_string(),
        };
        check_id_token_possible(&cx, &client, &asked.scope)?;
        begin(&cx, &client, &asked).await
    };
    match begun.await {
        Ok(response) => Ok(no_store_json(&response)),
        Err(error) => Err(ErrorResponse::from(error).of_client(Some(client.id()))),
    }
}

/// The page where the person types the code, or the address with the code filled in.
pub fn verification_uri(cx: &Cx, user_code: Option<&str>) -> String {
    let page = cx.url("/device");
    match user_code {
        None => page,
        Some(code) => super::response_modes::with_query(&page, &[("user_code", code)]),
    }
}

async fn begin(cx: &Cx, client: &Client, asked: &DeviceRequest) -> Result<DeviceResponse, OAuthError> {
    let seconds = lifetime(cx);
    let device_code = cx.app.rng.secret();
    let handle = cx.app.rng.uuid().to_string();
    let codes = UserCodes::of(&cx.workspace);
    for _ in 0..TRIES {
        let user_code = codes.make(&cx.app.rng);
        let request = NewDecoupledRequest {
            id: &device_code,
            handle: &handle,
            kind: KIND,
            client_id: client.id(),
            subject: None,
            user_code: Some(&codes.normalise(&user_code)),
            doc: asked,
            sealed: None,
            created_at: cx.now.millis(),
            notify_at: None,
            expires_at: cx.now.plus_seconds(seconds).millis(),
        };
        match cx.store().insert_decoupled_request(&request).await {
            Ok(()) => {
                return Ok(DeviceResponse {
                    verification_uri: verification_uri(cx, None),
                    verification_uri_complete: verification_uri(cx, Some(&user_code)),
                    device_code,
                    user_code,
                    expires_in: seconds,
                    interval: decoupled::INTERVAL,
                });
            }
            // Somebody else has this code at the moment.
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(store_failure(&error)),
        }
    }
    Err(OAuthError::temporarily_unavailable("user_codes_used_up")
        .description("Too many devices are waiting. Try again.")
        .detail("device_authorization.user_code_length is too small for so many requests"))
}

fn lifetime(cx: &Cx) -> i64 {
    let configured = cx.workspace.server.device_authorization.as_ref().and_then(|device| device.request_ttl);
    configured.map(GoDuration::secs).filter(|seconds| *seconds > 0).unwrap_or(REQUEST_SECONDS)
}
