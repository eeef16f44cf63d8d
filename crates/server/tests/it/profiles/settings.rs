//! What a profile makes of the settings of a workspace, and what it refuses of them and of clients.

use serde_json::{Value, json};
use symbolon_store::entity::server::AdvancedConfiguration;

use crate::api::Console;

/// Every member at fault, with what is said of it.
fn faults(answer: &crate::harness::Answer) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", answer.text());
    let details = answer.json()["details"].as_object().unwrap().clone();
    details.iter().map(|(path, message)| format!("{path} {}", message.as_str().unwrap())).collect()
}

async fn with_profile(profile: &str) -> Console {
    let console = Console::new().await;
    console.put("/servers/default", &json!({ "profile": profile })).await.ok();
    console
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[tokio::test]
async fn fapi_2_switches_its_rules_on_at_once() {
    let console = with_profile("fapi_20_security").await;
    let server = console.get("/servers/default").await.ok();
    assert_eq!(
        words(&server["token_endpoint_auth_methods"]),
        ["private_key_jwt", "self_signed_tls_client_auth", "tls_client_auth"]
    );
    assert_eq!(words(&server["response_types"]), ["code"]);
    assert_eq!(
        words(&server["grant_types"]),
        ["authorization_code", "client_credentials", "refresh_token"],
        "without implicit"
    );
    assert_eq!(words(&server["token_endpoint_auth_signing_alg_values"]), ["ES256", "PS256", "EdDSA"]);
    assert_eq!(server["require_pushed_authorization_requests"], true);
    assert_eq!(server["enforce_pkce"], true);
    assert_eq!(server["advanced"]["disable_refresh_token_cycling"], true);
    // What was read can be written.
    assert_eq!(console.put("/servers/default", &server).await.ok()["profile"], "fapi_20_security");
    // And what was narrowed is what is served.
    let metadata = console.app.get("/default/default/.well-known/openid-configuration").await.ok();
    let mut served = words(&metadata["token_endpoint_auth_methods_supported"]);
    served.sort_unstable();
    assert_eq!(served, words(&server["token_endpoint_auth_methods"]));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(words(&metadata["dpop_signing_alg_values_supported"]), ["ES256", "PS256", "EdDSA"]);
    assert_eq!(words(&metadata["id_token_signing_alg_values_supported"]), ["ES256", "PS256"], "and no HS256");
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(
        metadata["token_endpoint_auth_signing_alg_values_supported"],
        server["token_endpoint_auth_signing_alg_values"]
    );
}

/// Who reads a workspace, gives it another profile and writes it back, as consoles do, keeps nothing of the old one.
#[tokio::test]
async fn the_rules_of_a_profile_end_with_it() {
    let console = Console::new().await;
    let own = json!({"require_pushed_authorization_requests": false, "authorization_code_ttl": "45s"});
    let first = console.put("/servers/default", &own).await.ok();
    let mut before = first;
    for profile in [
        "fapi_20_message_signing",
        "fapi_advanced",
        "fapi_20_security",
        "oauth_21",
        "mcp",
        "fapi_ro",
        "default",
    ] {
        before["profile"] = json!(profile);
        let after = console.put("/servers/default", &before).await.ok();
        assert_eq!(console.get("/servers/default").await.ok(), after);
        let is_fapi_2 = profile.starts_with("fapi_20");
        assert_eq!(after["require_pushed_authorization_requests"], is_fapi_2, "{profile}");
        assert_eq!(after["advanced"]["disable_refresh_token_cycling"], is_fapi_2, "{profile}");
        assert_eq!(after["advanced"]["require_resource_indicators"], profile == "mcp", "{profile}");
        // FAPI 1.0 Advanced asks for PKCE where the request is pushed.
        assert_eq!(after["enforce_pkce"], !["default", "fapi_advanced"].contains(&profile), "{profile}");
        let jarm = ["fapi_advanced", "fapi_20_message_signing"].contains(&profile);
        assert_eq!(after["advanced"]["disallow_code_response_type_without_jarm"], jarm, "{profile}");
        assert_eq!(after["authorization_code_ttl"], "45s");
        let document = console.app.get("/default/default/.well-known/openid-configuration").await.ok();
        assert_eq!(document["require_pushed_authorization_requests"], is_fapi_2, "{profile}");
        before = after;
    }
    let fresh = Console::new().await.put("/servers/default", &own).await.ok();
    for member in ["token_endpoint_auth_methods", "grant_types", "response_types", "enforce_pkce"] {
        assert_eq!(before[member], fresh[member], "{member}");
    }
    assert_eq!(before["advanced"], json!(AdvancedConfiguration::default()));
    // What somebody chooses under a profile is theirs.
    before["enforce_pkce"] = json!(true);
    before["profile"] = json!("oauth_21");
    let mut chosen = console.put("/servers/default", &before).await.ok();
    chosen["profile"] = json!("default");
    assert_eq!(console.put("/servers/default", &chosen).await.ok()["enforce_pkce"], true);
}

#[tokio::test]
async fn settings_that_break_a_profile_are_refused_with_the_clause() {
    let console = Console::new().await;
    let server = json!({
        "profile": "fapi_20_security",
        "token_endpoint_auth_methods": ["client_secret_basic", "private_key_jwt"],
        "grant_types": ["authorization_code", "password"],
        "response_types": ["code", "code id_token"],
        "token_endpoint_auth_signing_alg_values": ["RS256", "ES256"],
        "authorization_code_ttl": "1m1s",
        "pushed_authorization_request_ttl": "10m0s",
        "enforce_pkce_for_public_clients": false,
        "advanced": {"disable_par": true},
        "backchannel_token_delivery_modes_supported": ["push"],
    });
    assert_eq!(
        faults(&console.put("/servers/default", &server).await),
        [
            "advanced.disable_par must be false in the profile fapi_20_security (FAPI 2.0 §5.3.2.2 (2))",
            "authorization_code_ttl must be at most 60 s in the profile fapi_20_security (FAPI 2.0 §5.3.2.1 (11))",
            "backchannel_token_delivery_modes_supported[0] is push, which the profile fapi_20_security does not allow (FAPI-CIBA §5.2.2)",
            "enforce_pkce_for_public_clients must be true in the profile fapi_20_security (FAPI 2.0 §5.3.2.2 (5))",
            "grant_types[1] is password, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.1 (2), §5.3.2.2 (1))",
            "pushed_authorization_request_ttl must be at most 599 s in the profile fapi_20_security (FAPI 2.0 §5.3.2.2 (12))",
            "response_types[1] is code id_token, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.2 (1))",
            "token_endpoint_auth_methods[0] is client_secret_basic, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.1 (3), (6))",
            "token_endpoint_auth_signing_alg_values[0] is RS256, which the profile fapi_20_security does not allow (FAPI 2.0 §5.4.1)",
        ]
    );
}

#[tokio::test]
async fn administrators_keep_their_workspaces() {
    let console = Console::new().await;
    for id in ["admin", "system"] {
        let answer = console.put(&format!("/servers/{id}"), &json!({"profile": "fapi_advanced"})).await;
        assert_eq!(faults(&answer), ["profile must be default: administrators could not log in any more"]);
    }
}

#[tokio::test]
async fn a_profile_wants_keys_that_sign_with_its_algorithms() {
    let console = Console::new().await;
    let refused = console.post("/servers", &json!({"profile": "fapi_advanced", "key_type": "eddsa"})).await;
    assert_eq!(
        faults(&refused),
        ["key_type must be ecdsa or ps in the profile fapi_advanced (FAPI 1.0 Advanced §8.6)"]
    );
    console
        .post("/servers", &json!({"id": "bank", "profile": "fapi_advanced", "key_type": "rsa"}))
        .await
        .created();
    let metadata = console.app.get("/default/bank/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["PS256"]), "no RS256, no HS256");
    assert_eq!(metadata["authorization_signing_alg_values_supported"], json!(["PS256"]));
    let rotated = console.request("POST", "/servers/bank/keys/rotate?key_type=eddsa").await;
    assert_eq!(rotated.status, 400, "{}", rotated.text());
    assert!(rotated.text().contains("does not allow EdDSA"), "{}", rotated.text());
}

#[tokio::test]
async fn clients_that_break_a_profile_are_refused_with_the_clause() {
    let console = with_profile("fapi_20_security").await;
    let client = json!({
        "authorization_server_id": "default",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "password"],
        "response_types": ["code id_token"],
        "redirect_uris": ["http://app.example/callback"],
        "id_token_signed_response_alg": "RS256",
        "userinfo_signed_response_alg": "RS256",
        "request_object_signing_alg": "RS256",
        "authorization_signed_response_alg": "RS256",
        "backchannel_token_delivery_mode": "push",
    });
    let refused = faults(&console.post("/clients", &client).await);
    for expected in [
        "token_endpoint_auth_method is client_secret_basic, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.1 (3), (6))",
        "grant_types[1] is password, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.1 (2), §5.3.2.2 (1))",
        "response_types[0] is code id_token, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.2 (1))",
        "redirect_uris[0] is no https address, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.2 (6), (8))",
        "tls_client_certificate_bound_access_tokens is false, and so is dpop_bound_access_tokens, which the profile fapi_20_security does not allow (FAPI 2.0 §5.3.2.1 (4), (5))",
        "id_token_signed_response_alg is RS256, which the profile fapi_20_security does not allow (FAPI 2.0 §5.4.1)",
        "userinfo_signed_response_alg is RS256, which the profile fapi_20_security does not allow (FAPI 2.0 §5.4.1)",
        "request_object_signing_alg is RS256, which the profile fapi_20_security does not allow (FAPI 2.0 §5.4.1)",
        "authorization_signed_response_alg is RS256, which the profile fapi_20_security does not allow (FAPI 2.0 §5.4.1)",
        "backchannel_token_delivery_mode is push, which the profile fapi_20_security does not allow (FAPI-CIBA §5.2.2)",
    ] {
        assert!(refused.iter().any(|fault| fault == expected), "{expected}\n{refused:#?}");
    }
}

#[tokio::test]
async fn who_registers_by_themselves_keeps_the_profile_too() {
    let console = Console::new().await;
    let server = json!({"profile": "fapi_20_security", "dynamic_client_registration": {"enabled": true}});
    console.put("/servers/default", &server).await.ok();
    let register = |body: Value| console.app.post("/default/default/oauth2/register").json(&body);
    let refused = register(json!({"redirect_uris": ["https://app.example/callback"]})).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"], "invalid_client_metadata");
    let told = refused.json()["error_description"].as_str().unwrap().to_owned();
    for expected in [
        "token_endpoint_auth_method is client_secret_basic, which the profile fapi_20_security does not allow (FAPI 2.0 section 5.3.2.1 (3), (6)).",
        "(FAPI 2.0 section 5.3.2.1 (4), (5))",
    ] {
        assert!(told.contains(expected), "{told}");
    }
    let key = symbolon_jose::SigningKey::generate(symbolon_jose::Algorithm::ES256).unwrap();
    let good = json!({
        "redirect_uris": ["https://app.example/callback"], "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256", "jwks": {"keys": [key.public_jwk().unwrap()]},
        "dpop_bound_access_tokens": true, "scope": "openid",
    });
    assert_eq!(register(good).await.status, 201);
}
