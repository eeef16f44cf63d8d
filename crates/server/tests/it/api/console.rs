//! Somebody who manages the server, with tokens that the server itself has issued.

use serde_json::{Value, json};

use crate::harness::{Answer, Request, SECRET, TestApp};

/// A server and tokens for its management APIs.
pub(crate) struct Console {
    pub(crate) app: TestApp,
    /// May change tenant `default`.
    pub(crate) manage: String,
    /// May read tenant `default`.
    pub(crate) view: String,
}

impl Console {
    pub(crate) async fn new() -> Self {
        Self::of(TestApp::new().await).await
    }

    pub(crate) async fn of(app: TestApp) -> Self {
        let manage = token(&app, "default", "admin", "manage_tenant").await;
        let view = token(&app, "default", "admin", "view_tenant").await;
        Self { app, manage, view }
    }

    /// A request by whoever may change the tenant; the path is below `/api/admin/default`.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request<'_> {
        self.app.request(method, &format!("/api/admin/default{path}")).bearer(&self.manage)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.request("PUT", path).json(body).await
    }

    /// Makes a client in workspace `default`, from what a caller would post.
    pub(crate) async fn create_client(&self, mut client: Value) -> Value {
        client["authorization_server_id"] = json!("default");
        self.post("/clients", &client).await.created()
    }
}

/// A token of a workspace with one scope, by way of a client with that scope alone.
pub(crate) async fn token(app: &TestApp, tenant: &str, workspace: &str, scope: &str) -> String {
    let id = format!("console-{workspace}-{scope}");
    let client = json!({
        "client_id": id, "client_secret": SECRET, "grant_types": ["client_credentials"], "scopes": [scope],
        "system": true,
    });
    app.add_client_in(tenant, workspace, client).await;
    let form = [("grant_type", "client_credentials")];
    let answer =
        app.post(&format!("/{tenant}/{workspace}/oauth2/token")).basic(&id, SECRET).form(&form).await;
    answer.ok()["access_token"].as_str().unwrap().to_owned()
}

impl Request<'_> {
    /// A JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }
}

impl Answer {
    /// The body of a 201 answer.
    #[track_caller]
    pub(crate) fn created(&self) -> Value {
        assert_eq!(self.status, 201, "{} {:?}", self.text(), self.refusal);
        self.json()
    }

    /// A refusal in the management form: status, code and sentence, and each member at fault, line by line. Checks what
    /// every such answer must have.
    #[track_caller]
    pub(crate) fn fault(&self) -> String {
        assert!(self.status >= 400, "not refused: {} {}", self.status, self.text());
        let body = self.json();
        assert_eq!(body["status_code"], self.status);
        let code = body["error_code"].as_str().unwrap();
        let refusal = self.refusal.as_ref().expect("a refusal is written down");
        assert_eq!((refusal.error.as_str(), refusal.status), (code, self.status));
        let mut text = format!("{} {code}: {}", self.status, body["error"].as_str().unwrap());
        for (path, message) in body["details"].as_object().unwrap() {
            text.push_str(&format!("\n{path}: {}", message.as_str().unwrap()));
        }
        text
    }
}
