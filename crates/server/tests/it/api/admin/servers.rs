//! `/api/admin/{tid}/servers` and `/api/admin/{tid}/workspaces`

use http::header::{ETAG, IF_MATCH};
use serde_json::json;

use crate::api::Console;
use crate::harness::TestAuthority;

#[tokio::test]
async fn a_new_workspace_issues_tokens_at_once() {
    let console = Console::new().await;
    let created = console.post("/servers", &json!({"id": "shop", "name": "Shop"})).await.created();
    assert_eq!(created["issuer_url"], "https://localhost:8443/default/shop");
    assert_eq!(created["grant_types"][0], "authorization_code");
    assert_eq!(created["access_token_ttl"], "1h0m0s");
    let algorithms: Vec<_> =
        created["jwks"]["keys"].as_array().unwrap().iter().map(|key| &key["alg"]).collect();
    assert_eq!(algorithms, ["ES256", "RS256"]);
    let metadata = console.app.get("/default/shop/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["issuer"], created["issuer_url"]);
    let scopes = console.get("/servers/shop/scopes").await.ok();
    let names: Vec<_> = scopes["scopes"].as_array().unwrap().iter().map(|scope| &scope["name"]).collect();
    assert!(names.contains(&&json!("openid")) && names.contains(&&json!("introspect_tokens")), "{names:?}");

    let made = console.post("/servers", &json!({"name": "No id"})).await.created();
    assert_eq!(made["id"].as_str().unwrap().len(), 20);
    let again = console.post("/servers", &json!({"id": "shop"})).await;
    assert_eq!(again.fault(), "409 conflict: There is a workspace shop already.");
}

#[tokio::test]
async fn an_id_must_fit_into_every_url() {
    let console = Console::new().await;
    for id in ["a/b", "A", "a b", ".."] {
        assert_eq!(console.post("/servers", &json!({"id": id})).await.status, 422, "{id}");
    }
}

#[tokio::test]
async fn what_would_be_unsafe_is_refused_or_off_unless_it_is_said() {
    let console = Console::new().await;
    let answer = console.post("/servers", &json!({"id": "w", "authorization_code_ttl": "10m1s"})).await;
    assert_eq!(
        answer.fault(),
        "422 validation_failed: authorization_code_ttl: must be at most 10m0s (RFC 6749 §4.1.2).\n\
         authorization_code_ttl: must be at most 10m0s (RFC 6749 §4.1.2)"
    );
    let made =
        console.post("/servers", &json!({"id": "w", "authorization_code_ttl": "10m0s"})).await.created();
    assert_eq!(made["enforce_pkce_for_public_clients"], true);
    let off = json!({"enforce_pkce_for_public_clients": false});
    assert_eq!(console.put("/servers/w", &off).await.ok()["enforce_pkce_for_public_clients"], false);
    assert_eq!(console.get("/servers/w").await.ok()["enforce_pkce_for_public_clients"], false);
}

#[tokio::test]
async fn what_would_be_over_when_it_begins_is_no_lifetime() {
    let console = Console::new().await;
    for (body, member) in [
        (json!({"access_token_ttl": "0s"}), "access_token_ttl: must be at least 1s"),
        (json!({"access_token_ttl": "999ms"}), "access_token_ttl: must be at least 1s"),
        (json!({"authorization_code_ttl": "0s"}), "authorization_code_ttl: must be at least 1s"),
        (json!({"id_token_ttl": "0s"}), "id_token_ttl: must be at least 1s"),
        (json!({"refresh_token_ttl": "-1s"}), "refresh_token_ttl: must be at least 1s"),
        (json!({"sso": {"max_idle": "-5s"}}), "sso.max_idle: must not be negative"),
        (json!({"sso": {"max_age": "-1ns"}}), "sso.max_age: must not be negative"),
        (
            json!({"device_authorization": {"request_ttl": "-1s"}}),
            "device_authorization.request_ttl: must not be negative",
        ),
        (json!({"cookie_max_age": "-1s"}), "cookie_max_age: must not be negative"),
    ] {
        let fault = console.put("/servers/default", &body).await.fault();
        assert!(fault.contains(member), "{fault}");
    }
    // Zero is how "not set" is sent; nor does an empty text set anything.
    let unset = json!({
        "sso": {"max_idle": "0s", "max_age": "0s"}, "pushed_authorization_request_ttl": "0s", "cookie_max_age": "0s",
        "device_authorization": {"request_ttl": "0s"}, "access_token_ttl": "", "authorization_code_ttl": "",
    });
    let made = console.put("/servers/default", &unset).await.ok();
    assert_eq!((&made["access_token_ttl"], &made["sso"]["enabled"]), (&json!("1h0m0s"), &json!(true)));
}

#[tokio::test]
async fn roots_are_read_when_they_are_set() {
    let console = Console::new().await;
    let mut server = console.get("/servers/default").await.ok();
    server["root_cas"] = json!("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    let answer = console.put("/servers/default", &server).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["details"].as_object().unwrap().keys().collect::<Vec<_>>(), ["root_cas"]);

    server["root_cas"] = json!(TestAuthority::new("CN=Demo CA").pem());
    server["crls"] = json!("no list");
    let answer = console.put("/servers/default", &server).await;
    assert_eq!(answer.json()["details"].as_object().unwrap().keys().collect::<Vec<_>>(), ["crls"]);

    server["crls"] = json!("");
    let saved = console.put("/servers/default", &server).await.ok();
    assert_eq!(saved["root_cas"], server["root_cas"]);
    server["root_cas"] = json!("");
    server["crls"] = json!("-----BEGIN X509 CRL-----\n");
    assert_eq!(console.put("/servers/default", &server).await.status, 422);
}

#[tokio::test]
async fn what_is_got_can_be_put() {
    let console = Console::new().await;
    for id in ["admin", "system", "default", "developer"] {
        let got = console.get(&format!("/servers/{id}")).await;
        let put = console.request("PUT", &format!("/servers/{id}")).header(IF_MATCH, got.header(ETAG));
        assert_eq!(put.json(&got.json()).await.ok(), got.ok(), "{id}");
    }
}

#[tokio::test]
async fn an_update_loses_neither_secrets_nor_keys() {
    let console = Console::new().await;
    let before = console.get("/servers/default").await.ok();
    assert!(before["secret"].as_str().unwrap().len() >= 32);
    let after = console.put("/servers/default", &json!({"name": "Renamed"})).await.ok();
    assert_eq!(after["name"], "Renamed");
    for member in ["secret", "subject_identifier_algorithm_salt", "jwks"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert!(!console.get("/servers").await.text().contains("\"secret\""));
}

#[tokio::test]
async fn the_workspaces_that_the_tenant_lives_on_stay() {
    let console = Console::new().await;
    for id in ["admin", "system"] {
        let answer = console.delete(&format!("/servers/{id}")).await;
        assert_eq!(answer.fault(), "409 conflict: The tenant cannot do without this workspace.");
    }
    assert_eq!(console.post("/servers", &json!({"id": "x", "type": "admin"})).await.status, 422);
    assert_eq!(console.put("/servers/default", &json!({"type": "system"})).await.status, 422);
}

#[tokio::test]
async fn a_deleted_workspace_is_gone_with_all_it_had() {
    let console = Console::new().await;
    console.create_client(json!({"client_id": "c"})).await;
    assert_eq!(console.delete("/servers/default").await.status, 204);
    assert_eq!(console.get("/servers/default").await.status, 404);
    assert_eq!(console.get("/clients/c").await.status, 404);
    assert_eq!(console.app.get("/default/default/.well-known/jwks.json").await.status, 404);
}

#[tokio::test]
async fn lists_filter_by_kind() {
    let console = Console::new().await;
    console.post("/servers", &json!({"id": "pattern", "template": true})).await.created();
    let ids = async |path: &str, list: &str| {
        let body = console.get(path).await.ok();
        let ids = body[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids("/servers", "servers").await, "admin default developer pattern system");
    assert_eq!(ids("/servers?server_types=admin,system", "servers").await, "admin system");
    assert_eq!(ids("/servers?limit=2&after_server_id=default", "servers").await, "developer pattern");
    assert_eq!(ids("/workspaces?workspace_types=regular", "workspaces").await, "default pattern");
    assert_eq!(ids("/workspaces?template=true", "workspaces").await, "pattern");
    assert_eq!(ids("/workspaces?template=false&limit=2", "workspaces").await, "admin default");
    assert_eq!(console.get("/servers?server_types=imaginary").await.status, 400);
}

#[tokio::test]
async fn metadata_has_an_operation_of_its_own() {
    let console = Console::new().await;
    let data = json!({"payload": {"team": "payments", "nothing": null, "zero": "0001-01-01T00:00:00Z"}});
    assert_eq!(console.put("/workspaces/default/metadata", &data).await.ok(), data);
    assert_eq!(console.get("/workspaces/default").await.ok()["metadata"]["payload"], data["payload"]);
}

/// ACP: a registration access token lives a day or more.
#[tokio::test]
async fn registration_access_tokens_live_a_day_at_least() {
    let console = Console::new().await;
    let with = |id: &str, ttl: &str| json!({"id": id, "dynamic_client_registration": {"enabled": true, "registration_access_token_ttl": ttl}});
    for short in ["1h0m0s", "23h59m59s", "-24h0m0s"] {
        let refused = console.post("/servers", &with("w", short)).await;
        assert_eq!(refused.status, 422, "{short}: {}", refused.text());
        let path = "\ndynamic_client_registration.registration_access_token_ttl: must be 24h or more";
        assert!(refused.fault().contains(path), "{}", refused.fault());
    }
    console.post("/servers", &with("w", "24h0m0s")).await.created();
    // Not set: the default.
    console.post("/servers", &with("v", "0s")).await.created();
    let body = json!({"redirect_uris": ["https://client.example.org/callback"]}).to_string();
    let client = console.app.post("/default/v/oauth2/register").body("application/json", body).await.json();
    assert_eq!(client["registration_access_token_expires_in"], 30 * 86_400);
}
