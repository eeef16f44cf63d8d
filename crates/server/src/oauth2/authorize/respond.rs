//! The answer to the client: what was issued or an error, by the response mode, with `state` and `iss` (RFC 9207).

use axum::response::Response;
use symbolon_protocol::OAuthError;

use super::issue::Parameters;
use super::request::AuthorizationRequest;
use crate::cx::Cx;
use crate::oauth2::response_modes;
use crate::refusals::Refused;

/// What the client has asked for (RFC 6749 §4.1.2, §4.2.2).
pub fn success(cx: &Cx, request: &AuthorizationRequest, issued: &Parameters) -> Response {
    let issued: Vec<_> = issued.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(cx, request, &issued)
}

/// An error for the client (RFC 6749 §4.1.2.1). The reason goes to the refusal record.
pub fn error(cx: &Cx, request: &AuthorizationRequest, error: OAuthError) -> Response {
    let mut response =
        send(cx, request, &[("error", error.code.as_str()), ("error_description", &error.description)]);
    response.extensions_mut().insert(Refused::oauth(error).of_client(&request.client_id));
    response
}

fn send(cx: &Cx, request: &AuthorizationRequest, answer: &[(&str, &str)]) -> Response {
    let issuer = cx.issuer();
    let mut parameters = answer.to_vec();
    parameters.extend(request.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", &issuer));
    response_modes::respond(request.response_mode, &request.redirect_uri, &parameters)
}
