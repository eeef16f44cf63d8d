//! The authorization endpoint: RFC 6749 §3.1, OIDC Core §3.1.2.
//!
//! The client first, then its parameters from their [`source`], then the redirect URI: a fault there is a page, never a
//! redirect to an address that is not the client's. Then all [`rules`] in order;
//! then [`next::next`] says whether the person has to log in or to consent. If not, the answer leaves at once;
//! otherwise the request is stored, bound to this browser, and the browser goes to its interaction.

pub mod client;
pub mod issue;
pub mod next;
pub mod pushed;
pub mod request;
pub mod respond;
pub mod rules;
pub mod source;

use axum::body::Bytes;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, Method, Uri};
use symbolon_protocol::{Form, OAuthError};

use crate::cx::Cx;
use crate::login::cookies::CookieName;
use crate::login::interaction;
use crate::login::step::{Interaction, Step, step};
use crate::login::views::{View, error_page, error_page_of};
use crate::login::{Browser, Session};
use crate::oauth2::error::store_failure;
use crate::oauth2::form_body;
use crate::oauth2::request_object::Refused;
use crate::oauth2::response_modes::{see_other, with_query};
use crate::oauth2::strangers::{self, TooMany};
use crate::snapshot::Client;
use request::AuthorizationRequest;
use rules::Asked;
use source::Source;

/// A longer address, in bytes, is not made of a form: browsers and proxies might not take it.
const MAX_ADDRESS: usize = 8 * 1024;

/// Who asks, where the answer goes and how: of two nobody knows which is meant.
const DECISIVE: &[&str] = &["client_id", "redirect_uri", "request", "request_uri", "state", "response_mode"];

/// Begins an authorization.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oauth2/authorize", operation_id = "authorize", tag = "oauth2",
    params(
        ("tid" = String, Path, description = "Tenant"), ("aid" = String, Path, description = "Workspace"),
        ("response_type" = String, Query), ("client_id" = String, Query), ("redirect_uri" = Option<String>, Query),
        ("scope" = Option<String>, Query), ("state" = Option<String>, Query), ("nonce" = Option<String>, Query),
        ("response_mode" = Option<String>, Query), ("prompt" = Option<String>, Query),
        ("max_age" = Option<u32>, Query), ("login_hint" = Option<String>, Query),
        ("id_token_hint" = Option<String>, Query), ("ui_locales" = Option<String>, Query),
        ("claims" = Option<String>, Query), ("claims_locales" = Option<String>, Query),
        ("request" = Option<String>, Query), ("authorization_details" = Option<String>, Query), ("request_uri" = Option<String>, Query), ("code_challenge" = Option<String>, Query), ("code_challenge_method" = Option<String>, Query),
    ),
    responses(
        (status = 303, description = "To the client with a code or an error, or to a page for the person"),
        (status = 400, description = "A page: the client or its redirect URI is not known", content_type = "text/html"),
    )
)]
pub async fn get(cx: Cx, uri: Uri, headers: HeaderMap) -> Response {
    match Form::parse_repeated(uri.query().unwrap_or_default().as_bytes()) {
        Ok(form) => authorize(&cx, &headers, &form, &Method::GET).await,
        Err(error) => error_page(&cx, &headers, error.into()),
    }
}

/// The same by POST (OIDC Core §3.1.2.1), for requests too long for an address.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oauth2/authorize", operation_id = "authorizePost", tag = "oauth2",
    params(("tid" = String, Path, description = "Tenant"), ("aid" = String, Path, description = "Workspace")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the client with a code or an error, or to a page for the person"),
        (status = 400, description = "A page: the client or its redirect URI is not known", content_type = "text/html"),
    )
)]
pub async fn post(cx: Cx, headers: HeaderMap, body: Bytes) -> Response {
    match form_body::read_repeated(&headers, &body) {
        Ok(form) => authorize(&cx, &headers, &form, &Method::POST).await,
        Err(error) => error_page(&cx, &headers, error),
    }
}

