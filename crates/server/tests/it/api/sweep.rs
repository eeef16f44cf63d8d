//! Sweeps over every operation that the OpenAPI documents name: a new one is covered the day it is routed.

use http::header::WWW_AUTHENTICATE;
use serde_json::json;

use super::console::token;
use super::document::{Operation, operations};
use crate::harness::{Answer, TestApp};

/// Tokens of every kind, and a server that none of the sweeps may change.
struct Sweep {
    app: TestApp,
    /// Scheme, scope and token.
    tokens: Vec<(&'static str, &'static str, String)>,
    /// Scheme and a token of it that has none of its scopes.
    powerless: Vec<(&'static str, String)>,
    /// Scheme and a token of another tenant with all scopes.
    strangers: Vec<(&'static str, String)>,
    version: i64,
}

impl Sweep {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.add_tenant("acme").await;
        app.add_tenant("system").await;
        let tokens = vec![
            ("admin", "view_tenant", token(&app, "default", "admin", "view_tenant").await),
            ("admin", "manage_tenant", token(&app, "default", "admin", "manage_tenant").await),
            ("adminSystem", "manage_tenants", token(&app, "system", "admin", "manage_tenants").await),
            ("setup", "manage_tenants", token(&app, "system", "system", "manage_tenants").await),
            ("system", "manage_logins", token(&app, "default", "system", "manage_logins").await),
        ];
        let powerless = vec![
            ("admin", token(&app, "default", "admin", "email").await),
            ("adminSystem", token(&app, "system", "admin", "email").await),
            ("setup", token(&app, "system", "system", "email").await),
            ("system", token(&app, "default", "system", "email").await),
        ];
        let strangers = vec![
            ("admin", token(&app, "acme", "admin", "manage_tenant").await),
            ("adminSystem", token(&app, "acme", "admin", "view_tenant").await),
            ("setup", token(&app, "acme", "system", "manage_configuration").await),
            ("system", token(&app, "acme", "system", "manage_logins").await),
        ];
        let version = app.app.store.config_version().await.unwrap();
        Self { app, tokens, powerless, strangers, version }
    }

    fn token(&self, operation: &Operation) -> &str {
        let fits = |(scheme, scope, _): &&(&str, &str, String)| {
            *scheme == operation.scheme && *scope == operation.scope
        };
        &self.tokens.iter().find(fits).unwrap_or_else(|| panic!("no token for {operation}")).2
    }

    /// Sends a request with a body that is JSON, if the operation takes one.
    async fn send(&self, operation: &Operation, path: &str, token: Option<&str>) -> Answer {
        let mut request = self.app.request(&operation.method, path);
        if let Some(token) = token {
            request = request.bearer(token);
        }
        if operation.takes_json {
            request = request.json(&json!({}));
        }
        request.await
    }

    /// Nothing of the configuration has changed.
    async fn is_unchanged(&self) {
        assert_eq!(self.app.app.store.config_version().await.unwrap(), self.version);
    }
}

/// The path with things that are there.
fn known(operation: &Operation) -> String {
    let path = operation
        .path
        .replace("{tid}", "default")
        .replace("{tenantID}", "default")
        .replace("{wid}", "default");
    path.split('/')
        .map(|part| if part.starts_with('{') { "unknown" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn find<'a>(tokens: &'a [(&str, String)], operation: &Operation) -> &'a str {
    &tokens.iter().find(|(scheme, _)| *scheme == operation.scheme).unwrap().1
}

/// What every refusal in the management form has.
#[track_caller]
fn is_refusal(operation: &Operation, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{operation}: {}", answer.text());
    let body = answer.json();
    assert_eq!(body["status_code"], status, "{operation}");
    assert!(body["error"].is_string() && body["error_code"].is_string() && body["details"].is_object());
    assert!(answer.refusal.is_some(), "{operation}: no record");
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let sweep = Sweep::new().await;
    for operation in operations() {
        for token in [None, Some("nonsense"), Some("a.b.c")] {
            let answer = sweep.send(&operation, &known(&operation), token).await;
            is_refusal(&operation, &answer, 401);
            assert!(answer.header(WWW_AUTHENTICATE).starts_with("Bearer "), "{operation}");
        }
    }
    sweep.is_unchanged().await;
}

#[tokio::test]
async fn without_the_scope_nothing_is_answered() {
    let sweep = Sweep::new().await;
    for operation in operations() {
        let answer =
            sweep.send(&operation, &known(&operation), Some(find(&sweep.powerless, &operation))).await;
        is_refusal(&operation, &answer, 403);
        assert_eq!(answer.json()["details"]["scope"], operation.scope, "{operation}");
        assert!(answer.header(WWW_AUTHENTICATE).contains("insufficient_scope"), "{operation}");
        if operation.scope == "manage_tenant" {
            let view = &sweep.tokens[0].2;
            is_refusal(&operation, &sweep.send(&operation, &known(&operation), Some(view)).await, 403);
        }
    }
    sweep.is_unchanged().await;
}

#[tokio::test]
async fn with_a_token_of_another_tenant_nothing_is_there() {
    let sweep = Sweep::new().await;
    for operation in operations() {
        let answer =
            sweep.send(&operation, &known(&operation), Some(find(&sweep.strangers, &operation))).await;
        is_refusal(&operation, &answer, 404);
    }
    sweep.is_unchanged().await;
}

#[tokio::test]
async fn a_malformed_body_is_refused() {
    let sweep = Sweep::new().await;
    let mut swept = 0;
    for operation in operations().iter().filter(|operation| operation.takes_json) {
        let path = known(operation);
        let bodies: [(&str, &[u8], &[u16]); 6] = [
            ("application/json", b"{", &[400]),
            ("application/json", b"", &[400]),
            ("application/json", b"{\"name\": \"\xff\"}", &[400]),
            ("application/json", b"[1]", &[422]),
            ("application/json", b"{\"id\": {}, \"client_id\": {}, \"payload\": 1}", &[422]),
            ("text/html", b"{}", &[415]),
        ];
        for (content_type, body, expected) in bodies {
            let request = sweep.app.request(&operation.method, &path).bearer(sweep.token(operation));
            let answer = request.body(content_type, body.to_vec()).await;
            assert!(expected.contains(&answer.status), "{operation} {content_type}: {}", answer.text());
            is_refusal(operation, &answer, answer.status);
        }
        swept += 1;
    }
    assert!(swept > 10, "only {swept}");
    sweep.is_unchanged().await;
}

/// Paths that go on after the id of what they are about, and operations that need no such thing: they answer 200 for
/// any id. This list may only shrink.
const NEED_NOTHING: &[&str] = &[];

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found() {
    let sweep = Sweep::new().await;
    for operation in operations() {
        // In family `root` the tenant is what the operation is about; elsewhere it is who calls.
        let names: Vec<&str> = operation
            .path
            .split('/')
            .filter(|part| part.starts_with('{') && (operation.family == "root" || *part != "{tid}"))
            .collect();
        for name in names {
            let path = known(&operation);
            let position = operation.path.split('/').position(|part| part == name).unwrap();
            let path: Vec<&str> = path
                .split('/')
                .enumerate()
                .map(|(at, part)| if at == position { "no-such-thing" } else { part })
                .collect();
            let path = path.join("/");
            if NEED_NOTHING.contains(&operation.to_string().as_str()) {
                continue;
            }
            let answer = sweep.send(&operation, &path, Some(sweep.token(&operation))).await;
            is_refusal(&operation, &answer, 404);
        }
    }
    sweep.is_unchanged().await;
}

#[tokio::test]
async fn an_error_never_shows_what_lies_beneath() {
    let sweep = Sweep::new().await;
    for operation in operations() {
        let path = known(&operation);
        for path in [path.clone(), format!("{path}?limit=x&sort=x&key_type=x&with_default_workspaces=x")] {
            let answer = sweep.send(&operation, &path, Some(sweep.token(&operation))).await;
            if operation.method != "GET" && answer.status < 400 {
                continue;
            }
            assert!(answer.status < 500, "{operation}: {}", answer.text());
            let text = answer.text().to_ascii_lowercase();
            for word in ["sqlite", "constraint", "panicked", "rusqlite", "/src/", "storeerror"] {
                assert!(!text.contains(word), "{operation}: {}", answer.text());
            }
        }
    }
}

#[test]
fn the_list_of_exceptions_names_operations_that_are_there() {
    let known: Vec<String> = operations().iter().map(ToString::to_string).collect();
    assert!(NEED_NOTHING.iter().all(|one| known.iter().any(|known| known == one)));
    assert_eq!(NEED_NOTHING.len(), 0, "the list may only shrink");
}
