//! `form_post`: parameters in a form that the browser posts (OAuth 2.0 Form Post Response Mode §2).

use axum::response::Response;

use crate::login::views::View;

pub(super) fn respond(view: View<'_>, parameters: &[(&str, &str)]) -> Response {
    view.form_post(parameters)
}
