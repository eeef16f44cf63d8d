//! `/{tid}/{aid}/.well-known/…` (OIDC Discovery §4, RFC 8414, RFC 7517)

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HOST};
use serde_json::json;
use symbolon_store::entity::server::AdvancedConfiguration;

use crate::harness::TestApp;

const KEY_MANAGEMENT: &[&str] = &[
    "RSA-OAEP-256",
    "RSA-OAEP",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
    "A128KW",
    "A192KW",
    "A256KW",
    "dir",
];
const CONTENT_ENCRYPTION: &[&str] =
    &["A256GCM", "A192GCM", "A128GCM", "A256CBC-HS512", "A192CBC-HS384", "A128CBC-HS256"];
const DISCOVERY: &str = "/default/default/.well-known/openid-configuration";

#[tokio::test]
async fn discovery_tells_what_works() {
    let app = TestApp::new().await;
    let answer = app.get(DISCOVERY).await;
    let mut document = answer.ok();
    // Whatever is encrypted for a client is encrypted alike.
    for kind in ["authorization", "id_token", "introspection", "userinfo"] {
        let mut take = |what: &str| {
            let name = format!("{kind}_encryption_{what}_values_supported");
            document.as_object_mut().unwrap().remove(&name)
        };
        assert_eq!(take("alg"), Some(json!(KEY_MANAGEMENT)), "{kind}");
        assert_eq!(take("enc"), Some(json!(CONTENT_ENCRYPTION)), "{kind}");
    }
    insta::assert_json_snapshot!(document, @r#"
    {
      "acr_values_supported": [
        "1"
      ],
      "authorization_endpoint": "https://localhost:8443/default/default/oauth2/authorize",
      "authorization_response_iss_parameter_supported": true,
      "authorization_signing_alg_values_supported": [
        "ES256",
        "RS256",
        "PS256"
      ],
      "backchannel_logout_session_supported": true,
      "backchannel_logout_supported": true,
      "claim_types_supported": [
        "normal"
      ],
      "claims_parameter_supported": true,
      "claims_supported": [
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "c_hash",
        "s_hash",
        "sid",
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "email",
        "email_verified",
        "address",
        "phone_number",
        "phone_number_verified"
      ],
      "code_challenge_methods_supported": [
        "S256"
      ],
      "display_values_supported": [
        "page",
        "popup",
        "touch",
        "wap"
      ],
      "dpop_signing_alg_values_supported": [
        "ES256",
        "ES384",
        "ES512",
        "PS256",
        "PS384",
        "PS512",
        "EdDSA"
      ],
      "end_session_endpoint": "https://localhost:8443/default/default/oidc/logout",
      "frontchannel_logout_session_supported": true,
      "frontchannel_logout_supported": true,
      "grant_types_supported": [
        "authorization_code",
        "client_credentials",
        "refresh_token",
        "implicit"
      ],
      "id_token_signing_alg_values_supported": [
        "ES256",
        "RS256",
        "PS256",
        "HS256"
      ],
      "introspection_endpoint": "https://localhost:8443/default/default/oauth2/introspect",
      "introspection_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth"
      ],
      "introspection_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "ES256",
        "PS256",
        "EdDSA",
        "RS256"
      ],
      "introspection_signing_alg_values_supported": [
        "ES256",
        "RS256",
        "PS256"
      ],
      "issuer": "https://localhost:8443/default/default",
      "jwks_uri": "https://localhost:8443/default/default/.well-known/jwks.json",
      "mtls_endpoint_aliases": {
        "introspection_endpoint": "https://localhost:8443/default/default/oauth2/introspect",
        "pushed_authorization_request_endpoint": "https://localhost:8443/default/default/par",
        "revocation_endpoint": "https://localhost:8443/default/default/oauth2/revoke",
        "token_endpoint": "https://localhost:8443/default/default/oauth2/token",
        "userinfo_endpoint": "https://localhost:8443/default/default/userinfo"
      },
      "prompt_values_supported": [
        "none",
        "login",
        "consent",
        "select_account"
      ],
      "pushed_authorization_request_endpoint": "https://localhost:8443/default/default/par",
      "request_object_encryption_alg_values_supported": [
        "A128KW",
        "A192KW",
        "A256KW",
        "dir"
      ],
      "request_object_encryption_enc_values_supported": [
        "A256GCM",
        "A192GCM",
        "A128GCM",
        "A256CBC-HS512",
        "A192CBC-HS384",
        "A128CBC-HS256"
      ],
      "request_object_signing_alg_values_supported": [
        "ES256",
        "PS256",
        "EdDSA",
        "RS256",
        "HS256"
      ],
      "request_parameter_supported": true,
      "request_uri_parameter_supported": true,
      "require_pushed_authorization_requests": false,
      "require_request_uri_registration": true,
      "require_signed_request_object": false,
      "response_modes_supported": [
        "query",
        "fragment",
        "form_post",
        "query.jwt",
        "fragment.jwt",
        "form_post.jwt",
        "jwt"
      ],
      "response_types_supported": [
        "code",
        "token",
        "id_token",
        "code id_token",
        "code token",
        "id_token token",
        "code id_token token",
        "none"
      ],
      "revocation_endpoint": "https://localhost:8443/default/default/oauth2/revoke",
      "revocation_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "none"
      ],
      "revocation_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "ES256",
        "PS256",
        "EdDSA",
        "RS256"
      ],
      "scopes_supported": [
        "address",
        "dcr_register",
        "email",
        "introspect_tokens",
        "manage_sessions",
        "offline_access",
        "openid",
        "phone",
        "profile",
        "revoke_tokens",
        "view_sessions"
      ],
      "subject_types_supported": [
        "public",
        "pairwise"
      ],
      "tls_client_certificate_bound_access_tokens": true,
      "token_endpoint": "https://localhost:8443/default/default/oauth2/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "none"
      ],
      "token_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "ES256",
        "PS256",
        "EdDSA",
        "RS256"
      ],
      "ui_locales_supported": [
        "en",
        "de",
        "pl",
        "ar"
      ],
      "userinfo_endpoint": "https://localhost:8443/default/default/userinfo",
      "userinfo_signing_alg_values_supported": [
        "ES256",
        "RS256",
        "PS256"
      ]
    }
    "#);
    assert_eq!(answer.header(CACHE_CONTROL), "public, max-age=300");
    assert_eq!(answer.header(CONTENT_TYPE), "application/json");
    assert_eq!(answer.header(ACCESS_CONTROL_ALLOW_ORIGIN), "*");
}

