//! Every member of every model: what is posted comes back equal, from the answer, from the store, and after it was put
//! again.

use serde_json::{Value, json};

use super::Console;
use super::console::token;
use super::document::{document, full};
use crate::harness::{Recipient, Remote, TestApp, TestAuthority};

/// Replaces members of a full value by ones that also mean something.
fn with(mut value: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("members are an object") };
    for (name, member) in members {
        assert!(value.get(&name).is_some(), "there is no member {name}");
        value[&name] = member;
    }
    value
}

/// Members that are taken and never shown, or shown as the server knows them.
fn without(mut value: Value, members: &[&str]) -> Value {
    for name in members {
        let gone = value.as_object_mut().unwrap().remove(*name);
        assert!(gone.is_some(), "there is no member {name}");
    }
    value
}

/// Whether everything in `sent` is in `got`.
#[track_caller]
fn comes_back(sent: &Value, got: &Value) {
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&got[name], value, "{name}");
    }
}

fn full_client(document: &Value, sector: &str) -> Value {
    let client = full(document, "Client");
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "key-1", "use": "sig", "alg": "EdDSA"});
    let recipient = serde_json::to_value(Recipient::new("RSA-OAEP").jwks()).unwrap();
    let encryption_key = &recipient["keys"][0];
    let client = with(
        client,
        json!({
            "app_url": "https://a.example/", "application_type": "native", "authorization_server_id": "default",
            "authorization_encrypted_response_alg": "RSA-OAEP-256", "authorization_encrypted_response_enc": "A256GCM",
            "authorization_signed_response_alg": "ES256", "backchannel_authentication_request_signing_alg": "ES256",
            "backchannel_client_notification_endpoint": "https://a.example/ciba",
            "backchannel_logout_uri": "https://a.example/logout", "backchannel_token_delivery_mode": "ping",
            "client_id": "everything", "client_uri": "https://a.example/client",
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "id_token_encrypted_response_alg": "RSA-OAEP", "id_token_encrypted_response_enc": "A128CBC-HS256",
            "id_token_signed_response_alg": "HS256", "introspection_endpoint_auth_method": "client_secret_post",
            "revocation_endpoint_auth_method": "none", "rotated_secrets_expire_at": [4_102_444_800_u32], "jwks": {"keys": [key, encryption_key]},
            "initiate_login_uri": "https://a.example/login",
            "logo_uri": "https://a.example/logo", "policy_uri": "https://a.example/policy",
            "post_logout_redirect_uris": ["https://a.example/bye"],
            "redirect_uris": ["https://a.example/callback", "com.example.app:/callback"],
            "request_object_encryption_alg": "RSA-OAEP", "request_object_encryption_enc": "A256GCM",
            "request_object_signing_alg": "ES256", "request_uris": ["https://a.example/request"],
            "response_types": ["code", "id_token token"], "saml_metadata_url": "https://a.example/saml",
            "saml_signing_hash": "sha-512", "scope": "openid email", "scopes": ["openid", "email"],
            "sector_identifier_uri": sector, "tls_client_auth_san_ip": "192.0.2.1",
            "token_endpoint_auth_method": "client_secret_post", "token_endpoint_auth_signing_alg": "RS256",
            "tos_uri": "https://a.example/tos", "tenant_id": "default", "userinfo_signed_response_alg": "ES256",
        }),
    );
    with(
        client,
        json!({
            "authorization_details_types": ["pay"],
            "token_ttls": {
                "access_token_ttl": "1h0m0s", "authorization_code_ttl": "5m0s", "id_token_ttl": "1h0m0s",
                "refresh_token_ttl": "24h0m0s",
            },
            "frontchannel_logout_uri": "https://a.example/frame",
            "localized": {"client_name#de": "Alles", "tos_uri#fr-CA": "https://a.example/fr"},
            "userinfo_encrypted_response_alg": "RSA-OAEP-256", "userinfo_encrypted_response_enc": "A128GCM",
            "introspection_encrypted_response_alg": "RSA-OAEP-256", "introspection_encrypted_response_enc": "A128GCM",
            "introspection_signed_response_alg": "ES256",
        }),
    )
}

