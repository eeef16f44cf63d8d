//! A person who reaches this server under another name than `server.url` is told so, and which setting to change.
//!
//! Cookies, forms and issuer belong to the configured address; a login begun elsewhere would fail half-way with no
//! reason given. Programs are answered as ever: their tokens name the configured issuer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::ACCEPT;
use http::{Method, StatusCode};

use crate::app::App;
use crate::base_url::{BaseUrl, requested_host};
use crate::login::views::language;
use crate::middleware::RequestId;
use crate::pages::{Brand, FormTargets, Link, WrongHostPage};

/// Lets requests through that came to a configured address, or that no person made.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(expected) = &app.base_url else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let wants_page = parts.method == Method::GET
        && parts
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|v| v.contains("text/html"));
    let requested = requested_host(&parts).unwrap_or_default();
    let is_known =
        [Some(expected), app.mtls_url.as_ref()].into_iter().flatten().any(|url| is_same(url, requested));
    if !wants_page || is_known {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let page = WrongHostPage::new(
        expected.as_str(),
        &format!("{}://{requested}", expected.scheme()),
        Link::parse(&format!("{expected}{path}")),
        RequestId::of(&parts).as_str(),
    );
    let html =
        app.pages.render(&page, language(&parts.headers, None), &Brand::new("Symbolon"), &FormTargets::own());
    html.with_status(StatusCode::MISDIRECTED_REQUEST).into_response()
}

/// Authorities are equal but for case and the scheme's own port.
fn is_same(url: &BaseUrl, requested: &str) -> bool {
    let port = if url.scheme() == "https" { ":443" } else { ":80" };
    let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    bare(url.authority()) == bare(requested)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_port_and_case_do_not_count() {
        let url = BaseUrl::new("https://id.example");
        for same in ["id.example", "ID.example", "id.example:443"] {
            assert!(is_same(&url, same), "{same}");
        }
        for other in ["id.example:8443", "evil.example", "id.example.evil", ""] {
            assert!(!is_same(&url, other), "{other}");
        }
    }
}
