//! The page at `/`: what this server is, and where to go from here.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use crate::app::App;
use crate::login::views::language;
use crate::pages::{Brand, Discovery, FormTargets, HomePage, WalkThrough};
use crate::seed::demo;

/// The walk-through's client, as it is pasted into Swagger UI.
const CLIENT_BODY: &str = r#"{
  "authorization_server_id": "default",
  "client_id": "client-mtls",
  "client_name": "My app",
  "grant_types": ["authorization_code"],
  "redirect_uris": ["https://example.com/callback"],
  "token_endpoint_auth_method": "tls_client_auth",
  "tls_client_auth_subject_dn": "example.com",
  "tls_client_certificate_bound_access_tokens": true,
  "response_types": ["token", "id_token", "code"],
  "scopes": ["email", "openid"]
}"#;

/// Shows the page. What a stranger may not know (which tenants there are) is on it under `quickstart` alone.
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Response {
    let page = if app.config.demo { quickstart() } else { HomePage::default() };
    let html =
        app.pages.render(&page, language(&headers, None), &Brand::new("Symbolon"), &FormTargets::own());
    html.into_response()
}

fn quickstart() -> HomePage {
    let discovery = |workspace: &str| Discovery {
        tenant: "default".to_owned(),
        workspace: workspace.to_owned(),
        path: format!("/default/{workspace}/.well-known/openid-configuration"),
    };
    HomePage {
        swagger: Some("/api/swagger/default".to_owned()),
        certificate: None,
        discovery: vec![discovery("default"), discovery("admin")],
        walk_through: Some(WalkThrough {
            swagger_client_id: demo::SWAGGER_CLIENT.to_owned(),
            swagger_client_secret: demo::CLIENT_SECRET.to_owned(),
            tenant: "default".to_owned(),
            client_body: CLIENT_BODY.to_owned(),
            authorize_path: "/default/default/oauth2/authorize?client_id=client-mtls&scope=openid\
                             &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&response_type=code"
                .to_owned(),
            username: "user".to_owned(),
            password: "user".to_owned(),
            token_command:
                "curl -X POST -k https://localhost:8443/default/default/oauth2/token --key key.pem \
                            --cert cert.pem -H \"Content-type: application/x-www-form-urlencoded\" \
                            -d \"grant_type=authorization_code&client_id=client-mtls\
                            &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=CODE\""
                    .to_owned(),
        }),
    }
}