#[tokio::test]
async fn every_member_of_a_client() {
    let sector = Remote::start(r#"["https://a.example/callback", "com.example.app:/callback"]"#).await;
    let console = Console::of(TestApp::with_settings(&sector.settings()).await).await;
    let client = full_client(&document("admin"), &sector.url);
    // `jwks_uri` cannot stand beside `jwks`; `certificate` is another way to give `jwks`.
    let client = without(client, &["jwks_uri", "certificate"]);
    let kind = &client["authorization_details_types"][0];
    let kind = json!({"type": kind, "authorization_server_id": "default"});
    console.post("/authorization-details", &kind).await.created();
    let created = console.post("/clients", &client).await.created();
    let own = [
        "application_types",
        "client_id_issued_at",
        "confirmation",
        "created_at",
        "dynamically_registered",
        "hashed_rotated_secrets",
        "hashed_secret",
        "registration_token",
        "updated_at",
    ];
    let shown = without(client.clone(), &own);
    comes_back(&shown, &created);
    assert_eq!(console.get("/clients/everything").await.ok(), created);
    let updated = console.put("/clients/everything", &client).await.ok();
    comes_back(&shown, &updated);

    let by_uri = json!({"authorization_server_id": "default", "jwks_uri": "https://a.example/keys"});
    assert_eq!(console.post("/clients", &by_uri).await.created()["jwks_uri"], by_uri["jwks_uri"]);
}

#[tokio::test]
async fn every_member_of_a_workspace() {
    let console = Console::new().await;
    let server = with(
        full(&document("admin"), "Server"),
        json!({
            "id": "everything", "tenant_id": "default", "type": "organization", "color": "#123456",
            "backchannel_token_delivery_modes_supported": ["push"], "custom_issuer_url": "https://id.example/shop",
            "authorization_code_ttl": "5m0s",
            // A profile with rules of its own would change the rest: `profiles::settings`.
            "profile": "third_party",
            "dynamic_scope_separator": ":", "grant_types": ["client_credentials"], "key_type": "ps",
            "logo_uri": "https://a.example/logo", "response_types": ["code"],
            "root_cas": TestAuthority::new("CN=Demo CA").pem(), "subject_identifier_types": ["pairwise"],
            "token_endpoint_auth_methods": ["tls_client_auth"], "token_endpoint_authn_methods": ["none"],
            "token_endpoint_auth_signing_alg_values": ["ES256"],
            "trusted_issuers": [{
                "audiences": ["https://id.example"], "clients": ["c"], "issuer": "https://issuer.example",
                "jwks_uri": "https://issuer.example/jwks", "jwt_bearer": true, "login_hint_token": true, "max_lifetime": "5m0s",
                "reusable": true, "scopes": ["email"], "subject_claim": "email", "subject_mapping": "raw",
                "token_exchange": true,
            }],
        }),
    );
    // Keys are the server's own; a revocation list needs an authority that signs one.
    let mut server = without(server, &["jwks", "crls", "version"]);
    // ACP's least.
    server["dynamic_client_registration"]["registration_access_token_ttl"] = "24h0m0s".into();
    let mut shown = server.clone();
    keep_public(&mut shown);
    let created = console.post("/servers", &server).await.created();
    comes_back(&shown, &created);
    assert_eq!(console.get("/servers/everything").await.ok(), created);
    comes_back(&shown, &console.put("/servers/everything", &server).await.ok());
}

/// Private members of keys that others hold are dropped.
fn keep_public(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.contains_key("kty") {
                members.retain(|name, _| !["d", "dp", "dq", "k", "p", "q", "qi"].contains(&name.as_str()));
            }
            members.values_mut().for_each(keep_public);
        }
        Value::Array(items) => items.iter_mut().for_each(keep_public),
        _ => {}
    }
}

