//! Metadata that is refused, and what counts for nothing.

use serde_json::{Value, json};
use symbolon_store::entity::Client;

use super::{REGISTER, open, open_with, register, registered, text, with};
use crate::harness::Remote;

#[tokio::test]
async fn what_a_stranger_sets_of_an_administrators_settings_counts_for_nothing() {
    let app = open().await;
    let more = json!({
        "trusted": true, "system": true, "client_id": "mine", "client_secret": "s".repeat(40), "audience": ["spiffe://x"],
        "client_status": "inactive", "dynamically_registered": false, "use_custom_token_ttls": true,
        "token_ttls": {"access_token_ttl": "10000h"}, "tenant_id": "other", "authorization_server_id": "admin",
    });
    let client = registered(&app, more).await;
    let id = text(&client, "client_id");
    assert_ne!(id, "mine");
    let stored = app.store().find::<Client>(id).await.unwrap().unwrap().value;
    assert!(
        !stored.trusted && !stored.system && stored.dynamically_registered && !stored.use_custom_token_ttls
    );
    assert_eq!((stored.tenant_id.as_str(), stored.authorization_server_id.as_str()), ("default", "default"));
    assert_eq!((stored.audience.len(), stored.token_ttls), (0, None));
    assert_ne!(stored.client_secret.unwrap().reveal(), "s".repeat(40));
}

#[tokio::test]
async fn redirect_uris_that_could_send_a_code_elsewhere_are_refused() {
    let app = open().await;
    for uri in [
        "https://client.example.org/cb#fragment",
        "https://client.example.org@evil.example/cb",
        "https://*.example.org/cb",
        "javascript:alert(1)//https://client.example.org",
        "data:text/html,x",
        "http://client.example.org/cb",
        "//client.example.org/cb",
        "https:client.example.org",
        "https://client.example.org/a/../cb",
        "https://client.example.org\\@evil.example/cb",
        "com.example.app:/cb",
        "not a uri",
        "",
    ] {
        let answer = register(&app, json!({"redirect_uris": [uri]})).await;
        let reason = answer.reason();
        assert_eq!(reason, "400 invalid_redirect_uri client_metadata_refused", "{uri}");
    }
    for none in [json!({}), json!({"redirect_uris": []}), json!({"redirect_uris": null})] {
        let answer = register(&app, none).await;
        assert_eq!(answer.json()["error"], "invalid_redirect_uri", "{}", answer.text());
    }
    let wrong = register(&app, json!({"redirect_uris": "https://client.example.org/cb"})).await;
    assert_eq!(wrong.reason(), "400 invalid_redirect_uri client_metadata_malformed");
    // RFC 8252 §7.1
    let native = json!({"redirect_uris": ["com.example.app:/cb"], "application_type": "native"});
    assert_eq!(register(&app, native).await.status, 201);
}

