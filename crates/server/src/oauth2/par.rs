//! The pushed authorization request endpoint (RFC 9126): `POST /{tid}/{aid}/par`.
//!
//! The client authenticates as at the token endpoint, and every rule of the authorization endpoint is checked before a
//! person sees anything.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use symbolon_protocol::{Form, OAuthError};
use utoipa::ToSchema;

use super::answer::no_store_json;
use super::authorize::request::AuthorizationRequest;
use super::authorize::rules::{self, Asked};
use super::authorize::source::Source;
use super::authorize::{client, pushed};
use super::client_auth;
use super::error::{ErrorBody, ErrorResponse};
use super::form_body::FormBody;
use super::forms::PushedForm;
use super::{dpop, request_object, strangers};
use crate::cx::Cx;
use crate::snapshot::Client;

/// What names a pushed request (RFC 9126 §2.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PARResponse)]
pub struct PushedAnswer {
    /// Goes to the authorization endpoint, with the `client_id`.
    pub request_uri: String,
    /// How long it is good for, in seconds.
    pub expires_in: i64,
}

/// Takes an authorization request from the client itself.
#[utoipa::path(
    post, path = "/{tid}/{aid}/par", operation_id = "pushedAuthorizationRequest", tag = "oauth2",
    params(("tid" = String, Path, description = "Tenant"), ("aid" = String, Path, description = "Workspace")),
    request_body(content = PushedForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "The request waits for the browser", body = PushedAnswer),
        (status = 400, description = "The request is refused", body = ErrorBody),
        (status = 401, description = "The client is not who it says it is", body = ErrorBody),
        (status = 404, description = "The workspace takes no pushed requests", body = ErrorBody),
        (status = 429, description = "Too many requests of public clients come from one address", body = ErrorBody),
        (status = 503, description = "The store is away: try again", body = ErrorBody),
    )
)]
pub async fn par(cx: Cx, FormBody { headers, form }: FormBody) -> Response {
    let mut response = answer(&cx, &headers, &form).await.into_response();
    // RFC 9449 §8, §10.1: who proves a key here learns the nonce for it.
    if cx.proof().is_ok_and(|proof| proof.is_some()) {
        dpop::add_nonce(&cx, &mut response);
    }
    response
}

async fn answer(cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<PushedResponse, ErrorResponse> {
    if !pushed::is_served(&cx.workspace) {
        let error = OAuthError::invalid_request("par_disabled")
            .description("This authorization server takes no pushed requests.")
            .detail("advanced.disable_par of the workspace is set");
        return Err(ErrorResponse::with_status(error, StatusCode::NOT_FOUND));
    }
    let by = client_auth::authenticate(cx, headers, form).await?;
    strangers::count_public(cx, &by)?;
    let client = by.client;
    match push(cx, &client, form).await {
        Ok((request_uri, expires_in)) => Ok(PushedResponse(PushedAnswer { request_uri, expires_in })),
        Err(error) => Err(ErrorResponse::from(error).of_client(Some(client.id()))),
    }
}

/// What may come beside a request object: who pushes it (RFC 9126 §3).
const BESIDE_OBJECT: &[&str] =
    &["request", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

async fn push(cx: &Cx, client: &Client, form: &Form) -> Result<(String, i64), OAuthError> {
    if form.get("request_uri").is_some() {
        // RFC 9126 §2.1
        return Err(OAuthError::invalid_request("request_uri_pushed")
            .description("The parameter request_uri cannot be pushed."));
    }
    let form = with_client_id(client, form)?;
    let (form, is_signed) = match form.get("request") {
        Some(object) => of_object(cx, client, object, &form).await?,
        None => (form, false),
    };
    client::check_may_ask_people(client)?;
    let redirect_uri = client::redirect_uri(cx, client, &form)?;
    let mut request = AuthorizationRequest::new(client.id(), redirect_uri, &form);
    let asked = Asked { cx, client, form: &form, source: Source::Pushed, is_signed };
    rules::check(&asked, &mut request)?;
    dpop::spend_of(cx).await?;
    // RFC 9449 §10.1: a proof says which key the code is for, as the parameter does.
    let proven = request.dpop_jkt.as_deref().filter(|_| form.get("dpop_jkt").is_none());
    let said = form.iter().filter(|(name, _)| proven.is_none() || *name != "dpop_jkt");
    let form = Form::from_pairs(said.chain(proven.map(|jkt| ("dpop_jkt", jkt))))?;
    pushed::keep(cx, client, &form).await
}

/// RFC 9126 §3: what is asked for is in the object, all of it.
async fn of_object(cx: &Cx, client: &Client, object: &str, form: &Form) -> Result<(Form, bool), OAuthError> {
    if let Some((name, _)) = form.iter().find(|(name, _)| !BESIDE_OBJECT.contains(name)) {
        return Err(OAuthError::invalid_request("parameter_beside_request_object")
            .description(
                "Beside the parameter request only those that authenticate the client may be pushed.",
            )
            .expected(BESIDE_OBJECT.join(", "))
            .got(name));
    }
    let read = request_object::read(cx, client, object, form).await.map_err(|refused| refused.error)?;
    Ok((read.form, read.is_signed))
}

/// A client that has said who it is elsewhere need not say it again.
fn with_client_id(client: &Client, form: &Form) -> Result<Form, OAuthError> {
    match form.get("client_id") {
        Some(own) if own == client.id() => Ok(form.clone()),
        Some(other) => Err(OAuthError::invalid_request("client_id_contradiction")
            .description("The client_id is not that of the client that pushes the request.")
            .expected(client.id())
            .got(other)),
        None => {
            let own = std::iter::once(("client_id", client.id()));
            Ok(Form::from_pairs(own.chain(form.iter().filter(|(name, _)| *name != "client_id")))?)
        }
    }
}

/// 201 (RFC 9126 §2.2).
#[derive(Debug)]
pub struct PushedResponse(PushedAnswer);

impl IntoResponse for PushedResponse {
    fn into_response(self) -> Response {
        let mut response = no_store_json(&self.0);
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::CREATED;
        }
        response
    }
}
