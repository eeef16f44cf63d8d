//! Backchannel authentication (OpenID Connect CIBA Core 1.0 §7): `POST /{tid}/{aid}/backchannel/authentication`.
//!
//! A client says who is to be asked; the person is asked elsewhere. The client polls the token endpoint meanwhile, or
//! is told by a message ([`notify`]).

pub mod answering;
pub mod delivery;
pub mod demo;
mod hint;
mod message;
pub mod notify;
mod parameters;
pub mod rules;
mod signed;

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_protocol::{AuthorizationDetails, ErrorCode, Form, GrantType, OAuthError, ScopeSet};
use symbolon_store::NewDecoupledRequest;
use utoipa::ToSchema;

use super::answer::no_store_json;
use super::error::{ErrorBody, ErrorResponse, store_failure};
use super::form_body::FormBody;
use super::issue::check_id_token_possible;
use super::{authorization_details, client_auth, decoupled, resource, scope};
use crate::cx::Cx;
use crate::snapshot::{Client, Workspace};
use delivery::{Callback, Mode};
use parameters::Parameters;

/// The kind of such requests in the store.
pub const KIND: &str = "ciba";
/// A request lives this many seconds where the client does not ask for another time (CIBA §7.1 `requested_expiry`).
const USUAL_SECONDS: i64 = 5 * 60;
/// However long a client wants it, a request lives no longer, in seconds.
const MOST_SECONDS: i64 = 30 * 60;
/// So many requests of one client may wait for one person: who gets more does not look at them any more, and agrees at
/// last to be left alone.
const MOST_WAITING: i64 = 20;

/// What a client asked for, as it waits for the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CibaRequest {
    /// The scopes asked for.
    pub scope: ScopeSet,
    /// What is asked for beyond scopes (RFC 9396).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// What the tokens are for (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What both devices show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding_message: Option<String>,
    /// How well the person should be authenticated, most wanted first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// How the client learns of the answer.
    #[serde(default)]
    pub mode: Mode,
}

/// A backchannel authentication request (CIBA §7.1), its parameters in the form or in a signed `request` (§7.1.1).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, is never made")]
pub struct BackchannelForm {
    /// The client, unless the Authorization header names it.
    client_id: Option<String>,
    /// The secret of a client that sends it in the form.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// The kind of assertion that authenticates the client.
    client_assertion_type: Option<String>,
    /// The assertion that authenticates the client.
    client_assertion: Option<String>,
    /// The scopes wanted, `openid` among them.
    scope: Option<String>,
    /// What is wanted beyond scopes, as JSON (RFC 9396).
    authorization_details: Option<String>,
    /// What the tokens are for (RFC 8707); may be repeated.
    resource: Option<Vec<String>>,
    /// The user name of the person that is to be asked, or a verified e-mail address or telephone number of theirs.
    login_hint: Option<String>,
    /// An ID token about the person that is to be asked.
    id_token_hint: Option<String>,
    /// What both devices show: at most 100 characters.
    binding_message: Option<String>,
    /// How long the request lives, in seconds.
    requested_expiry: Option<i64>,
    /// How well the person should be authenticated.
    acr_values: Option<String>,
    /// What the messages to a client that is pinged or pushed to carry as their bearer token.
    client_notification_token: Option<String>,
    /// All of this as a JWT that the client has signed.
    request: Option<String>,
}

/// A backchannel authentication response (CIBA §7.3).
#[derive(Serialize, ToSchema)]
pub struct BackchannelAuthenticationResponse {
    /// What the client polls the token endpoint with.
    auth_req_id: String,
    /// How long it lives, in seconds.
    expires_in: i64,
    /// How long to wait between polls, in seconds; absent where the client does not poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<i64>,
}

/// Begins the authentication of a person who is elsewhere.
#[utoipa::path(
    post, path = "/{tid}/{aid}/backchannel/authentication", operation_id = "backchannelAuthentication", tag = "oauth2",
    request_body(content = BackchannelForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The person is being asked", body = BackchannelAuthenticationResponse),
        (status = 400, description = "The request is refused", body = ErrorBody),
        (status = 401, description = "The client is not who it says it is", body = ErrorBody),
        (status = 403, description = "Too many requests of the client wait for this person", body = ErrorBody),
        (status = 503, description = "The store is away", body = ErrorBody),
    )
)]
pub async fn backchannel_authentication(
    cx: Cx,
    FormBody { headers, form }: FormBody,
) -> Result<Response, ErrorResponse> {
    let client =
        client_auth::authenticate(&cx, &headers, &form).await.map_err(ErrorResponse::standard)?.client;
    match ask(&cx, &client, &form).await {
        Ok(response) => Ok(no_store_json(&response)),
        Err(error) => {
            // CIBA §13: here, and nowhere else.
            let denied = error.code == ErrorCode::AccessDenied;
            let answer = match denied {
                true => ErrorResponse::with_status(error, StatusCode::FORBIDDEN),
                false => error.into(),
            };
            Err(answer.of_client(Some(client.id())).standard())
        }
    }
}

