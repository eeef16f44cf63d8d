//! Every change of the configuration is a line in the log: who, what, where; never what was written.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::Console;
use super::console::token;

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs to here from now on, until the guard is dropped.
    fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(self.clone());
        tracing::subscriber::set_default(lines.finish())
    }

    /// The changes that were logged since the last call.
    fn changes(&self) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["message"] == "configuration changed").collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_change_is_one_line_that_says_who_did_what() {
    let console = Console::new().await;
    let log = Log::default();
    let _logging = log.begin();
    let secret = "a secret of more than thirty-two characters";
    let client = json!({
        "client_id": "c", "client_name": "App", "client_secret": secret, "authorization_server_id": "default",
        "redirect_uris": ["https://example.com/callback"],
    });
    let user = json!({"username": "ann", "password": "ann's password"});
    let people = json!({"id": "people", "name": "People", "credentials": {"users": [user]}});
    let service = json!({"id": "s", "name": "S", "authorization_server_id": "default"});
    let scope = json!({"id": "read", "name": "read", "service_id": "s"});
    let in_default = Some("default");
    for (method, path, body, operation, workspace, id) in [
        ("POST", "/clients", &client, "createClient", in_default, "c"),
        ("PUT", "/clients/c", &client, "updateClient", in_default, "c"),
        ("POST", "/clients/c/rotateSecret", &Value::Null, "rotateClientSecret", in_default, "c"),
        (
            "POST",
            "/clients/c/revokeRotatedSecrets",
            &Value::Null,
            "revokeRotatedClientSecrets",
            in_default,
            "c",
        ),
        ("DELETE", "/clients/c", &Value::Null, "deleteClient", in_default, "c"),
        ("POST", "/services", &service, "createService", in_default, "s"),
        ("PUT", "/services/s", &service, "updateService", in_default, "s"),
        ("POST", "/scopes", &scope, "createScope", in_default, "read"),
        ("PUT", "/scopes/read", &scope, "updateScope", in_default, "read"),
        ("DELETE", "/scopes/read", &Value::Null, "deleteScope", in_default, "read"),
        ("DELETE", "/services/s", &Value::Null, "deleteService", in_default, "s"),
        ("POST", "/servers/default/idps/static", &people, "createStaticIDP", in_default, "people"),
        ("PUT", "/servers/default/idps/static/people", &people, "updateStaticIDP", in_default, "people"),
        ("DELETE", "/servers/default/idps/people", &Value::Null, "deleteIDP", in_default, "people"),
        ("POST", "/servers", &json!({"id": "w", "name": "W"}), "createAuthorizationServer", Some("w"), "w"),
        ("PUT", "/servers/w", &json!({"name": "V"}), "updateAuthorizationServer", Some("w"), "w"),
        ("PUT", "/workspaces/w/metadata", &json!({"payload": {}}), "updateWorkspaceMetadata", Some("w"), "w"),
        ("DELETE", "/servers/w", &Value::Null, "deleteAuthorizationServer", Some("w"), "w"),
        ("PUT", "/tenant", &json!({"name": "T"}), "updateAdminTenant", None, "default"),
    ] {
        let request = console.request(method, path);
        let answer = if body.is_null() { request.await } else { request.json(body).await };
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        let changes = log.changes();
        let [line] = changes.as_slice() else { panic!("{method} {path}: {changes:?}") };
        let text = |name: &str| line[name].as_str();
        assert_eq!(
            (text("operation"), text("workspace"), text("id")),
            (Some(operation), workspace, Some(id))
        );
        assert_eq!(
            (text("tenant"), text("client_id")),
            (Some("default"), Some("console-admin-manage_tenant"))
        );
        assert_eq!(text("actor"), Some("console-admin-manage_tenant"), "the client calls for itself");
        assert_eq!(text("request_id"), Some(answer.header(http::HeaderName::from_static("x-request-id"))));
        assert!(!line.to_string().contains(secret) && !line.to_string().contains("password"), "{line}");
    }
}

#[tokio::test]
async fn keys_and_tenants_are_no_exception() {
    let console = Console::new().await;
    console.app.add_tenant("system").await;
    let root = token(&console.app, "system", "system", "manage_tenants").await;
    let log = Log::default();
    let _logging = log.begin();

    let key = console.request("POST", "/servers/default/keys/rotate").await.ok();
    let changes = log.changes();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0]["operation"], &changes[0]["id"]), (&json!("rotateKey"), &key["kid"]));

    for (method, path, body, operation) in [
        ("POST", "/api/system/tenants", json!({"id": "acme"}), "createTenant"),
        ("PUT", "/api/system/tenants/acme", json!({"name": "Acme"}), "updateTenant"),
        ("DELETE", "/api/system/tenants/acme", json!({}), "deleteTenant"),
    ] {
        let answer = console.app.request(method, path).bearer(&root).json(&body).await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        let changes = log.changes();
        assert_eq!(changes.len(), 1, "{operation}");
        assert_eq!((&changes[0]["operation"], &changes[0]["tenant"]), (&json!(operation), &json!("acme")));
        assert_eq!(changes[0]["client_id"], "console-system-manage_tenants");
    }
}

#[tokio::test]
async fn what_was_not_changed_is_no_change() {
    let console = Console::new().await;
    let log = Log::default();
    let _logging = log.begin();
    console.post("/clients", &json!({"authorization_server_id": "nowhere"})).await.fault();
    console.put("/clients/nobody", &json!({})).await.fault();
    console.delete("/clients/nobody").await.fault();
    console.get("/tenant").await.ok();
    console.request("POST", "/servers/default/keys/revoke/unknown").await.fault();
    assert!(log.changes().is_empty());
}