#[tokio::test]
async fn every_member_of_a_scope_and_its_service() {
    let console = Console::new().await;
    let document = document("admin");
    let service = with(
        full(&document, "Service"),
        json!({
            "id": "payments", "authorization_server_id": "default", "tenant_id": "default", "system": false,
            "custom_audience": "https://pay.example",
        }),
    );
    let created = console.post("/services", &service).await.created();
    let shown = without(service.clone(), &["updated_at"]);
    comes_back(&shown, &created);
    comes_back(&shown, &console.put("/services/payments", &service).await.ok());
    comes_back(&shown, &console.get("/services/payments").await.ok());

    let scope = with(
        full(&document, "Scope"),
        json!({
            "id": "pay", "name": "pay", "service_id": "payments", "authorization_server_id": "default",
            "tenant_id": "default",
        }),
    );
    comes_back(&scope, &console.post("/scopes", &scope).await.created());
    comes_back(&scope, &console.put("/scopes/pay", &scope).await.ok());
    comes_back(&scope, &console.get("/scopes/pay").await.ok());
}

#[tokio::test]
async fn every_member_of_a_type_of_authorization_details() {
    let console = Console::new().await;
    console
        .post("/services", &json!({"id": "payments", "name": "p", "authorization_server_id": "default"}))
        .await
        .created();
    let kind = with(
        full(&document("admin"), "AuthorizationDetail"),
        json!({
            "id": "pay", "type": "pay", "service_id": "payments", "authorization_server_id": "default",
            "tenant_id": "default", "schema": {"properties": {"a": {"const": ""}}, "additionalProperties": false},
        }),
    );
    comes_back(&kind, &console.post("/authorization-details", &kind).await.created());
    comes_back(&kind, &console.put("/authorization-details/pay", &kind).await.ok());
    comes_back(&kind, &console.get("/authorization-details/pay").await.ok());
}

#[tokio::test]
async fn every_member_of_a_claim_and_of_a_class_of_authentication() {
    let console = Console::new().await;
    let document = document("admin");
    let claim = with(
        full(&document, "Claim"),
        json!({
            "id": "c", "name": "tier", "source_path": "metadata.tier", "source_type": "authnCtx", "scopes": ["email"],
            "type": "id_token", "delivery": "distributed",
            "verified": false, "authorization_server_id": "default", "tenant_id": "default",
        }),
    );
    comes_back(&claim, &console.post("/claims", &claim).await.created());
    comes_back(&claim, &console.put("/claims/c", &claim).await.ok());
    let listed = console.get("/servers/default/claims").await.ok();
    let found = listed["claims"].as_array().unwrap().iter().find(|claim| claim["id"] == "c").unwrap();
    comes_back(&claim, found);

    let acr = with(
        full(&document, "ACR"),
        json!({"id": "a", "value": "urn:x", "authorization_server_id": "default", "tenant_id": "default"}),
    );
    comes_back(&acr, &console.post("/servers/default/acrs", &acr).await.created());
    comes_back(&acr, &console.put("/servers/default/acrs/a", &acr).await.ok());
    comes_back(&acr, &console.get("/servers/default/acrs/a").await.ok());
}

#[tokio::test]
async fn every_member_of_an_identity_provider() {
    let console = Console::new().await;
    let idp = with(
        full(&document("admin"), "StaticIDP"),
        json!({
            "id": "sandbox", "method": "static", "authorization_server_id": "default", "workspace_id": "default",
            "tenant_id": "default",
        }),
    );
    let mut shown = idp.clone();
    shown["credentials"]["users"][0].as_object_mut().unwrap().remove("password").unwrap();
    let created = console.post("/servers/default/idps/static", &idp).await.created();
    assert_eq!(created, shown);
    let path = "/servers/default/idps/static/sandbox";
    assert_eq!(console.put(path, &idp).await.ok(), shown);
    assert_eq!(console.get(path).await.ok(), shown);
}

#[tokio::test]
async fn every_member_of_a_tenant() {
    let app = TestApp::new().await;
    app.add_tenant("system").await;
    let token = token(&app, "system", "system", "manage_tenants").await;
    let tenant =
        with(full(&document("root"), "Tenant"), json!({"id": "acme", "url": "https://acme.example"}));
    // Keys belong to workspaces.
    let tenant = without(tenant, &["jwks"]);
    let created = app.post("/api/system/tenants").bearer(&token).json(&tenant).await.created();
    assert_eq!(created["tenant"], tenant);
    let put = app.request("PUT", "/api/system/tenants/acme").bearer(&token).json(&tenant).await.ok();
    assert_eq!(put, tenant);
    assert_eq!(app.get("/api/system/tenants/acme").bearer(&token).await.ok(), tenant);
}
