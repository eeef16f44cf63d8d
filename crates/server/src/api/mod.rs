//! The management APIs: one folder a family, in it one file a resource, split by verb where it grew.
//!
//! [`FAMILIES`] is the registry. The routes, the OpenAPI documents and Swagger UI's choice come from it.

pub mod admin;
pub mod auth;
pub mod bearer;
pub mod error;
pub mod etag;
pub mod extract;
pub mod family;
pub mod file;
pub mod json;
pub mod openapi;
pub mod paging;
mod passwords;
pub mod protected_resource;
pub mod public;
pub mod root;
pub mod scheme;
pub mod swagger;
pub mod system;
pub mod tenants;

use axum::Router;
use axum::routing::any;
use http::{Method, Uri};

use crate::api::error::{ApiError, Kind};
use crate::api::family::{Family, Style};
use crate::app::App;
use crate::router;

/// All families, the one that administrators of a tenant use first.
pub static FAMILIES: &[Family] = &[
    Family {
        name: "admin",
        title: "Admin API",
        description: "Workspaces, clients, scopes, services, keys and users of one tenant.",
        style: Style::Management,
        schemes: &[&scheme::ADMIN],
        routes: admin::routes,
    },
    Family {
        name: "root",
        title: "Root API",
        description: "The tenants of this installation.",
        style: Style::Management,
        schemes: &[&scheme::ADMIN_SYSTEM, &scheme::SETUP],
        routes: root::routes,
    },
    Family {
        name: "public",
        title: "Public API",
        description: "What people do with their own sessions, by the token of a client of the workspace.",
        style: Style::OfPeople,
        schemes: &[&scheme::DEFAULT],
        routes: public::routes,
    },
    Family {
        name: "system",
        title: "System API",
        description: "For programs of one tenant that take part in logins.",
        style: Style::Management,
        schemes: &[&scheme::SYSTEM],
        routes: system::routes,
    },
    Family {
        name: "oauth2",
        title: "OAuth 2 and OpenID Connect",
        description: "The protocol endpoints of each workspace.",
        style: Style::Protocol,
        schemes: &[],
        routes: router::protocol,
    },
];

/// Everything below `/api`.
pub fn routes() -> Router<App> {
    let management = FAMILIES.iter().filter(|family| family.style == Style::Management);
    let families = management.fold(Router::new(), |router, family| {
        let (routes, _) = (family.routes)().split_for_parts();
        router.merge(routes)
    });
    families
        .merge(swagger::routes())
        .route("/api/{family}/{tid}/{*path}", any(nothing_here))
        .route("/api/{family}/{tid}", any(nothing_here))
        .route("/api/{family}/{tid}/", any(nothing_here))
        .route("/api/{family}", any(nothing_here))
        .route("/api/{family}/", any(nothing_here))
        .route("/api", any(nothing_here))
        .route("/api/", any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
}

async fn nothing_here(uri: Uri) -> ApiError {
    ApiError::new(Kind::NotFound, "There is nothing at this path.").seen(uri.path())
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(Kind::MethodNotAllowed, format!("This path does not answer {method}.")).seen(uri.path())
}