#[tokio::test]
async fn all_places_give_the_same_document() {
    let app = TestApp::new().await;
    let document = app.get(DISCOVERY).await.ok();
    for path in [
        "/default/default/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/default/default",
    ] {
        assert_eq!(app.get(path).await.ok(), document, "{path}");
    }
    assert_eq!(app.get("/.well-known/oauth-authorization-server/default/nowhere").await.status, 404);
}

#[tokio::test]
async fn every_address_in_the_document_answers() {
    let app = TestApp::new().await;
    let document = app.get(DISCOVERY).await.ok();
    let addresses = document.as_object().unwrap().iter().filter(|(name, _)| {
        (name.ends_with("_endpoint") || *name == "jwks_uri") && *name != "mtls_endpoint_aliases"
    });
    let mut count = 0;
    for (name, url) in addresses {
        let path = url.as_str().unwrap().strip_prefix("https://localhost:8443").unwrap();
        let (get, post) = (app.get(path).await.status, app.post(path).form(&[]).await.status);
        assert!(![get, post].contains(&404) && [get, post] != [405, 405], "{name}: {get} {post}");
        count += 1;
    }
    assert_eq!(count, 8);
}

#[tokio::test]
async fn a_document_speaks_of_the_name_it_was_asked_under() {
    let app = TestApp::new().await;
    for host in ["localhost:8443", "id.example.com"] {
        let mut request = app.get(DISCOVERY);
        request.headers_mut().insert(HOST, host.parse().unwrap());
        assert_eq!(request.await.ok()["issuer"], format!("https://{host}/default/default"));
    }
}

#[tokio::test]
async fn a_change_of_the_workspace_shows_at_once() {
    let app = TestApp::new().await;
    app.get(DISCOVERY).await.ok();
    app.change_workspace(|server| {
        server.token_endpoint_auth_methods = vec!["tls_client_auth".into(), "private_key_jwt".into()];
        server.grant_types = vec!["client_credentials".into()];
        server.custom_issuer_url = Some("https://issuer.example/".into());
    })
    .await;
    let document = app.get(DISCOVERY).await.ok();
    assert_eq!(document["issuer"], "https://issuer.example");
    let methods = json!(["private_key_jwt", "tls_client_auth"]);
    assert_eq!(document["token_endpoint_auth_methods_supported"], methods);
    assert_eq!(document["grant_types_supported"], json!(["client_credentials"]));
}

#[tokio::test]
async fn clients_with_certificates_are_sent_to_their_own_address() {
    let urls = [("server.url", "https://id.example"), ("server.mtls_url", "https://mtls.id.example")];
    let app = TestApp::with_settings(&urls).await;
    let ask = || {
        let mut request = app.get(DISCOVERY);
        request.headers_mut().insert(HOST, "id.example".parse().unwrap());
        request
    };
    let document = ask().await.ok();
    assert_eq!(document["issuer"], "https://id.example/default/default");
    assert_eq!(document["mtls_issuer"], "https://mtls.id.example/default/default");
    assert_eq!(document["token_endpoint"], "https://id.example/default/default/oauth2/token");
    let alias = &document["mtls_endpoint_aliases"]["token_endpoint"];
    assert_eq!(alias, "https://mtls.id.example/default/default/oauth2/token");
    let advanced =
        AdvancedConfiguration { advertise_only_mtls_aliases_in_well_known: true, ..Default::default() };
    app.change_workspace(|server| server.advanced = Some(advanced)).await;
    let document = ask().await.ok();
    assert_eq!(document["token_endpoint"], *alias);
    assert_eq!(document["authorization_endpoint"], "https://id.example/default/default/oauth2/authorize");
}

#[tokio::test]
async fn keys_are_public_and_the_one_in_use_comes_first() {
    let app = TestApp::new().await;
    let answer = app.get("/default/default/.well-known/jwks.json").await;
    let body = answer.ok();
    let keys = body["keys"].as_array().unwrap();
    let kinds: Vec<_> = keys.iter().map(|key| &key["kty"]).collect();
    assert_eq!(kinds, ["EC", "RSA", "EC"], "two in use, and the next");
    for key in keys {
        assert_eq!(key["use"], "sig");
        for member in ["d", "k", "p", "q"] {
            assert_eq!(key.get(member), None);
        }
    }
    let stored = app.store().list_keys().await.unwrap();
    let signs = |key: &&symbolon_store::SigningKey| {
        key.state == symbolon_store::KeyState::Current && key.alg == "ES256"
    };
    let current = stored.iter().find(signs).unwrap();
    assert_eq!(keys[0]["kid"], current.kid);
    assert_eq!(answer.header(CACHE_CONTROL), "public, max-age=300");
    assert_eq!(answer.header(ACCESS_CONTROL_ALLOW_ORIGIN), "*");
}
