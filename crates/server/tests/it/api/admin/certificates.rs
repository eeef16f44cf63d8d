//! `/api/admin/{tid}/servers/{wid}/certificate-match`

use serde_json::{Value, json};

use crate::api::Console;
use crate::harness::TestAuthority;

const MATCH: &str = "/servers/default/certificate-match";

async fn console(authority: &TestAuthority) -> Console {
    let console = Console::new().await;
    let pem = authority.pem();
    console.app.change_workspace(|server| server.root_cas = Some(pem)).await;
    for (id, subject) in [("right", "CN=client,O=Example"), ("wrong", "CN=somebody else")] {
        let client = json!({
            "client_id": id, "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": subject,
        });
        console.create_client(client).await;
    }
    console.create_client(json!({"client_id": "with-a-secret"})).await;
    console
}

fn verdicts(body: &Value) -> Vec<(&str, bool)> {
    let clients = body["clients"].as_array().unwrap().iter();
    clients.map(|one| (one["client_id"].as_str().unwrap(), one["matches"].as_bool().unwrap())).collect()
}

#[tokio::test]
async fn a_posted_certificate_is_laid_beside_every_client_with_one() {
    let authority = TestAuthority::new("CN=Demo CA");
    let console = console(&authority).await;
    let certificate = authority.client("CN=client,O=Example");
    let answer = console.request("POST", MATCH).body("text/plain", certificate.leaf().to_pem()).await.ok();
    assert_eq!(answer["source"], "body");
    assert_eq!(answer["certificate"]["subject_dn"], "CN=client,O=Example");
    assert_eq!(answer["x5t#S256"], certificate.thumbprint());
    assert_eq!((&answer["trusted"], &answer["trust"]), (&json!(true), &json!("trusted through CN=Demo CA")));
    assert_eq!(verdicts(&answer), [("right", true), ("wrong", false)]);
    let reason = answer["clients"][1]["reason"].as_str().unwrap();
    assert!(reason.contains("CN=somebody else") && reason.contains("CN=client,O=Example"), "{reason}");
}

#[tokio::test]
async fn the_right_name_under_the_wrong_authority_is_not_the_client() {
    let console = console(&TestAuthority::new("CN=Demo CA")).await;
    let stranger = TestAuthority::new("CN=Stranger CA").client("CN=client,O=Example");
    let answer = console.request("POST", MATCH).body("text/plain", stranger.leaf().to_pem()).await.ok();
    assert_eq!(answer["trusted"], false);
    assert_eq!(verdicts(&answer), [("right", false), ("wrong", false)]);
}

#[tokio::test]
async fn the_certificate_of_the_connection_is_shown_as_the_server_saw_it() {
    let authority = TestAuthority::new("CN=Demo CA");
    let console = console(&authority).await;
    let certificate = authority.client("CN=client,O=Example");
    let answer = console.request("GET", MATCH).certificate(&certificate).await.ok();
    assert_eq!(answer["source"], "tls");
    assert_eq!(verdicts(&answer), [("right", true), ("wrong", false)]);
    let none = console.get(MATCH).await;
    assert_eq!(none.fault(), "404 not_found: There is no client certificate on this connection.");
}

#[tokio::test]
async fn a_registered_certificate_needs_no_authority() {
    let console = Console::new().await;
    let certificate = TestAuthority::new("CN=Any CA").client("CN=client");
    console
        .create_client(json!({
            "client_id": "self-signed", "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "certificate": certificate.leaf().to_pem(),
        }))
        .await;
    let answer = console.request("POST", MATCH).body("text/plain", certificate.leaf().to_pem()).await.ok();
    assert_eq!(verdicts(&answer), [("self-signed", true)]);
}
