//! The server under test with its demo data: addresses, certificates, the management API.

use std::{env, error::Error, fs, path::PathBuf};

use reqwest::{
    Certificate, Identity,
    blocking::{Client, ClientBuilder, RequestBuilder},
    redirect::Policy,
};
use serde_json::{Value, json};

const ADMIN: (&str, &str) = ("admin-swagger", "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq");

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A server that `quickstart` started.
pub struct Demo {
    pub issuer: String,
    url: String,
    folder: PathBuf,
    http: Client,
}

impl Demo {
    pub fn new() -> Outcome<Self> {
        let url = env::var("SYMBOLON_URL")?;
        let folder = PathBuf::from(env::var("SYMBOLON_DATA")?);
        let issuer = format!("{url}/default/default");
        let http = trusting(&folder)?.build()?;
        Ok(Self { issuer, url, folder, http })
    }

    /// Connections that trust the demo CA, and nothing else.
    pub fn plain(&self) -> Outcome<Client> {
        Ok(trusting(&self.folder)?.build()?)
    }

    /// Connections that show the demo client certificate.
    pub fn with_certificate(&self) -> Outcome<Client> {
        let mut pem = fs::read(self.folder.join("key.pem"))?;
        pem.extend(fs::read(self.folder.join("cert.pem"))?);
        Ok(trusting(&self.folder)?.identity(Identity::from_pem(&pem)?).build()?)
    }

    /// Registers a client of workspace `default` and returns it as the server answered.
    pub fn create_client(&self, mut fields: Value) -> Outcome<Value> {
        fields["authorization_server_id"] = json!("default");
        self.manage(self.http.post(self.management("/clients")).body(fields.to_string()))
    }

    /// Changes the settings of workspace `default`.
    pub fn change_workspace(&self, change: impl FnOnce(&mut Value)) -> Outcome {
        let mut server = self.manage(self.http.get(self.management("/servers/default")))?;
        change(&mut server);
        self.manage(self.http.put(self.management("/servers/default")).body(server.to_string()))?;
        Ok(())
    }

    fn management(&self, path: &str) -> String {
        format!("{}/api/admin/default{path}", self.url)
    }

    fn manage(&self, request: RequestBuilder) -> Outcome<Value> {
        let answer = self
            .http
            .post(format!("{}/default/admin/oauth2/token", self.url))
            .basic_auth(ADMIN.0, Some(ADMIN.1))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()?
            .text()?;
        let token: Value = serde_json::from_str(&answer)?;
        let token = token["access_token"].as_str().ok_or(answer.as_str())?;
        let answer = request.bearer_auth(token).header("content-type", "application/json").send()?;
        let (status, text) = (answer.status(), answer.text()?);
        if !status.is_success() {
            return Err(format!("management: {status} {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }
}

fn trusting(folder: &std::path::Path) -> Outcome<ClientBuilder> {
    let ca = Certificate::from_pem(&fs::read(folder.join("ca.pem"))?)?;
    // A client that followed redirects could be led to other addresses with its credentials.
    Ok(Client::builder().no_proxy().redirect(Policy::none()).add_root_certificate(ca))
}