async fn authorize(cx: &Cx, headers: &HeaderMap, form: &Form, method: &Method) -> Response {
    // RFC 6749 §4.1.2.1: until the client and the redirect URI are known to be right, nobody is redirected.
    let page = |error| error_page_of(cx, headers, form.get("client_id"), error);
    let repeated = form.check_repeated().err().map(OAuthError::from);
    let comes_twice = |name: &&str| form.iter().filter(|(given, _)| given == name).count() > 1;
    let repeated = match repeated {
        Some(error) if DECISIVE.iter().any(comes_twice) => return page(error),
        other => other,
    };
    let client = match client::identify(cx, form).await {
        Ok(client) => client,
        Err(error) => return page(error),
    };
    let resolved = match source::resolve(cx, &client, form).await {
        Ok(resolved) => resolved,
        Err(refused) => return unresolved(cx, headers, &client, form, refused).await,
    };
    let redirect_uri = match client::redirect_uri(cx, &client, &resolved.form) {
        Ok(redirect_uri) => redirect_uri,
        Err(error) => return page(error),
    };
    if method == Method::POST
        && let Some(address) = again_with_cookies(cx, headers, form)
    {
        return see_other(&address);
    }
    let mut request = AuthorizationRequest::new(client.id(), redirect_uri, &resolved.form);
    let asked = Asked {
        cx,
        client: &client,
        form: &resolved.form,
        source: resolved.source,
        is_signed: resolved.is_signed,
    };
    if let Some(error) = repeated {
        rules::find_way(&asked, &mut request);
        return respond::error(View { cx, headers, client: &client, request: &request }, error).await;
    }
    if let Err(error) = rules::check(&asked, &mut request) {
        return respond::error(View { cx, headers, client: &client, request: &request }, error).await;
    }
    request.pushed = resolved.pushed;
    let session = match Session::find(cx, headers).await {
        Ok(session) => session,
        Err(error) => {
            let view = View { cx, headers, client: &client, request: &request };
            return respond::error(view, error).await;
        }
    };
    let interaction = Interaction::new(request);
    let view = View { cx, headers, client: &client, request: &interaction.request };
    match step(cx, &client, &interaction, None, session.as_ref()).await {
        Ok(Step::Respond(issued)) => respond::success(view, &issued).await,
        Ok(Step::Page(_)) => begin(view, &interaction).await,
        Err(error) => respond::error(view, error).await,
    }
}

/// The answer to a request whose parameters cannot be had: to the client where the request itself names an address of
/// the client, else a page.
async fn unresolved(
    cx: &Cx,
    headers: &HeaderMap,
    client: &Client,
    form: &Form,
    Refused { error, form: signed }: Refused,
) -> Response {
    let form = signed.as_ref().unwrap_or(form);
    match client::redirect_uri(cx, client, form) {
        Ok(redirect_uri) if redirect_uri.sent => {
            let mut request = AuthorizationRequest::new(client.id(), redirect_uri, form);
            let asked = Asked { cx, client, form, source: Source::Plain, is_signed: false };
            rules::find_way(&asked, &mut request);
            respond::error(View { cx, headers, client, request: &request }, error).await
        }
        _ => error_page_of(cx, headers, Some(client.id()), error),
    }
}

/// The same request as an address, if none of our cookies came with it.
///
/// A form that another site sends comes without them (`SameSite=Lax`), so the person would seem to be a stranger, and
/// a new cookie would end what the browser is doing in other tabs. The address, opened by the same browser, comes with
/// them.
fn again_with_cookies(cx: &Cx, headers: &HeaderMap, form: &Form) -> Option<String> {
    let cookies = [CookieName::Browser, CookieName::Session];
    if cookies.iter().any(|cookie| cookie.read(&cx.workspace, headers).is_some()) {
        return None;
    }
    let here = format!("/{}/{}/oauth2/authorize", cx.workspace.tenant_id, cx.workspace.id);
    Some(with_query(&here, &form.iter().collect::<Vec<_>>())).filter(|address| address.len() <= MAX_ADDRESS)
}

/// Stores the request and sends the browser to its interaction. An address gets so many of them in a minute: what
/// nobody has logged in for must not fill the store.
pub async fn begin(view: View<'_>, interaction: &Interaction) -> Response {
    let View { cx, headers, .. } = view;
    if let Err(too_many) = strangers::count(cx) {
        return later(cx, headers, interaction, too_many);
    }
    let browser = Browser::of(cx, headers);
    match interaction.store(cx, &browser).await {
        Ok(id) => {
            let mut response = see_other(&interaction::address(cx, &id, &interaction.request.client_id));
            browser.remember(cx, response.headers_mut());
            response
        }
        Err(error) => respond::error(view, store_failure(&error)).await,
    }
}

fn later(cx: &Cx, headers: &HeaderMap, interaction: &Interaction, too_many: TooMany) -> Response {
    let TooMany { error, seconds } = too_many;
    let mut response = error_page_of(cx, headers, Some(&interaction.request.client_id), error);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
