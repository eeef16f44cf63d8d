//! Every route, family by family.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::middleware::Watch;
use crate::{api, health, home, login, oauth2, tls, wrong_host};

/// The whole server, with what surrounds every request.
pub fn router(app: &App) -> Router {
    let (documented, _) = protocol().split_for_parts();
    let (people, _) = api::public::routes().split_for_parts();
    let routes = Router::new().merge(documented).merge(pages()).merge(people).merge(api::routes());
    let routes = if app.config.demo { routes.merge(demo()) } else { routes };
    let routes = routes.layer(from_fn_with_state(app.clone(), wrong_host::check));
    // Probes ask by any name.
    let routes = routes.merge(health::routes()).layer(from_fn(tls::refuse_faults));
    let parts = (app.metrics.clone(), app.refusals.clone(), app.clock.clone(), app.rng.clone());
    let watch = Watch::new(&app.config, parts.0, parts.1, parts.2, parts.3);
    watch.around(routes).with_state(app.clone())
}

/// Family `oauth2`: the protocol endpoints of each workspace.
pub fn protocol() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(oauth2::authorize::get, oauth2::authorize::post))
        .routes(routes!(oauth2::end_session::get, oauth2::end_session::post))
        .routes(routes!(oauth2::check_session::get))
        .routes(routes!(oauth2::introspect::introspect))
        .routes(routes!(oauth2::backchannel_authentication::backchannel_authentication))
        .routes(routes!(oauth2::certificate::certificate))
        .merge(for_any_origin())
}

/// Those that applications in a browser call.
fn for_any_origin() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(oauth2::token::token))
        .routes(routes!(oauth2::revoke::revoke))
        .routes(routes!(oauth2::device_authorization::device_authorization))
        .routes(routes!(oauth2::device_authorization::qr::qr))
        .routes(routes!(oauth2::par::par))
        .routes(routes!(oauth2::userinfo::get, oauth2::userinfo::post))
        .routes(routes!(oauth2::jwks::jwks))
        .routes(routes!(oauth2::register::register))
        .routes(routes!(oauth2::register::get, oauth2::register::put, oauth2::register::delete))
        .routes(routes!(oauth2::discovery::openid_configuration))
        .routes(routes!(oauth2::discovery::oauth_authorization_server))
        .routes(routes!(oauth2::discovery::oauth_authorization_server_of_host))
        .routes(routes!(oauth2::discovery::openid_configuration_of_host))
        .routes(routes!(oauth2::protected_resource::userinfo))
        .routes(routes!(oauth2::protected_resource::service))
        .routes(routes!(api::protected_resource::admin))
        .routes(routes!(api::protected_resource::system))
        .layer(from_fn(oauth2::cors::any_origin))
}

/// Pages for people.
fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home::get))
        .route("/{tid}/{aid}/backchannel", get(login::backchannel::get).post(login::backchannel::post))
        .route("/{tid}/{aid}/device", get(login::device::get).post(login::device::post))
        .route("/{tid}/{aid}/interaction/{id}", get(login::interaction::get).post(login::interaction::post))
}

/// What only a demo has.
fn demo() -> Router<App> {
    Router::new()
        .route("/{tid}/{aid}/backchannel/demo", post(oauth2::backchannel_authentication::demo::answer))
}