/// OpenID Connect Registration §2: a token that a browser carries goes over TLS, and not to the person's own machine.
#[tokio::test]
async fn a_web_client_of_implicit_tokens_is_reached_over_tls_and_elsewhere() {
    let app = open().await;
    let with = |uri: &str, more: &Value| {
        let mut metadata = json!({"redirect_uris": ["https://client.example.org/cb", uri]});
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        register(&app, metadata)
    };
    let implicit = [
        json!({"grant_types": ["implicit"], "response_types": ["id_token"]}),
        json!({"grant_types": ["implicit"], "response_types": ["id_token token"], "application_type": "web"}),
        json!({"grant_types": ["authorization_code", "implicit"], "response_types": ["code id_token"]}),
        json!({"grant_types": ["authorization_code", "implicit"], "response_types": ["code"]}),
    ];
    let local = [
        "http://localhost/cb",
        "http://127.0.0.1:8080/cb",
        "https://localhost/cb",
        "https://LOCALHOST:8443/cb",
        "https://localhost./cb",
        "https://app.localhost/cb",
    ];
    for more in &implicit {
        for uri in local {
            let reason = with(uri, more).await.reason();
            assert_eq!(reason, "400 invalid_redirect_uri client_metadata_refused", "{uri} {more}");
        }
        let answer = with("https://localhost.example/cb", more).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    // Nor does a change lead there.
    let client = registered(&app, implicit[0].clone()).await;
    let mut change = implicit[0].clone();
    change["redirect_uris"] = json!([local[0]]);
    change["client_id"] = client["client_id"].clone();
    let answer = app
        .request("PUT", &format!("{REGISTER}/{}", text(&client, "client_id")))
        .bearer(text(&client, "registration_access_token"))
        .body("application/json", change.to_string())
        .await;
    assert_eq!(answer.reason(), "400 invalid_redirect_uri client_metadata_refused");
    // Codes alone, and apps, are served on the person's own machine (RFC 8252 §7.3).
    assert_eq!(with(local[0], &json!({})).await.status, 201);
    let mut native = implicit[0].clone();
    native["application_type"] = "native".into();
    assert_eq!(with(local[0], &native).await.status, 201);
}

#[tokio::test]
async fn at_a_demo_server_a_client_under_development_is_on_the_same_machine() {
    let app = open_with(&[("demo", "true")]).await;
    let at = |uri: &str| {
        let metadata = json!({
            "grant_types": ["authorization_code", "implicit"], "response_types": ["code id_token"],
            "redirect_uris": [uri],
        });
        register(&app, with(metadata))
    };
    assert_eq!(at("https://localhost:8443/cb").await.status, 201);
    assert_eq!(at("http://localhost/cb").await.reason(), "400 invalid_redirect_uri client_metadata_refused");
}

#[tokio::test]
async fn metadata_that_cannot_be_served_is_refused() {
    let app = open().await;
    let key = json!({"kty": "EC", "crv": "P-256", "x": "a", "y": "b"});
    let refused: [(&str, Value); 26] = [
        ("jwks", json!({"jwks": {"keys": [key]}})),
        ("jwks_uri", json!({"jwks": {"keys": []}, "jwks_uri": "https://client.example.org/jwks"})),
        ("jwks_uri", json!({"jwks_uri": "http://client.example.org/jwks"})),
        ("jwks_uri", json!({"jwks_uri": "file:///etc/passwd"})),
        ("sector_identifier_uri", json!({"sector_identifier_uri": "http://client.example.org/s"})),
        ("logo_uri", json!({"logo_uri": "javascript:alert(1)"})),
        ("policy_uri", json!({"policy_uri": "data:text/html,x"})),
        ("tos_uri", json!({"tos_uri": "/tos"})),
        ("initiate_login_uri", json!({"initiate_login_uri": "http://client.example.org/login"})),
        ("request_uris", json!({"request_uris": ["http://client.example.org/r"]})),
        ("request_uris", json!({"request_uris": ["gopher://10.0.0.1/"]})),
        ("response_types", json!({"response_types": ["code"], "grant_types": ["implicit"]})),
        ("response_types", json!({"response_types": ["magic"]})),
        ("grant_types", json!({"grant_types": ["authorization_code", "magic"]})),
        ("grant_types", json!({"grant_types": ["authorization_code", "client_credentials"]})),
        ("grant_types", json!({"grant_types": ["authorization_code", "password"]})),
        ("token_endpoint_auth_method", json!({"token_endpoint_auth_method": "magic"})),
        ("jwks", json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"})),
        ("tls_client_auth_subject_dn", json!({"token_endpoint_auth_method": "tls_client_auth"})),
        ("id_token_signed_response_alg", json!({"id_token_signed_response_alg": "none"})),
        ("id_token_signed_response_alg", json!({"id_token_signed_response_alg": "HS512"})),
        ("id_token_signed_response_alg", json!({"id_token_signed_response_alg": "EdDSA"})),
        ("userinfo_signed_response_alg", json!({"userinfo_signed_response_alg": "HS512"})),
        ("default_max_age", json!({"default_max_age": -1})),
        ("client_name", json!({"client_name": "Bank \u{202e}elpmaxe"})),
        ("scope", json!({"scope": "openid magic"})),
    ];
    for (member, more) in refused {
        let answer = register(&app, with(more.clone())).await;
        let line = answer.reason();
        assert_eq!(line, "400 invalid_client_metadata client_metadata_refused", "{more}");
        let description = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(description.contains(member), "{more}: {description}");
    }
    assert_eq!(app.rows_of("registrations").await, 0);
}

/// A stranger who registers must not become an administrator by it.
#[tokio::test]
async fn scopes_of_the_servers_own_apis_are_not_for_who_registers() {
    let app = open().await;
    let tenant = app.app.store.tenant("default");
    for (workspace, scope) in [
        ("default", "introspect_tokens"),
        ("default", "revoke_tokens"),
        ("default", "dcr_register"),
        ("admin", "manage_tenant"),
        ("system", "manage_clients"),
    ] {
        let mut server =
            tenant.find::<symbolon_store::entity::Server>(workspace).await.unwrap().unwrap().value;
        server.dynamic_client_registration.get_or_insert_default().enabled = true;
        tenant.update(server, None, 0).await.unwrap();
        app.app.snapshots.invalidate("default", workspace);
        let path = format!("/default/{workspace}/oauth2/register");
        let body = with(json!({"scope": format!("openid {scope}")}));
        let answer = app.post(&path).body("application/json", body.to_string()).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused", "{scope}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_metadata_are_refused() {
    let app = open().await;
    for (content_type, body, expected) in [
        ("application/json", "{", "400 invalid_client_metadata body_not_json"),
        ("application/json", "[]", "400 invalid_client_metadata body_not_json"),
        ("application/json", "", "400 invalid_client_metadata body_not_json"),
        ("application/x-www-form-urlencoded", "a=b", "400 invalid_client_metadata content_type_wrong"),
        ("application/jwt", "a.b.c", "400 invalid_client_metadata content_type_wrong"),
        (
            "application/json",
            r#"{"client_name": 1}"#,
            "400 invalid_client_metadata client_metadata_malformed",
        ),
    ] {
        let answer = app.post(REGISTER).body(content_type, body).await;
        assert_eq!(answer.reason(), expected, "{body}");
    }
    let long = json!({"client_name": "x".repeat(70_000)}).to_string();
    let answer = app.post(REGISTER).body("application/json", long).await;
    assert_eq!(answer.reason(), "413 invalid_request body_too_large");
    let long = with(json!({"client_name": "x".repeat(300)}));
    assert_eq!(register(&app, long).await.status, 400);
    let many: Vec<_> = (0..101).map(|i| format!("https://client.example.org/{i}")).collect();
    assert_eq!(register(&app, json!({"redirect_uris": many})).await.json()["error"], "invalid_redirect_uri");
}

#[tokio::test]
async fn an_address_registers_so_many_and_no_more() {
    let app = open_with(&[("limits.registrations", "2")]).await;
    for _ in 0..2 {
        registered(&app, json!({})).await;
    }
    let answer = register(&app, with(json!({}))).await;
    assert_eq!(answer.reason(), "429 temporarily_unavailable too_many_registrations");
    assert_eq!(app.rows_of("registrations").await, 2);
    app.advance(3600);
    registered(&app, json!({})).await;
}

/// OpenID Connect Registration §5: who is not in the list of a sector must not see its subjects.
#[tokio::test]
async fn a_sector_lists_the_redirect_uris_of_its_clients() {
    let remote =
        Remote::start(r#"["https://client.example.org/callback", "https://other.example.org/"]"#).await;
    let app = open_with(&remote.settings()).await;
    let pairwise = json!({"subject_type": "pairwise", "sector_identifier_uri": remote.url});
    let client = registered(&app, pairwise.clone()).await;
    assert_eq!(client["sector_identifier_uri"], remote.url.as_str());
    for document in [r#"["https://other.example.org/"]"#, "[]", "{}", "[1]", "no list"] {
        remote.publish(document);
        let answer = register(&app, with(pairwise.clone())).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused", "{document}");
    }
    let asked = remote.asked();
    let bad = json!({"sector_identifier_uri": remote.url, "redirect_uris": ["javascript:alert(1)"]});
    assert_eq!(register(&app, bad).await.status, 400);
    assert_eq!(remote.asked(), asked, "nobody is asked about a client that cannot be");
}

/// A client in memory is small, whatever member is long.
#[tokio::test]
async fn metadata_is_not_kept_without_end() {
    let app = open().await;
    let long = "x".repeat(33 * 1024);
    for metadata in [json!({"software_id": long}), json!({"token_exchange": {"may_act": {"sub": long}}})] {
        let answer = register(&app, with(metadata)).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused");
    }
    let fits = register(&app, with(json!({"software_id": "x".repeat(1024)}))).await;
    assert_eq!(fits.status, 201);
}

/// A registration must not make the server look around in its own network.
#[tokio::test]
async fn a_sector_is_not_fetched_from_private_addresses() {
    let app = open().await;
    for uri in [
        "https://127.0.0.1/sector",
        "https://localhost/sector",
        "https://[::1]/sector",
        "https://10.0.0.1/sector",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/sector",
        "https://0x7f000001/sector",
    ] {
        let answer = register(&app, with(json!({"sector_identifier_uri": uri}))).await;
        assert_eq!(answer.reason(), "400 invalid_client_metadata client_metadata_refused", "{uri}");
        let description = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(!description.contains("private"), "{description}");
    }
}
