//! The page at `/`.

use serde::Serialize;

use super::language::Language;
use super::page::{Page, Width};
use crate::seed::demo;

/// What this server is, and where to go from here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HomePage {
    /// Path of the Swagger UI, where it is served.
    pub swagger: Option<String>,
    /// Path of the page that shows the certificate seen, where it is open.
    pub certificate: Option<String>,
    /// The authorization servers that may be named to a stranger.
    pub discovery: Vec<Discovery>,
    /// The walk-through, under `quickstart` alone.
    pub walk_through: Option<WalkThrough>,
}

/// The discovery document of one authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discovery {
    /// The tenant.
    pub tenant: String,
    /// The workspace.
    pub workspace: String,
    /// Path of the document.
    pub path: String,
}

/// The walk-through with the demo data: authorization code with mutual TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WalkThrough {
    /// The client of the Swagger UI.
    pub swagger_client_id: String,
    /// Its secret, which is public.
    pub swagger_client_secret: String,
    /// The tenant to create the client in.
    pub tenant: String,
    /// The JSON body that creates the client.
    pub client_body: String,
    /// Where the browser goes: same origin, beginning with a slash.
    pub authorize_path: String,
    /// The end user.
    pub username: String,
    /// Its password, which is public.
    pub password: String,
    /// The command that redeems the code.
    pub token_command: String,
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "home.html";
    const LANGUAGES: &'static [Language] = &[Language::English];
    const WIDTH: Width = Width::Wide;

    fn samples() -> Vec<(&'static str, Self)> {
        let discovery = |tenant: &str, workspace: &str| Discovery {
            tenant: tenant.to_owned(),
            workspace: workspace.to_owned(),
            path: format!("/{tenant}/{workspace}/.well-known/openid-configuration"),
        };
        let walk_through = WalkThrough {
            swagger_client_id: "admin-swagger".to_owned(),
            swagger_client_secret: "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq".to_owned(),
            tenant: "default".to_owned(),
            client_body: demo::WALK_THROUGH_CLIENT.to_owned(),
            authorize_path: demo::WALK_THROUGH_AUTHORIZE.to_owned(),
            username: "user".to_owned(),
            password: "user".to_owned(),
            token_command: SAMPLE_COMMAND.to_owned(),
        };
        let quickstart = Self {
            swagger: Some("/api/swagger/default".to_owned()),
            certificate: Some("/default/default/whoami".to_owned()),
            discovery: vec![
                discovery("default", "default"),
                discovery("default", "admin"),
                discovery("system", "system"),
            ],
            walk_through: Some(walk_through),
        };
        let served = Self { walk_through: None, ..quickstart.clone() };
        vec![("quickstart", quickstart), ("served", served), ("bare", Self::default())]
    }
}

const SAMPLE_COMMAND: &str = r#"curl -X POST -k https://localhost:8443/default/default/oauth2/token \
  --key key.pem --cert cert.pem \
  -H "Content-type: application/x-www-form-urlencoded" \
  -d "grant_type=authorization_code&client_id=client-mtls&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=CODE""#;