/// Whether the workspace has the grant.
pub fn is_served(workspace: &Workspace) -> bool {
    workspace.server.grant_types.iter().any(|word| word == GrantType::Ciba.as_str())
}

async fn ask(cx: &Cx, client: &Client, form: &Form) -> Result<BackchannelAuthenticationResponse, OAuthError> {
    decoupled::check_grant(cx, client, GrantType::Ciba)?;
    // CIBA §7.1: the client authenticates. FAPI-CIBA §5.2.2-1.
    if client.auth_method.is_public() {
        return Err(OAuthError::unauthorized_client("ciba_by_public_client")
            .description("A public client cannot have a person authenticated elsewhere."));
    }
    let mode = delivery::mode(&cx.workspace, client)?;
    let parameters = Parameters::read(cx, client, form).await?;
    let scope = scopes(cx, client, &parameters)?;
    check_id_token_possible(cx, client, &scope)?;
    let details = parameters.get(authorization_details::PARAMETER);
    let details = details.map(|text| authorization_details::of_text(cx, client, text)).transpose()?;
    let resources = resource::of_grant(cx, client, parameters.resources())?;
    let person = hint::person(cx, client, &parameters).await?;
    let doc = CibaRequest {
        scope,
        authorization_details: details.unwrap_or_default(),
        resources,
        binding_message: message::of(&cx.workspace, &parameters)?,
        acr_values: words(parameters.get("acr_values")),
        mode,
    };
    begin(cx, client, &parameters, &person.subject, doc).await
}

async fn begin(
    cx: &Cx,
    client: &Client,
    parameters: &Parameters,
    subject: &str,
    doc: CibaRequest,
) -> Result<BackchannelAuthenticationResponse, OAuthError> {
    let seconds = lifetime(parameters)?;
    let waiting = cx.store().count_decoupled_requests(client.id(), subject, cx.now.millis()).await;
    if waiting.map_err(|error| store_failure(&error))? >= MOST_WAITING {
        return Err(OAuthError::access_denied("ciba_too_many_waiting")
            .description("The person has not yet answered the last requests of the client. Try again later.")
            .expected(format!("fewer than {MOST_WAITING} requests that wait for the person")));
    }
    let auth_req_id = cx.app.rng.secret();
    let callback = Callback::of(cx, client, doc.mode, parameters, &auth_req_id).await?;
    let callback = callback.map(|callback| callback.to_bytes()).transpose()?;
    parameters.spend(cx, client).await?;
    let expires_at = cx.now.plus_seconds(seconds).millis();
    let request = NewDecoupledRequest {
        id: &auth_req_id,
        handle: &cx.app.rng.uuid().to_string(),
        kind: KIND,
        client_id: client.id(),
        subject: Some(subject),
        user_code: None,
        doc: &doc,
        sealed: callback.as_deref(),
        created_at: cx.now.millis(),
        // Who is pushed to does not ask, and would never hear that nobody has answered.
        notify_at: doc.mode.pushes().then_some(expires_at),
        expires_at,
    };
    cx.store().insert_decoupled_request(&request).await.map_err(|error| store_failure(&error))?;
    let interval = (!doc.mode.pushes()).then_some(decoupled::INTERVAL);
    Ok(BackchannelAuthenticationResponse { auth_req_id, expires_in: seconds, interval })
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect()
}

/// CIBA §7.1: `scope` is required, and contains `openid`.
fn scopes(cx: &Cx, client: &Client, parameters: &Parameters) -> Result<ScopeSet, OAuthError> {
    let text = parameters.require("scope")?;
    let asked = scope::of_text(cx, client, text)?;
    if !asked.contains(super::issue::OPENID) {
        return Err(OAuthError::invalid_scope("scope_openid_missing")
            .description("The scope openid is missing.")
            .expected("openid")
            .got(text));
    }
    Ok(asked)
}

/// CIBA §7.1: `requested_expiry` is a positive number of seconds; what is too long is cut.
fn lifetime(parameters: &Parameters) -> Result<i64, OAuthError> {
    let Some(text) = parameters.get("requested_expiry") else { return Ok(USUAL_SECONDS) };
    match text.parse::<u64>() {
        Ok(seconds) if seconds > 0 => Ok(i64::try_from(seconds).unwrap_or(MOST_SECONDS).min(MOST_SECONDS)),
        _ => Err(OAuthError::invalid_request("requested_expiry_malformed")
            .description("The parameter requested_expiry is not a positive number.")
            .got(text)),
    }
}
