//! A client of the Model Context Protocol finds its way from a resource that turned it away to a token, knowing nothing
//! but the address of the resource (RFC 9728, RFC 8414, RFC 8707, OAuth 2.1).

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use symbolon_store::entity::Service;
use symbolon_store::entity::server::{AdvancedConfiguration, WorkspaceProfile};

use crate::harness::{Browser, NOW, Remote, TOKEN, TestApp, authorize, decode};

const BASE: &str = "https://localhost:8443";
const TOOLS: &str = "https://tools.example/mcp";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A workspace with a service at [`TOOLS`] that has two scopes, and another service.
async fn server(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_people_and_settings(settings).await;
    app.add_scopes("tools", &["tools:read", "tools:call"]).await;
    app.add_scopes("payments", &["pay"]).await;
    let mut tools = app.store().find::<Service>("tools").await.unwrap().unwrap().value;
    tools.custom_audience = Some(TOOLS.to_owned());
    tools.name = "Tools".to_owned();
    app.store().update(tools, None, NOW.millis()).await.unwrap();
    app.change_workspace(|server| {
        server.advanced = Some(AdvancedConfiguration {
            require_resource_indicators: true,
            ..AdvancedConfiguration::default()
        });
        server.client_id_metadata_documents.get_or_insert_default().enabled = true;
        server.dynamic_client_registration.get_or_insert_default().enabled = true;
    })
    .await;
    app
}

/// The `resource_metadata` of a challenge.
fn metadata_url(challenge: &str) -> &str {
    let parameter = challenge.split("resource_metadata=\"").nth(1).unwrap_or_else(|| panic!("{challenge}"));
    parameter.split('"').next().unwrap()
}

fn path(url: &str) -> &str {
    url.strip_prefix(BASE).unwrap()
}

/// From the metadata of the resource to the tokens of `user`; the client is `client_id`, or registers.
async fn tokens(app: &TestApp, resource_metadata: &str, client_id: Option<&str>) -> Value {
    let resource = app.get(resource_metadata).await.ok();
    let issuer = resource["authorization_servers"][0].as_str().unwrap();
    let metadata = app.get(&format!("/.well-known/oauth-authorization-server{}", path(issuer))).await.ok();
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    let redirect_uri = "http://127.0.0.1:33418/";
    let client_id = match client_id {
        Some(client_id) => {
            assert_eq!(metadata["client_id_metadata_document_supported"], true);
            client_id.to_owned()
        }
        None => {
            let body = json!({
                "client_name": "Agent", "redirect_uris": ["http://127.0.0.1/"], "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"], "scope": "tools:read tools:call",
            });
            let endpoint = path(metadata["registration_endpoint"].as_str().unwrap());
            let answer = app.post(endpoint).body("application/json", body.to_string()).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()["client_id"].as_str().unwrap().to_owned()
        }
    };
    let resource = resource["resource"].as_str().unwrap();
    let request = authorize(&[
        ("response_type", "code"),
        ("client_id", &client_id),
        ("redirect_uri", redirect_uri),
        ("scope", "tools:read"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("resource", resource),
    ]);
    let answer = Browser::new(app).sign_in(&request, "user").await;
    assert_eq!(answer.sends("iss").as_deref(), Some(issuer), "RFC 9207");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &client_id),
        ("code", &answer.code()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", VERIFIER),
        ("resource", resource),
    ];
    app.post(path(metadata["token_endpoint"].as_str().unwrap())).form(&form).await.ok()
}

const TOOLS_METADATA: &str = "/default/default/.well-known/oauth-protected-resource/tools";

