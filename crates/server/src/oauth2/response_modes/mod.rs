//! How an authorization response travels to the client (OAuth 2.0 Multiple Response Types §2.1, Form Post Response
//! Mode, JARM).

mod form_post;
mod fragment;
mod jwt;
mod query;

pub use query::with_query;

use axum::response::Response;
use symbolon_protocol::{OAuthError, ResponseMode};

use crate::login::views::View;
use crate::oauth2::authorize::rules::{response_mode, response_type};
use crate::snapshot::Workspace;

/// The response modes this server answers in. Discovery prints them.
pub static RESPONSE_MODES: &[ResponseMode] = ResponseMode::ALL;

/// Those that the workspace allows. Where it blocks response modes altogether, the parameter is refused and every
/// answer takes the way that its response type has by default.
pub fn allowed(workspace: &Workspace) -> impl Iterator<Item = ResponseMode> {
    let advanced = workspace.server.advanced.as_ref();
    RESPONSE_MODES.iter().copied().filter(move |mode| {
        advanced.is_none_or(|advanced| {
            let is_default = matches!(mode, ResponseMode::Query | ResponseMode::Fragment);
            (!advanced.block_response_modes || is_default)
                && !advanced.disallowed_response_modes.iter().any(|word| word == mode.as_str())
        })
    })
}

/// Those that an answer of this workspace can take: what nothing that it issues may travel in is not told of.
pub fn usable(workspace: &Workspace) -> impl Iterator<Item = ResponseMode> {
    let advanced = workspace.server.advanced.as_ref();
    let is_blocked = advanced.is_some_and(|advanced| advanced.block_response_modes);
    allowed(workspace).filter(move |mode| {
        response_type::allowed(workspace).any(|response_type| {
            mode.may_carry(response_type, true)
                && !response_mode::must_be_signed(workspace, response_type, *mode)
                && (!is_blocked || *mode == ResponseMode::default_for(response_type))
        })
    })
}

/// Sends parameters to the redirect URI.
///
/// # Errors
/// When an answer that should be signed or encrypted cannot be.
pub async fn respond(view: View<'_>, parameters: &[(&str, &str)]) -> Result<Response, OAuthError> {
    let View { cx, client, request, .. } = view;
    let mode = request.response_mode.resolved_for(request.response_type);
    let sealed;
    let only_one;
    let parameters = match mode.is_jwt() {
        true => {
            sealed = jwt::seal(cx, client, parameters).await?;
            only_one = [("response", sealed.as_str())];
            &only_one
        }
        false => parameters,
    };
    Ok(match mode {
        ResponseMode::Fragment | ResponseMode::FragmentJwt => {
            fragment::respond(&request.redirect_uri, parameters)
        }
        ResponseMode::FormPost | ResponseMode::FormPostJwt => form_post::respond(view, parameters),
        ResponseMode::Query | ResponseMode::QueryJwt | ResponseMode::Jwt => {
            query::respond(&request.redirect_uri, parameters)
        }
    })
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
