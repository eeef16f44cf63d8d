//! Swagger UI and the OpenAPI documents it reads: `/api/swagger/{tid}/`.
//!
//! Everything comes from this binary and works offline. The content security policy allows no inline script and no
//! other origin. The page and the documents are public: they say what the manual says.

use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use minijinja::{Environment, context};
use serde::Deserialize;

use crate::api::FAMILIES;
use crate::api::error::{ApiError, Kind};
use crate::api::openapi::Documents;
use crate::app::App;
use crate::secrets::sha256;

/// `style-src` has the hash of the one empty style element that the bundle puts into the page.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The client that the dialog suggests where there is demo data.
const DEMO_CLIENT: &str = "admin-swagger";

/// A file that the page loads.
#[derive(Debug)]
struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    gzip: bool,
}

const ASSETS: &[Asset] = &[
    asset(
        "oauth2-redirect.html",
        "text/html; charset=utf-8",
        include_bytes!("../../assets/swagger-ui/oauth2-redirect.html"),
    ),
    asset("oauth2-redirect.js", JAVASCRIPT, include_bytes!("../../assets/swagger-ui/oauth2-redirect.js")),
    asset("page.css", CSS, include_bytes!("../../assets/swagger-ui/page.css")),
    asset("start.js", JAVASCRIPT, include_bytes!("../../assets/swagger-ui/start.js")),
    compressed(
        "swagger-ui-bundle.js",
        JAVASCRIPT,
        include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.gz"),
    ),
    compressed("swagger-ui.css", CSS, include_bytes!("../../assets/swagger-ui/swagger-ui.css.gz")),
];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

const fn asset(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, content_type, bytes, gzip: false }
}

const fn compressed(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, content_type, bytes, gzip: true }
}

/// What the routes share: made once.
#[derive(Debug)]
struct Ui {
    page: Environment<'static>,
    documents: Documents,
    /// A piece of each asset's SHA-256, by name: it goes into the address, so that browsers may keep the file.
    digests: Vec<(&'static str, String)>,
}

/// The routes of Swagger UI.
///
/// # Panics
/// When the page's template is broken: at start-up, and in the first test.
pub fn routes() -> Router<App> {
    let mut page = Environment::new();
    page.add_template("index.html", include_str!("../../assets/swagger-ui/index.html"))
        .expect("the template is well-formed");
    let digest = |asset: &Asset| (asset.name, URL_SAFE_NO_PAD.encode(&sha256(asset.bytes)[..9]));
    let ui = Ui { page, documents: Documents::new(), digests: ASSETS.iter().map(digest).collect() };
    Router::new()
        .route("/api/swagger/{tid}", get(add_slash))
        .route("/api/swagger/{tid}/", get(index))
        .route("/api/swagger/{tid}/{file}", get(file))
        .layer(Extension(Arc::new(ui)))
}

/// The page's addresses are relative to the folder, so the slash must be there.
async fn add_slash(OriginalUri(uri): OriginalUri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{}/{query}", uri.path()))
}

#[derive(Deserialize)]
struct Chosen {
    family: Option<String>,
}

async fn index(
    State(app): State<App>,
    Extension(ui): Extension<Arc<Ui>>,
    Path(tenant_id): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, ApiError> {
    require_tenant(&app, &tenant_id).await?;
    let family = chosen.family.as_deref().and_then(|name| FAMILIES.iter().find(|family| family.name == name));
    let html = ui
        .page
        .get_template("index.html")
        .and_then(|template| {
            template.render(context! {
                tenant => tenant_id,
                families => FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>(),
                family => family.unwrap_or(&FAMILIES[0]).name,
                client_id => if app.config.demo { DEMO_CLIENT } else { "" },
                version => ui.digests.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            })
        })
        .map_err(|error| ApiError::new(Kind::Internal, "The page cannot be shown.").seen(error))?;
    Ok(page("text/html; charset=utf-8", "no-store", html.into_bytes()))
}

#[derive(Deserialize)]
struct Version {
    v: Option<String>,
}

async fn file(
    State(app): State<App>,
    Extension(ui): Extension<Arc<Ui>>,
    Path((tenant_id, file)): Path<(String, String)>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(family) = file.strip_suffix(".json") {
        require_tenant(&app, &tenant_id).await?;
        let document =
            ui.documents.find(family, &tenant_id).ok_or_else(|| ApiError::not_found("document", &file))?;
        return Ok(page("application/json", "no-cache", document.into_bytes()));
    }
    let asset =
        ASSETS.iter().find(|asset| asset.name == file).ok_or_else(|| ApiError::not_found("file", &file))?;
    if asset.gzip && !accepts_gzip(&headers) {
        return Err(ApiError::new(Kind::NotAcceptable, "This file is sent compressed with gzip only."));
    }
    let digest = ui.digests.iter().find(|(name, _)| *name == asset.name).map(|(_, digest)| digest);
    let cache = match version.v {
        Some(v) if Some(&v) == digest => "public, max-age=31536000, immutable",
        _ => "no-cache",
    };
    let mut response = page(asset.content_type, cache, asset.bytes.to_vec());
    if asset.gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    Ok(response)
}

/// A tenant has a workspace `admin`: its tokens are what the page asks for.
async fn require_tenant(app: &App, tenant_id: &str) -> Result<(), ApiError> {
    let workspace = app.snapshots.workspace(&app.store, tenant_id, "admin").await?;
    workspace.map(|_| ()).ok_or_else(|| ApiError::not_found("tenant", tenant_id))
}

/// RFC 9110 §12.5.3: without the header every coding will do.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    if !headers.contains_key(ACCEPT_ENCODING) {
        return true;
    }
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        matches!(name.trim(), "gzip" | "*") && !weight.trim().trim_end_matches(['0', '.']).eq("q=")
    })
}

fn page(content_type: &'static str, cache: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
        (CONTENT_SECURITY_POLICY, CSP),
        (http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (http::header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::OK, headers, body.into()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_understood_as_browsers_and_tools_say_it() {
        let accepts = |value: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.extend(value.map(|value| (ACCEPT_ENCODING, HeaderValue::from_static(value))));
            accepts_gzip(&headers)
        };
        for yes in [None, Some("gzip"), Some("deflate, gzip, br"), Some("gzip;q=0.5"), Some("*")] {
            assert!(accepts(yes), "{yes:?}");
        }
        for no in [Some("identity"), Some("br"), Some("gzip;q=0"), Some("gzip; q=0.0"), Some("")] {
            assert!(!accepts(no), "{no:?}");
        }
    }

    #[test]
    fn no_page_has_inline_script_or_another_origin() {
        for page in [
            include_str!("../../assets/swagger-ui/index.html"),
            include_str!("../../assets/swagger-ui/oauth2-redirect.html"),
        ] {
            assert!(
                page.split("<script").skip(1).all(|rest| rest.trim_start().starts_with("src=")),
                "{page}"
            );
            assert!(!page.contains("://") && !page.contains(" style="), "{page}");
        }
    }
}
