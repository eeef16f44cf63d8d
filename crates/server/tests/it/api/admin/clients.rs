//! `/api/admin/{tid}/clients`

use http::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};

use crate::api::Console;
use crate::harness::{Remote, SECRET, TOKEN, TestApp, TestAuthority};

/// The body of the walk-through.
fn walk_through() -> Value {
    json!({
        "authorization_server_id": "default",
        "client_id": "client-mtls",
        "client_name": "My app",
        "grant_types": ["authorization_code"],
        "redirect_uris": ["https://example.com/callback"],
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": "example.com",
        "tls_client_certificate_bound_access_tokens": true,
        "response_types": ["token", "id_token", "code"],
        "scopes": ["email", "openid"]
    })
}

#[tokio::test]
async fn the_body_of_the_walk_through_is_taken_as_it_is() {
    let console = Console::new().await;
    let mut body = walk_through();
    let answer = console.post("/clients", &body).await;
    let created = answer.created();
    for (member, value) in body.as_object().unwrap() {
        assert_eq!(created[member], *value, "{member}");
    }
    assert_eq!(answer.header(ETAG), "\"1\"");
    assert_eq!(created["server_issuer_url"], "https://localhost:8443/default/default");
    assert!(created.get("client_secret").is_none(), "a client with a certificate needs no secret");
    assert_eq!(console.get("/clients/client-mtls").await.ok(), created);

    // Older guides send members that are gone.
    body["client_id"] = json!("client-pkce");
    body["public"] = json!(true);
    body["token_endpoint_auth_method"] = json!("none");
    console.post("/clients", &body).await.created();
}

