//! `/api/system/tenants` and `/api/admin/tenants`

use serde_json::{Value, json};

use super::console::token;
use crate::harness::{Answer, TestApp};

struct Root {
    app: TestApp,
    program: String,
    person: String,
}

impl Root {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.add_tenant("system").await;
        let program = token(&app, "system", "system", "manage_tenants").await;
        let person = token(&app, "system", "admin", "manage_tenants").await;
        Self { app, program, person }
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.app.request(method, &format!("/api/system/tenants{path}")).bearer(&self.program).json(body).await
    }
}

#[tokio::test]
async fn a_new_tenant_has_an_administrator_who_can_log_in() {
    let root = Root::new().await;
    let created =
        root.send("POST", "?with_default_workspaces=true", &json!({"id": "acme", "name": "Acme"})).await;
    let created = created.created();
    assert_eq!(created["tenant"]["name"], "Acme");
    let ids: Vec<_> = created["servers"].as_array().unwrap().iter().map(|server| &server["id"]).collect();
    assert_eq!(ids, ["admin", "default", "developer", "system"]);
    let password = created["idps"][0]["credentials"]["users"][0]["password"].as_str().unwrap();
    assert_eq!(password.len(), 43);

    // Its client calls the admin API with the secret that is told here.
    let client = &created["clients"][0];
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let form = [("grant_type", "client_credentials")];
    let answer = root.app.post("/acme/admin/oauth2/token").basic(id, secret).form(&form).await.ok();
    let token = answer["access_token"].as_str().unwrap();
    let idps = root.app.get("/api/admin/acme/servers/admin/idps/static/admin-static").bearer(token).await;
    assert_eq!(idps.ok()["credentials"]["users"][0]["username"], "admin");
    assert!(!idps.text().contains(password));
}

#[tokio::test]
async fn two_workspaces_come_unless_more_are_asked_for() {
    let root = Root::new().await;
    let created = root.send("POST", "", &json!({"name": "No id"})).await.created();
    assert_eq!(created["servers"].as_array().unwrap().len(), 2);
    assert_eq!(created["tenant"]["id"].as_str().unwrap().len(), 20);
}

#[tokio::test]
async fn an_id_is_no_path_of_the_server_and_given_once() {
    let root = Root::new().await;
    for id in ["api", "alive", "A", "a/b", "a.b"] {
        assert_eq!(root.send("POST", "", &json!({"id": id})).await.status, 422, "{id}");
    }
    let answer = root.send("POST", "", &json!({"id": "default"})).await;
    assert_eq!(answer.fault(), "409 conflict: There is a tenant default already.");
}

#[tokio::test]
async fn tenants_are_listed_changed_and_deleted() {
    let root = Root::new().await;
    root.send("POST", "", &json!({"id": "acme", "name": "Acme"})).await.created();
    let list = root.send("GET", "?query=ACM", &json!({})).await.ok();
    assert_eq!(list["tenants"].as_array().unwrap().len(), 1);
    assert_eq!(root.send("PUT", "/acme", &json!({"name": "Acme Ltd"})).await.ok()["name"], "Acme Ltd");
    assert_eq!(root.send("GET", "/acme", &json!({})).await.ok()["name"], "Acme Ltd");
    assert_eq!(root.send("DELETE", "/acme", &json!({})).await.status, 204);
    assert_eq!(root.send("GET", "/acme", &json!({})).await.status, 404);
    assert_eq!(root.app.get("/acme/admin/.well-known/jwks.json").await.status, 404);
    assert_eq!(root.send("DELETE", "/system", &json!({})).await.status, 409);
}

#[tokio::test]
async fn people_and_programs_have_tokens_of_their_own_workspaces() {
    let root = Root::new().await;
    let list = root.app.get("/api/admin/tenants").bearer(&root.person).await.ok();
    assert_eq!(list["tenants"].as_array().unwrap().len(), 2);
    assert_eq!(root.app.get("/api/admin/tenants").bearer(&root.program).await.status, 401);
    assert_eq!(root.app.get("/api/system/tenants").bearer(&root.person).await.status, 401);
    let workspaces = root.app.get("/api/admin/tenants/default/workspaces").bearer(&root.program).await.ok();
    assert_eq!(workspaces["workspaces"][0]["issuer_url"], "https://localhost:8443/default/admin");
}
