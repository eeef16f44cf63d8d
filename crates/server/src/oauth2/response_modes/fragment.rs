//! `fragment`: parameters in the fragment component, which the browser keeps to itself.

use axum::response::Response;

pub(super) fn respond(redirect_uri: &str, parameters: &[(&str, &str)]) -> Response {
    super::see_other(&format!("{redirect_uri}#{}", super::encode(parameters)))
}
