//! Paths below `/api` that lead nowhere, and methods that a path does not answer.

use http::header::ALLOW;
use serde_json::json;

use super::Console;

#[tokio::test]
async fn a_path_that_leads_nowhere_is_refused_in_the_management_form() {
    let console = Console::new().await;
    for path in [
        "/api",
        "/api/",
        "/api/admin",
        "/api/admin/",
        "/api/nothing",
        "/api/admin/default",
        "/api/admin/default/",
        "/api/admin/default/nothing",
        "/api/admin/default/clients/",
        "/api/admin/default/clients/client/nothing",
        "/api/nothing/default/clients",
        "/api/system/nothing",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = console.app.request(method, path).bearer(&console.manage).await;
            let expected = json!({
                "status_code": 404, "error_code": "not_found", "error": "There is nothing at this path.",
                "details": {},
            });
            assert_eq!((answer.status, answer.json()), (404, expected), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_answer_is_refused_with_those_that_it_does() {
    let console = Console::new().await;
    for (method, path, allow) in [
        ("PATCH", "/api/admin/default/clients", "POST"),
        ("POST", "/api/admin/default/clients/client", "PUT,DELETE,GET,HEAD"),
        ("GET", "/api/admin/default/clients/client/rotateSecret", "POST"),
        ("DELETE", "/api/admin/default/tenant", "PUT,GET,HEAD"),
    ] {
        let answer = console.app.request(method, path).bearer(&console.manage).await;
        let expected = format!("405 method_not_allowed: This path does not answer {method}.");
        assert_eq!(answer.fault(), expected, "{path}");
        let mut named: Vec<_> = answer.header(ALLOW).split(',').map(str::trim).collect();
        let mut expected: Vec<_> = allow.split(',').collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected, "{path}");
    }
}
