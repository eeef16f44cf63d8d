//! How an authorization response travels to the client (OAuth 2.0 Multiple Response Types §2.1).

mod fragment;
mod query;

pub use query::with_query;

use axum::response::Response;
use symbolon_protocol::ResponseMode;

/// The response modes this server answers in. Discovery prints them.
pub static RESPONSE_MODES: &[ResponseMode] = &[ResponseMode::Query, ResponseMode::Fragment];

/// Sends parameters to the redirect URI.
pub fn respond(mode: ResponseMode, redirect_uri: &str, parameters: &[(&str, &str)]) -> Response {
    match mode {
        ResponseMode::Fragment => fragment::respond(redirect_uri, parameters),
        _ => query::respond(redirect_uri, parameters),
    }
}

/// A redirect that no cache keeps and whose address no page learns. 303, so that a form's POST becomes a GET and
/// no password is sent on (RFC 9700 §4.12).
pub fn see_other(location: &str) -> Response {
    use axum::response::IntoResponse;
    use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
    let headers = [(LOCATION, location), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    (http::StatusCode::SEE_OTHER, headers).into_response()
}

fn encode(parameters: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}