#[tokio::test]
async fn a_service_is_told_what_to_publish() {
    let app = server(&[]).await;
    let metadata = app.get(TOOLS_METADATA).await.ok();
    assert_eq!(
        metadata,
        json!({
            "resource": TOOLS,
            "authorization_servers": ["https://localhost:8443/default/default"],
            "scopes_supported": ["tools:call", "tools:read"],
            "bearer_methods_supported": ["header"],
            "resource_name": "Tools",
            "tls_client_certificate_bound_access_tokens": true,
            "dpop_signing_alg_values_supported": metadata["dpop_signing_alg_values_supported"],
        })
    );
    assert!(metadata["dpop_signing_alg_values_supported"].as_array().is_some_and(|words| !words.is_empty()));
    let discovery = app.get("/default/default/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(discovery["protected_resources"], json!([TOOLS]));
    // A service without an address is no resource that a client can find; nor is that of another workspace.
    for other in ["payments", "unknown", "default-profile"] {
        let answer = app.get(&format!("/default/default/.well-known/oauth-protected-resource/{other}")).await;
        assert_eq!(answer.reason(), "404 invalid_request protected_resource_unknown", "{other}");
    }
    let answer = app.get("/default/admin/.well-known/oauth-protected-resource/tools").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_resource_that_is_two_services_is_listed_once() {
    let app = server(&[]).await;
    app.add_scopes("more-tools", &["tools:admin"]).await;
    for (id, address) in [("more-tools", TOOLS), ("payments", "https://payments.example/")] {
        let mut service = app.store().find::<Service>(id).await.unwrap().unwrap().value;
        service.custom_audience = Some(address.to_owned());
        app.store().update(service, None, NOW.millis()).await.unwrap();
    }
    app.app.snapshots.invalidate("default", "default");
    let discovery = app.get("/default/default/.well-known/oauth-authorization-server").await.ok();
    let mut listed: Vec<_> = discovery["protected_resources"].as_array().unwrap().clone();
    listed.sort_by_key(Value::to_string);
    assert_eq!(listed, [json!("https://payments.example/"), json!(TOOLS)]);
}

#[tokio::test]
async fn an_agent_with_a_document_gets_a_token_for_the_resource_alone() {
    let remote = Remote::start("").await;
    remote.answer("200 OK\r\ncontent-type: application/json");
    let document = json!({
        "client_id": remote.url, "client_name": "Agent", "redirect_uris": ["http://127.0.0.1/"],
        "token_endpoint_auth_method": "none",
    });
    remote.publish(&document.to_string());
    let app = server(&remote.settings()).await;
    let tokens = tokens(&app, TOOLS_METADATA, Some(&remote.url)).await;
    let claims = decode(tokens["access_token"].as_str().unwrap()).1;
    assert_eq!((&claims["aud"], &tokens["scope"]), (&json!([TOOLS]), &json!("tools:read")));
}

#[tokio::test]
async fn an_agent_that_registers_gets_the_same() {
    let app = server(&[]).await;
    let tokens = tokens(&app, TOOLS_METADATA, None).await;
    let claims = decode(tokens["access_token"].as_str().unwrap()).1;
    assert_eq!((&claims["aud"], &tokens["scope"]), (&json!([TOOLS]), &json!("tools:read")));
}

#[tokio::test]
async fn our_own_resource_says_in_its_challenge_where_its_metadata_is() {
    let app = server(&[]).await;
    let userinfo = "/default/default/userinfo";
    let expected = "https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo";
    let answer = app.get(userinfo).await;
    assert_eq!(answer.status, 401);
    for challenge in answer.headers.get_all(WWW_AUTHENTICATE) {
        assert_eq!(metadata_url(challenge.to_str().unwrap()), expected);
    }
    let answer = app.get(userinfo).header(AUTHORIZATION, "Bearer x.y.z").await;
    assert_eq!(metadata_url(answer.header(WWW_AUTHENTICATE)), expected);
    let metadata = app.get(path(expected)).await.ok();
    assert_eq!(metadata["resource"], "https://localhost:8443/default/default/userinfo");
    assert_eq!(metadata["authorization_servers"], json!(["https://localhost:8443/default/default"]));
    assert_eq!(metadata["scopes_supported"][0], "openid");
}

#[tokio::test]
async fn metadata_of_the_server_is_where_clients_look() {
    let app = server(&[]).await;
    let usual = app.get("/default/default/.well-known/openid-configuration").await.ok();
    for path in [
        "/.well-known/oauth-authorization-server/default/default",
        "/.well-known/openid-configuration/default/default",
        "/default/default/.well-known/oauth-authorization-server",
    ] {
        let answer = app.get(path).header(http::header::ORIGIN, "https://agent.example").await;
        assert_eq!(answer.ok(), usual, "{path}");
        assert_eq!(answer.header(http::header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
    }
    assert_eq!(app.get("/.well-known/openid-configuration/default/none").await.status, 404);
}

/// A client in a browser sends this header with discovery, and so a preflight before it.
#[tokio::test]
async fn a_browser_may_say_which_version_of_the_protocol_it_speaks() {
    let app = server(&[]).await;
    for path in [
        "/.well-known/oauth-authorization-server/default/default",
        "/.well-known/openid-configuration/default/default",
        "/default/default/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource/default/default/userinfo",
        TOOLS_METADATA,
    ] {
        let preflight = app
            .options(path)
            .header(http::header::ORIGIN, "https://agent.example")
            .header(http::header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .header(http::header::ACCESS_CONTROL_REQUEST_HEADERS, "mcp-protocol-version")
            .await;
        assert_eq!(preflight.status, 204, "{path}");
        let allowed = preflight.header(http::header::ACCESS_CONTROL_ALLOW_HEADERS);
        assert!(allowed.contains("MCP-Protocol-Version"), "{path}: {allowed}");
    }
}

#[tokio::test]
async fn where_resources_are_required_no_token_is_for_everything() {
    let app = server(&[]).await;
    app.change_client("client", |client| {
        client.scopes.push("tools:read".to_owned());
        client.grant_types.push("client_credentials".to_owned());
    })
    .await;
    let request = authorize(&[
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", crate::harness::CALLBACK),
        ("scope", "tools:read"),
    ]);
    let answer = Browser::new(&app).get(&request).await;
    assert_eq!(answer.refused_to_client(), "https://example.com/callback invalid_target [resource_missing]");
    let form = [("grant_type", "client_credentials"), ("scope", "tools:read")];
    let answer = app.post(TOKEN).basic("client", crate::harness::SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_target resource_missing");
    let form = [form[0], form[1], ("resource", TOOLS)];
    let token = app.post(TOKEN).basic("client", crate::harness::SECRET).form(&form).await.ok();
    assert_eq!(decode(token["access_token"].as_str().unwrap()).1["aud"], json!([TOOLS]));
}

/// An ID token is for the client that asks: it needs no resource. What leads to an access token does.
#[tokio::test]
async fn an_id_token_alone_needs_no_resource() {
    let app = server(&[]).await;
    let types = ["id_token", "none", "code", "token", "id_token token", "code id_token"];
    app.change_client("client", |client| {
        client.grant_types.push("implicit".to_owned());
        client.response_types = types.map(str::to_owned).to_vec();
    })
    .await;
    let asked = |response_type: &str| {
        authorize(&[
            ("response_type", response_type),
            ("client_id", "client"),
            ("redirect_uri", crate::harness::CALLBACK),
            ("scope", "openid"),
            ("nonce", "n"),
        ])
    };
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&asked("id_token"), "user").await.fragment();
    assert_eq!(decode(&answer["id_token"]).1["aud"], json!(["client"]));
    assert!(browser.sign_in(&asked("none"), "user").await.sends("error").is_none());
    for response_type in &types[2..] {
        let answer = browser.get(&asked(response_type)).await;
        assert_eq!(answer.record().reason, "resource_missing", "{response_type}");
    }
}

/// Clients of the protocol register before they know a scope.
#[tokio::test]
async fn an_agent_that_registers_without_scopes_can_ask_for_those_of_the_tools() {
    let app = server(&[]).await;
    app.add_scopes("other", &["other"]).await;
    let scope = async |metadata: &Value| {
        let answer =
            app.post("/default/default/oauth2/register").body("application/json", metadata.to_string()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["scope"].as_str().unwrap().to_owned()
    };
    let agent = json!({
        "client_name": "Agent", "redirect_uris": ["http://127.0.0.1/"], "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    // In every other profile the client gets what ACP gives it.
    assert_eq!(scope(&agent).await, "openid address email phone profile offline_access");
    app.change_workspace(|server| server.profile = WorkspaceProfile::Mcp).await;
    let all = scope(&agent).await;
    let words: Vec<_> = all.split(' ').collect();
    for word in ["tools:read", "tools:call", "pay", "other", "openid", "offline_access"] {
        assert!(words.contains(&word), "{word} in {all}");
    }
    for word in ["manage_tenant", "introspect_tokens", "revoke_tokens", "dcr_register"] {
        assert!(!words.contains(&word), "{word} in {all}");
    }
    // What the workspace says, and what the client says, stand.
    app.change_workspace(|server| {
        let settings = server.dynamic_client_registration.get_or_insert_default();
        settings.default_scopes = vec!["tools:read".to_owned(), "dcr_register".to_owned()];
    })
    .await;
    assert_eq!(scope(&agent).await, "tools:read");
    let mut named = agent.clone();
    named["scope"] = json!("pay");
    assert_eq!(scope(&named).await, "pay");
}
