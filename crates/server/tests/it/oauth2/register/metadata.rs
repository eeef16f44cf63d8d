//! Metadata in, metadata out.

use http::header::CACHE_CONTROL;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_store::entity::Client;
use symbolon_store::entity::server::{AdvancedConfiguration, WorkspaceProfile};

use super::{REGISTER, open, register, registered, text, with};
use crate::harness::{Browser, Recipient, Signer, TOKEN, TestApp, authorize};

/// RFC 7591 §3.1, its example; but for the scopes, which are the workspace's.
#[tokio::test]
async fn the_example_of_the_rfc_registers() {
    let app = open().await;
    let answer = register(
        &app,
        json!({
            "redirect_uris": ["https://client.example.org/callback", "https://client.example.org/callback2"],
            "client_name": "My Example Client",
            "client_name#ja-Jpan-JP": "クライアント名",
            "token_endpoint_auth_method": "client_secret_basic",
            "logo_uri": "https://client.example.org/logo.png",
            "jwks_uri": "https://client.example.org/my_public_keys.jwks",
            "example_extension_parameter": "example_value"
        }),
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    let mut body = answer.json();
    let id = text(&body, "client_id").to_owned();
    assert_eq!(text(&body, "client_secret").len(), 43);
    assert_eq!(text(&body, "registration_access_token").len(), 43);
    let uri = format!("https://localhost:8443{REGISTER}/{id}");
    assert_eq!(text(&body, "registration_client_uri"), uri);
    for random in ["client_id", "client_secret", "registration_access_token", "registration_client_uri"] {
        body.as_object_mut().unwrap().remove(random);
    }
    assert_eq!(
        body,
        json!({
            "application_type": "web",
            "backchannel_logout_session_required": false,
            "backchannel_user_code_parameter": false,
            "client_id_issued_at": 1_800_000_000,
            "client_name": "My Example Client",
            "client_name#ja-Jpan-JP": "クライアント名",
            "client_secret_expires_at": 0,
            "dpop_bound_access_tokens": false,
            "dynamically_registered": true,
            "frontchannel_logout_session_required": false,
            "grant_types": ["authorization_code"],
            "id_token_signed_response_alg": "RS256",
            "jwks_uri": "https://client.example.org/my_public_keys.jwks",
            "logo_uri": "https://client.example.org/logo.png",
            "redirect_uris": ["https://client.example.org/callback", "https://client.example.org/callback2"],
            "registration_access_token_expires_in": 2_592_000,
            "require_auth_time": false,
            "require_pushed_authorization_requests": false,
            "require_signed_request_object": false,
            "response_types": ["code"],
            "scope": "openid address email phone profile",
            "scopes": ["openid", "address", "email", "phone", "profile"],
            "subject_type": "public",
            "tls_client_certificate_bound_access_tokens": false,
            "token_endpoint_auth_method": "client_secret_basic",
        })
    );
}

#[tokio::test]
async fn a_registered_client_gets_tokens_for_a_person() {
    let app = open().await;
    app.add_people("default", &["user"]).await;
    let client = registered(&app, json!({"grant_types": ["authorization_code", "refresh_token"]})).await;
    assert_eq!(text(&client, "scope"), "openid address email phone profile offline_access");
    let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
    let callback = "https://client.example.org/callback";
    let request = authorize(&[
        ("client_id", id),
        ("response_type", "code"),
        ("redirect_uri", callback),
        ("scope", "openid offline_access"),
        ("state", "s"),
    ]);
    let code = Browser::new(&app).sign_in(&request, "user").await.code();
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", callback)];
    let tokens = app.post(TOKEN).basic(id, secret).form(&form).await.ok();
    assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string());
    // A client that somebody uses stays.
    app.app.store.sweep(app.app.clock.now().plus_seconds(8 * 86_400).millis(), 100).await.unwrap();
    assert!(app.store().find::<Client>(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_client_that_nobody_uses_goes_after_a_week() {
    let app = open().await;
    let id = text(&registered(&app, json!({})).await, "client_id").to_owned();
    let sweep_after = async |days: i64| {
        app.app.store.sweep(app.app.clock.now().plus_seconds(days * 86_400).millis(), 100).await.unwrap();
        app.store().find::<Client>(&id).await.unwrap().is_some()
    };
    assert!(sweep_after(6).await);
    assert!(!sweep_after(7).await);
}

#[tokio::test]
async fn a_client_without_a_secret_is_told_none() {
    let app = open().await;
    for method in ["none", "tls_client_auth"] {
        let more =
            json!({"token_endpoint_auth_method": method, "tls_client_auth_san_dns": "client.example.org"});
        let client = registered(&app, more).await;
        assert_eq!(client.get("client_secret"), None, "{method}");
        assert_eq!(client.get("client_secret_expires_at"), None, "{method}");
        assert_eq!(client["tls_client_certificate_bound_access_tokens"], method == "tls_client_auth");
    }
}

/// OpenID Connect Registration §2: RS256 is the default, wherever the workspace has a key for it.
#[tokio::test]
async fn id_tokens_are_signed_with_rs256_by_default() {
    let app = open().await;
    let client = registered(&app, json!({})).await;
    assert_eq!(client["id_token_signed_response_alg"], "RS256");
    let client = registered(&app, json!({"id_token_signed_response_alg": "ES256"})).await;
    assert_eq!(client["id_token_signed_response_alg"], "ES256");
}

#[tokio::test]
async fn what_openid_connect_registers_comes_back() {
    let app = open().await;
    let said = json!({
        "contacts": ["dev@example.org"],
        "default_max_age": 3600,
        "require_auth_time": true,
        "initiate_login_uri": "https://client.example.org/login",
        "policy_uri": "https://client.example.org/policy",
        "tos_uri": "https://client.example.org/tos",
        "application_type": "web",
        "id_token_signed_response_alg": "ES256",
        "post_logout_redirect_uris": ["https://client.example.org/bye"],
    });
    let client = registered(&app, said.clone()).await;
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(client[name], *value, "{name}");
    }
}

/// OpenID Connect Registration §2, RFC 9701 §6.
#[tokio::test]
async fn how_answers_are_signed_and_encrypted_comes_back() {
    let app = open().await;
    let said = json!({
        "jwks": Recipient::new("ECDH-ES").jwks(),
        "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
        "userinfo_signed_response_alg": "ES256",
        "userinfo_encrypted_response_alg": "ECDH-ES+A128KW", "userinfo_encrypted_response_enc": "A128GCM",
        "introspection_signed_response_alg": "ES256",
        "introspection_encrypted_response_alg": "dir", "introspection_encrypted_response_enc": "A256GCM",
    });
    let client = registered(&app, said.clone()).await;
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(client[name], *value, "{name}");
    }
    for name in ["introspection_encrypted_response_alg", "userinfo_encrypted_response_alg"] {
        let refused = register(&app, with(json!({name: "RSA1_5"}))).await;
        assert_eq!(refused.json()["error"], "invalid_client_metadata", "{name}");
    }
}

/// OIDC Core §10.1, §10.2: what is derived from a secret needs one, whatever the client authenticates with.
#[tokio::test]
async fn a_client_that_encrypts_or_signs_with_a_secret_is_given_one() {
    let app = open().await;
    let keys = Signer::jwks(&[&Signer::new(Algorithm::ES256, "a")]);
    for more in [
        json!({"request_object_encryption_alg": "dir"}),
        json!({"id_token_signed_response_alg": "HS256"}),
        json!({"userinfo_encrypted_response_alg": "A128KW"}),
    ] {
        let mut said = more.clone();
        said["token_endpoint_auth_method"] = json!("private_key_jwt");
        said["jwks"] = json!(keys);
        assert_eq!(text(&registered(&app, said.clone()).await, "client_secret").len(), 43, "{more}");
        said["token_endpoint_auth_method"] = json!("none");
        let refused = register(&app, with(said)).await;
        assert_eq!(refused.json()["error"], "invalid_client_metadata", "{more}");
    }
}

#[tokio::test]
async fn scopes_can_be_a_text_a_list_the_workspaces_or_ignored() {
    let app = open().await;
    app.add_scopes("calendar", &["read", "write"]).await;
    for more in [json!({"scope": "openid read"}), json!({"scopes": ["openid", "read"]})] {
        assert_eq!(registered(&app, more).await["scope"], "openid read");
    }
    super::configure(&app, |settings| settings.default_scopes = vec!["read".into(), "gone".into()]).await;
    assert_eq!(registered(&app, json!({})).await["scope"], "read");
    app.change_workspace(|server| {
        let advanced = AdvancedConfiguration { ignore_unknown_scopes_for_dcr: true, ..Default::default() };
        server.advanced = Some(advanced);
    })
    .await;
    let more = json!({"scope": "openid magic introspect_tokens write"});
    assert_eq!(registered(&app, more).await["scope"], "openid write");
}

#[tokio::test]
async fn a_default_max_age_asks_for_a_fresh_login() {
    let app = open().await;
    app.add_people("default", &["user"]).await;
    let client = registered(&app, json!({"default_max_age": 60, "scope": "openid"})).await;
    let callback = "https://client.example.org/callback";
    let id = text(&client, "client_id");
    let parameters =
        [("client_id", id), ("response_type", "code"), ("redirect_uri", callback), ("scope", "openid")];
    let request = authorize(&parameters);
    let browser = Browser::new(&app);
    browser.sign_in(&request, "user").await.code();
    app.advance(59);
    assert_eq!(browser.open(&request).await.1.status, 303);
    app.advance(2);
    let (_, page) = browser.open(&request).await;
    assert_eq!(page.status, 200, "the login page");
    let request = authorize(&[&parameters[..], &[("max_age", "3600")]].concat());
    assert_eq!(browser.open(&request).await.1.status, 303, "the request's own word counts more");
}

#[tokio::test]
async fn discovery_names_the_endpoint_where_it_works() {
    let app = TestApp::new().await;
    let discovery = "/default/default/.well-known/openid-configuration";
    assert_eq!(app.get(discovery).await.ok().get("registration_endpoint"), None);
    let answer = register(&app, with(json!({}))).await;
    assert_eq!(answer.reason(), "403 access_denied registration_disabled");
    super::configure(&app, |_| {}).await;
    let metadata = app.get(discovery).await.ok();
    assert_eq!(metadata["registration_endpoint"], format!("https://localhost:8443{REGISTER}"));
    assert_eq!(metadata["mtls_endpoint_aliases"]["registration_endpoint"], metadata["registration_endpoint"]);
    // Where a workspace wants software statements, nothing unsigned passes for one.
    app.change_workspace(|server| server.enable_trust_anchor = true).await;
    assert_eq!(app.get(discovery).await.ok().get("registration_endpoint"), None);
    let answer = register(&app, with(json!({}))).await;
    assert_eq!(answer.reason(), "403 access_denied registration_disabled");
}

/// OpenID Connect Registration §2: a client that is told nothing takes it for RS256.
#[tokio::test]
async fn where_rs256_is_not_served_the_answer_says_what_is() {
    let app = open().await;
    app.change_workspace(|server| server.profile = WorkspaceProfile::Fapi20Security).await;
    let key = symbolon_jose::SigningKey::generate(Algorithm::ES256).unwrap();
    let jwk = symbolon_jose::Jwk { kid: Some("client".to_owned()), ..key.public_jwk().unwrap() };
    let client =
        registered(&app, json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [jwk]}, "tls_client_certificate_bound_access_tokens": true}))
            .await;
    assert_eq!(client["id_token_signed_response_alg"], "ES256");
}

/// Messages name what was sent, and each of it once.
#[tokio::test]
async fn faults_name_the_members_that_were_sent() {
    let app = open().await;
    let refused = async |more: Value| {
        let answer = register(&app, with(more)).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        answer.json()["error_description"].as_str().unwrap().to_owned()
    };
    let text = refused(json!({"token_endpoint_auth_method": "foo"})).await;
    assert_eq!(text, "token_endpoint_auth_method is no client authentication method that this server knows.");
    let text = refused(json!({"scope": "openid nothing"})).await;
    assert_eq!(text, "scope nothing is no scope that a client can register for here.");
}