#[tokio::test]
async fn identifier_and_secret_are_made_at_random() {
    let console = Console::new().await;
    let one = console.create_client(json!({"client_name": "One"})).await;
    let two = console.create_client(json!({"client_name": "Two"})).await;
    let id = one["client_id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{id}");
    assert_eq!(one["client_secret"].as_str().unwrap().len(), 43);
    assert_ne!(one["client_id"], two["client_id"]);
    assert_ne!(one["client_secret"], two["client_secret"]);
    assert_eq!(one["grant_types"], json!(["authorization_code"]));
    assert_eq!(one["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(one["client_id_issued_at"], 1_800_000_000);
    assert_eq!(one["created_at"], "2027-01-15T08:00:00Z");
}

#[tokio::test]
async fn a_client_made_here_gets_tokens_there() {
    let console = Console::new().await;
    let body =
        json!({"client_id": "machine", "client_secret": SECRET, "grant_types": ["client_credentials"]});
    console.create_client(body).await;
    let form = [("grant_type", "client_credentials")];
    assert_eq!(console.app.post(TOKEN).basic("machine", SECRET).form(&form).await.status, 200);
    let body = json!({"client_status": "inactive", "grant_types": ["client_credentials"]});
    assert_eq!(console.put("/clients/machine", &body).await.status, 200);
    assert_eq!(console.app.post(TOKEN).basic("machine", SECRET).form(&form).await.status, 401);
    assert_eq!(console.delete("/clients/machine").await.status, 204);
    assert_eq!(console.get("/clients/machine").await.status, 404);
}

#[tokio::test]
async fn an_identifier_is_given_once() {
    let console = Console::new().await;
    console.create_client(json!({"client_id": "one"})).await;
    let answer =
        console.post("/clients", &json!({"authorization_server_id": "default", "client_id": "one"})).await;
    assert_eq!(answer.fault(), "409 conflict: There is a client one already.");
}

#[tokio::test]
async fn tls_client_auth_takes_exactly_one_attribute() {
    let console = Console::new().await;
    let post = async |attributes: Value| {
        let mut body =
            json!({"authorization_server_id": "default", "token_endpoint_auth_method": "tls_client_auth"});
        body.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
        console.post("/clients", &body).await
    };
    let fields = async |attributes: Value| {
        let answer = post(attributes).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.json()["details"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(json!({})).await, ["tls_client_auth_subject_dn"]);
    assert_eq!(
        fields(json!({"tls_client_auth_subject_dn": "CN=a", "tls_client_auth_san_dns": "a"})).await,
        ["tls_client_auth_san_dns"]
    );
    assert_eq!(fields(json!({"tls_client_auth_san_ip": "300.1.1.1"})).await, ["tls_client_auth_san_ip"]);
    assert_eq!(fields(json!({"tls_client_auth_san_email": "nobody"})).await, ["tls_client_auth_san_email"]);
    assert_eq!(
        fields(json!({"tls_client_auth_subject_dn": "CN=a,,O=b"})).await,
        ["tls_client_auth_subject_dn"]
    );
    for good in [
        json!({"tls_client_auth_subject_dn": "CN=cid1.example.com,OU=Authorization,O=Example,L=Seattle,C=US"}),
        json!({"tls_client_auth_san_dns": "acp"}),
        json!({"tls_client_auth_san_uri": "spiffe://example.org/a"}),
        json!({"tls_client_auth_san_ip": "2001:db8::1"}),
        json!({"tls_client_auth_san_email": "a@example.com"}),
    ] {
        assert_eq!(post(good.clone()).await.status, 201, "{good}");
    }
}

#[tokio::test]
async fn a_certificate_becomes_the_keys_of_its_client() {
    let console = Console::new().await;
    let certificate = TestAuthority::new("CN=Demo CA").client("CN=client");
    let pem = certificate.leaf().to_pem();
    let created = console
        .create_client(json!({
            "client_id": "self-signed", "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "grant_types": ["client_credentials"], "certificate": pem,
        }))
        .await;
    assert!(created.get("certificate").is_none());
    let key = &created["jwks"]["keys"][0];
    assert_eq!(key["x5t#S256"], certificate.thumbprint());
    assert_eq!(key["kty"], "EC");
    let form = [("grant_type", "client_credentials"), ("client_id", "self-signed")];
    let answer = console.app.post(TOKEN).certificate(&certificate).form(&form).await;
    assert_eq!(answer.status, 200, "{} {:?}", answer.text(), answer.refusal);
}

#[tokio::test]
async fn a_clients_own_lifetimes_are_held_to_the_rules_of_the_workspace() {
    let console = Console::new().await;
    for (ttls, member) in [
        (
            json!({"authorization_code_ttl": "99h"}),
            "token_ttls.authorization_code_ttl: must be at most 10m0s",
        ),
        (json!({"authorization_code_ttl": "0s"}), "token_ttls.authorization_code_ttl: must be at least 1s"),
        (json!({"access_token_ttl": "0s"}), "token_ttls.access_token_ttl: must be at least 1s"),
        (json!({"refresh_token_ttl": "-1s"}), "token_ttls.refresh_token_ttl: must be at least 1s"),
    ] {
        let mut body = json!({"authorization_server_id": "default", "token_ttls": ttls});
        console.post("/clients", &body).await.created();
        body["use_custom_token_ttls"] = true.into();
        let fault = console.post("/clients", &body).await.fault();
        assert!(fault.contains(member), "{fault}");
    }
    let ttls =
        json!({"authorization_code_ttl": "10m0s", "access_token_ttl": "", "refresh_token_ttl": "720h0m0s"});
    console.create_client(json!({"client_id": "slow", "token_ttls": ttls})).await;
}

#[tokio::test]
async fn a_private_key_is_no_key_to_register() {
    let console = Console::new().await;
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"});
    let body = json!({"authorization_server_id": "default", "jwks": {"keys": [key]}});
    let answer = console.post("/clients", &body).await;
    assert_eq!(
        answer.fault(),
        "422 validation_failed: jwks.keys[0]: has private members: register the public key, and treat this one as \
         disclosed.\njwks.keys[0]: has private members: register the public key, and treat this one as disclosed"
    );
}

#[tokio::test]
async fn an_update_replaces_all_but_identity_and_secret() {
    let console = Console::new().await;
    let created = console
        .create_client(
            json!({"client_id": "one", "client_name": "One", "description": "First", "trusted": true}),
        )
        .await;
    console.app.advance(60);
    let updated = console.put("/clients/one", &json!({"client_name": "Two"})).await;
    assert_eq!(updated.header(ETAG), "\"2\"");
    let updated = updated.ok();
    assert_eq!(updated["client_name"], "Two");
    assert_eq!(updated["trusted"], false);
    assert!(updated.get("description").is_none());
    assert_eq!(updated["client_secret"], created["client_secret"]);
    assert_eq!(updated["client_id_issued_at"], created["client_id_issued_at"]);
    assert_eq!(updated["created_at"], created["created_at"]);
    assert_eq!(updated["updated_at"], "2027-01-15T08:01:00Z");
}

#[tokio::test]
async fn an_update_cannot_move_or_rename_a_client() {
    let console = Console::new().await;
    console.create_client(json!({"client_id": "one"})).await;
    let answer = console
        .put(
            "/clients/one",
            &json!({"client_id": "two", "authorization_server_id": "admin", "tenant_id": "default"}),
        )
        .await;
    assert_eq!(
        answer.fault(),
        "422 validation_failed: 2 members cannot be accepted; see details.\n\
         authorization_server_id: cannot change: a client stays in its workspace\nclient_id: cannot change"
    );
    let answer = console.put("/clients/one", &json!({"tenant_id": "acme"})).await;
    assert_eq!(answer.json()["details"], json!({"tenant_id": "is not the tenant in the path"}));
    assert_eq!(console.get("/clients/one").await.header(ETAG), "\"1\"", "nothing has changed");
}

#[tokio::test]
async fn a_stale_version_is_not_overwritten() {
    let console = Console::new().await;
    console.create_client(json!({"client_id": "one"})).await;
    let write = async |method: &str, tag: &str| {
        console.request(method, "/clients/one").header(IF_MATCH, tag).json(&json!({})).await.status
    };
    assert_eq!(write("PUT", "\"1\"").await, 200);
    assert_eq!(write("PUT", "\"1\"").await, 412);
    assert_eq!(write("DELETE", "\"1\"").await, 412);
    assert_eq!(write("PUT", "*").await, 200);
    assert_eq!(write("PUT", "W/\"3\"").await, 412);
    assert_eq!(write("DELETE", "\"2\", \"3\"").await, 204);
    assert_eq!(write("PUT", "*").await, 404);
}

#[tokio::test]
async fn lists_are_paged_sorted_searched_and_without_secrets() {
    let console = Console::new().await;
    for (id, name) in [("a", "Zebra"), ("b", "Yak"), ("c", "Ant"), ("d", "Bee")] {
        console.create_client(json!({"client_id": id, "client_name": name})).await;
    }
    let machine = json!({"client_id": "m", "client_name": "Machine", "grant_types": ["client_credentials"]});
    console.create_client(machine).await;
    let list = async |query: &str| {
        let body = console.get(&format!("/servers/default/clients{query}")).await.ok();
        let clients = body["clients"].as_array().unwrap().clone();
        clients
            .iter()
            .map(|client| client["client_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join("")
    };
    assert_eq!(list("").await, "abcdm");
    assert_eq!(list("?limit=2").await, "ab");
    assert_eq!(list("?limit=2&after_client_id=b").await, "cd");
    assert_eq!(list("?limit=2&before_client_id=d").await, "bc");
    assert_eq!(list("?sort=client_name").await, "cdmba");
    assert_eq!(list("?sort=name&order=desc&limit=2&after_client_id=b").await, "md");
    assert_eq!(list("?search_phrase=ZEB").await, "a");
    assert_eq!(list("?application_types=service").await, "m");
    assert_eq!(list("?client_types=saml").await, "");

    let body = console.get("/servers/default/clients").await;
    assert!(!body.text().contains("secret\":"), "{}", body.text());
    assert_eq!(console.get("/servers/default/clients?limit=101").await.status, 400);
    assert_eq!(console.get("/servers/nowhere/clients").await.status, 404);
}

#[tokio::test]
async fn a_purpose_brings_what_is_usual() {
    let console = Console::new().await;
    let post = async |purpose: &str| {
        let path = format!("/clients?application_purpose={purpose}");
        console.post(&path, &json!({"authorization_server_id": "default"})).await
    };
    let created = post("service").await.created();
    assert_eq!(created["grant_types"], json!(["client_credentials"]));
    assert_eq!(created["application_types"], json!(["service"]));
    assert_eq!(post("single_page").await.created()["token_endpoint_auth_method"], "none");
    assert_eq!(post("toaster").await.status, 400);
}

#[tokio::test]
async fn a_certificate_is_parsed_however_it_is_sent() {
    let console = Console::new().await;
    let pem = TestAuthority::new("CN=Demo CA").client("CN=client,O=Example").leaf().to_pem();
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cert.pem\"\r\n\r\n{pem}\r\n--x--\r\n"
    );
    let path = "/clients/parse-certificate";
    let sent = [
        console.request("POST", path).body("multipart/form-data; boundary=x", form).await,
        console.request("POST", path).body("text/plain", pem.clone()).await,
        console.request("POST", path).form(&[("file", &pem)]).await,
    ];
    for answer in sent {
        let info = answer.ok();
        assert_eq!(info["subject_dn"], "CN=client,O=Example");
        assert_eq!(info["san_dns"], json!([]));
        assert_eq!(info["jwks"]["keys"][0]["kty"], "EC");
    }
    let answer = console.request("POST", path).body("text/plain", "no certificate").await;
    assert_eq!(answer.status, 400);
    assert_eq!(console.request("POST", path).body("application/json", "{}").await.status, 415);
}

#[tokio::test]
async fn a_client_that_signs_assertions_registers_what_can_be_checked() {
    let console = Console::new().await;
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let body = |method: &str, alg: &str, keys: Value| {
        json!({
            "authorization_server_id": "default", "token_endpoint_auth_method": method,
            "token_endpoint_auth_signing_alg": alg, "jwks": keys,
        })
    };
    for (method, alg, keys, member) in [
        ("private_key_jwt", "EdDSA", Value::Null, "jwks"),
        ("private_key_jwt", "ES256", json!({"keys": [key]}), "jwks"),
        ("private_key_jwt", "EdDSA", json!({"keys": []}), "jwks"),
        ("private_key_jwt", "HS256", json!({"keys": [key]}), "token_endpoint_auth_signing_alg"),
        ("private_key_jwt", "none", json!({"keys": [key]}), "token_endpoint_auth_signing_alg"),
        ("client_secret_jwt", "RS256", Value::Null, "token_endpoint_auth_signing_alg"),
    ] {
        let answer = console.post("/clients", &body(method, alg, keys)).await;
        assert_eq!(answer.status, 422, "{method} {alg}");
        assert!(answer.json()["details"].get(member).is_some(), "{method} {alg}: {}", answer.text());
    }
    console.post("/clients", &body("private_key_jwt", "EdDSA", json!({"keys": [key]}))).await.created();
    console.post("/clients", &body("private_key_jwt", "", json!({"keys": [key]}))).await.created();
    let secret =
        json!({"authorization_server_id": "default", "token_endpoint_auth_method": "client_secret_jwt"});
    let created = console.post("/clients", &secret).await.created();
    assert_eq!(created["token_endpoint_auth_signing_alg"], "HS256");
    assert_eq!(created["client_secret"].as_str().unwrap().len(), 43);
}

/// OpenID Connect Registration §5.
#[tokio::test]
async fn a_sector_lists_the_redirect_uris_of_its_clients() {
    let sector = Remote::start(r#"["https://example.com/callback"]"#).await;
    let console = Console::of(TestApp::with_settings(&sector.settings()).await).await;
    let mut body = walk_through();
    body["sector_identifier_uri"] = sector.url.clone().into();
    body["subject_type"] = "pairwise".into();
    console.post("/clients", &body).await.created();
    // Nothing new: the sector need not be there.
    sector.publish("[]");
    console.put("/clients/client-mtls", &body).await.ok();
    body["redirect_uris"] = json!(["https://example.com/callback", "https://other.example/callback"]);
    let answer = console.put("/clients/client-mtls", &body).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(answer.text().contains("sector_identifier_uri"), "{}", answer.text());
    body["client_id"] = json!("client-2");
    let answer = console.post("/clients", &body).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(answer.text().contains("sector_identifier_uri"), "{}", answer.text());
}

#[tokio::test]
async fn a_client_is_not_pairwise_where_the_workspace_has_public_subjects_alone() {
    let console = Console::new().await;
    let body = |id: &str, subject_type: &str| json!({"client_id": id, "authorization_server_id": "default", "subject_type": subject_type});
    console.post("/clients", &body("before", "pairwise")).await.created();
    console.app.change_workspace(|server| server.subject_identifier_types = vec!["public".to_owned()]).await;
    let refused = console.post("/clients", &body("after", "pairwise")).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.fault().contains("\nsubject_type: is pairwise"), "{}", refused.fault());
    console.post("/clients", &body("after", "public")).await.created();
}

/// RFC 6749 §4.4: the grant is for confidential clients.
#[tokio::test]
async fn a_public_client_has_no_client_credentials_grant() {
    let console = Console::new().await;
    let body = |method: &str| {
        json!({
            "client_id": "c", "authorization_server_id": "default", "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "client_credentials"],
        })
    };
    let refused = console.post("/clients", &body("none")).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.fault().contains("\ngrant_types: has client_credentials"), "{}", refused.fault());
    console.post("/clients", &body("client_secret_basic")).await.created();
    let refused = console.put("/clients/c", &body("none")).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
}
