//! The management APIs as protected resources (RFC 9728).

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::{Value, json};

use super::Console;
use crate::harness::{Answer, Browser, CALLBACK, SECRET, TestApp, decode, request_with};

const BASE: &str = "https://localhost:8443";

/// Where a challenge says that the metadata is.
fn metadata_url(answer: &Answer) -> &str {
    let challenge = answer.header(WWW_AUTHENTICATE);
    challenge.split("resource_metadata=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

async fn metadata(app: &TestApp, api: &str) -> Value {
    app.get(&format!("/.well-known/oauth-protected-resource{api}")).await.ok()
}

/// RFC 9728 §5.1.
#[tokio::test]
async fn who_is_turned_away_learns_who_issues_the_tokens() {
    let console = Console::new().await;
    let clients = "/api/admin/default/servers/default/clients";
    let expected = format!("{BASE}/.well-known/oauth-protected-resource/api/admin/default");
    let with = |value: &'static str| console.app.get(clients).header(AUTHORIZATION, value);
    for answer in [console.app.get(clients).await, with("Bearer x").await, with("DPoP x").await] {
        assert_eq!((answer.status, metadata_url(&answer)), (401, expected.as_str()), "{answer:?}");
    }
    let lacking = console.app.post("/api/admin/default/clients").bearer(&console.view).json(&json!({})).await;
    assert_eq!((lacking.status, metadata_url(&lacking)), (403, expected.as_str()));
    let logins = console.app.get("/api/system/default/logins/x").await;
    assert_eq!(
        metadata_url(&logins),
        format!("{BASE}/.well-known/oauth-protected-resource/api/system/default")
    );
    // What is not a tenant's has no such document.
    let tenants = console.app.get("/api/system/tenants").await;
    assert_eq!((tenants.status, metadata_url(&tenants)), (401, ""));

    let metadata = metadata(&console.app, "/api/admin/default").await;
    assert_eq!(
        metadata,
        json!({
            "resource": format!("{BASE}/api/admin/default"),
            "authorization_servers": [format!("{BASE}/default/admin")],
            "scopes_supported": ["manage_tenant", "view_tenant"],
            "bearer_methods_supported": ["header"],
            "tls_client_certificate_bound_access_tokens": true,
            "dpop_signing_alg_values_supported":
                ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"],
        })
    );
}

#[tokio::test]
async fn each_api_of_each_tenant_has_its_own() {
    let app = TestApp::new().await;
    app.add_tenant("acme").await;
    let system = metadata(&app, "/api/system/acme").await;
    assert_eq!(system["authorization_servers"], json!([format!("{BASE}/acme/system")]));
    assert_eq!(system["scopes_supported"], json!(["manage_logins"]));
    for nothing in ["/api/admin/nowhere", "/api/other/default", "/api/admin/"] {
        let answer = app.get(&format!("/.well-known/oauth-protected-resource{nothing}")).await;
        assert_eq!(answer.status, 404, "{nothing}");
    }
}

/// RFC 8707: a client names the resource that it has found.
#[tokio::test]
async fn a_token_for_the_resource_is_taken_by_it() {
    let console = Console::new().await;
    let app = &console.app;
    let client = json!({
        "client_id": "tool", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["view_tenant"],
    });
    app.add_client_in("default", "admin", client).await;
    let ask = async |resource: &str| {
        let form = [("grant_type", "client_credentials"), ("resource", resource)];
        app.post("/default/admin/oauth2/token").basic("tool", SECRET).form(&form).await
    };
    let resource = format!("{BASE}/api/admin/default");
    let tokens = ask(&resource).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    let claims = decode(token).1;
    assert_eq!((&claims["aud"], &tokens["scope"]), (&json!([resource]), &json!("view_tenant")));
    app.get("/api/admin/default/servers").bearer(token).await.ok();
    // Not that of another API, or of another tenant.
    for other in
        ["/api/system/default", "/api/admin/system", "/api/admin/default/", "/default/default/userinfo"]
    {
        let answer = ask(&format!("{BASE}{other}")).await;
        assert_eq!(answer.reason(), "400 invalid_target resource_unknown", "{other}");
    }
}

/// Who is given a token for itself gets nothing that it could do here with it.
#[tokio::test]
async fn a_token_for_another_resource_is_of_no_use_here() {
    let console = Console::new().await;
    let app = &console.app;
    let client = json!({
        "client_id": "tool", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "audience": ["https://other.example"], "scopes": ["view_tenant", "introspect_tokens"],
    });
    app.add_client_in("default", "admin", client).await;
    let form = [("grant_type", "client_credentials"), ("resource", "https://other.example")];
    let tokens = app.post("/default/admin/oauth2/token").basic("tool", SECRET).form(&form).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(decode(token).1["scp"], json!([]));
    assert_eq!(app.get("/api/admin/default/servers").bearer(token).await.status, 403);
}

#[tokio::test]
async fn a_token_for_userinfo_is_taken_by_it() {
    let app = TestApp::with_people().await;
    let resource = format!("{BASE}/default/default/userinfo");
    let browser = Browser::new(&app);
    let code =
        browser.sign_in(&request_with("openid email", &[("resource", &resource)]), "user").await.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("resource", &resource),
    ];
    let tokens = app.post(crate::harness::TOKEN).basic("client", SECRET).form(&form).await.ok();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(decode(token).1["aud"], json!([resource]));
    assert_eq!(app.get("/default/default/userinfo").bearer(token).await.ok()["email"], "user@example.com");
}
