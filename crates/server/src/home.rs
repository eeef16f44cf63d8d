//! The page at `/`: what this server is, and where to go from here.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::app::App;
use crate::base_url::BaseUrl;
use crate::login::views::language;
use crate::oauth2::error::ErrorResponse;
use crate::pages::{Brand, Discovery, FormTargets, HomePage, WalkThrough};
use crate::seed::demo;

/// Shows the page. What a stranger may not know (which tenants there are) is on it under `quickstart` alone.
pub async fn get(State(app): State<App>, parts: Parts) -> Response {
    let base_url = match BaseUrl::of(&parts, &app) {
        Ok(base_url) => base_url,
        Err(error) => return ErrorResponse::from(error).into_response(),
    };
    let page = if app.config.demo { quickstart(&app, &base_url) } else { HomePage::default() };
    let language = language(&parts.headers, None);
    app.pages.render(&page, language, &Brand::new("Symbolon"), &FormTargets::own()).into_response()
}

fn quickstart(app: &App, base_url: &BaseUrl) -> HomePage {
    let discovery = |workspace: &str| Discovery {
        tenant: demo::TENANT.to_owned(),
        workspace: workspace.to_owned(),
        path: format!("/{}/{workspace}/.well-known/openid-configuration", demo::TENANT),
    };
    let file = |name: &str| app.config.data_dir.join(name).display().to_string();
    let (username, password) = demo::USER;
    let token_command = format!(
        "curl -X POST -k {base_url}/default/default/oauth2/token \\\n  --key {} --cert {} \\\n  \
         -H \"Content-type: application/x-www-form-urlencoded\" \\\n  \
         -d \"grant_type=authorization_code&client_id=client-mtls\
         &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=CODE\"",
        file("key.pem"),
        file("cert.pem"),
    );
    HomePage {
        swagger: Some(format!("/api/swagger/{}", demo::TENANT)),
        certificate: Some(format!("/{}/default/oauth2/certificate", demo::TENANT)),
        discovery: vec![discovery("default"), discovery("admin")],
        walk_through: Some(WalkThrough {
            swagger_client_id: demo::SWAGGER_CLIENT.to_owned(),
            swagger_client_secret: demo::CLIENT_SECRET.to_owned(),
            tenant: demo::TENANT.to_owned(),
            client_body: demo::WALK_THROUGH_CLIENT.to_owned(),
            authorize_path: demo::WALK_THROUGH_AUTHORIZE.to_owned(),
            username: username.to_owned(),
            password: password.to_owned(),
            token_command,
        }),
    }
}
