//! Every field of every entity is stored and returned.

use std::fmt::Debug;

use serde_json::{Value, json};
use symbolon_store::entity::lenient::from_value;
use symbolon_store::entity::{
    Acr, AuthorizationDetail, Claim, Client, ClientJwks, Idp, Scope, Secret, Server, Service, Tenant,
};
use symbolon_store::{Store, StoreError, WorkspaceEntity};

use crate::backend::{NOW, client};

/// A document with every field of the model set to something that is not its default.
fn fixture(name: &str) -> Value {
    let text = match name {
        "acr" => include_str!("fixtures/acr.json"),
        "authorization_detail" => include_str!("fixtures/authorization_detail.json"),
        "claim" => include_str!("fixtures/claim.json"),
        "client" => include_str!("fixtures/client.json"),
        "idp" => include_str!("fixtures/idp.json"),
        "scope" => include_str!("fixtures/scope.json"),
        "server" => include_str!("fixtures/server.json"),
        "service" => include_str!("fixtures/service.json"),
        "tenant" => include_str!("fixtures/tenant.json"),
        _ => unreachable!(),
    };
    serde_json::from_str(text).unwrap()
}

/// What the fixture says, the answer says too.
fn assert_returned(sent: &Value, got: &impl serde::Serialize) {
    let got = serde_json::to_value(got).unwrap();
    for (member, value) in sent.as_object().unwrap() {
        if member == "created_at" || member == "updated_at" {
            assert_eq!(got[member], json!("2027-01-15T08:00:00Z"), "the store's time");
        } else {
            assert_eq!(&got[member], value, "{member}");
        }
    }
}

async fn in_workspace<E: WorkspaceEntity + Debug + PartialEq>(store: &Store, name: &str) {
    let sent = fixture(name);
    let stored = store.workspace("t", "w").insert::<E>(from_value(sent.clone()).unwrap(), NOW).await.unwrap();
    assert_returned(&sent, &stored.value);
    let found = store.workspace("t", "w").load::<E>("full").await.unwrap();
    assert_eq!(found, stored);
    let updated = store.workspace("t", "w").update(found.value, None, NOW).await.unwrap();
    assert_returned(&sent, &updated.value);
}

pub(crate) async fn every_field_is_stored_and_returned(store: Store) {
    in_workspace::<Client>(&store, "client").await;
    in_workspace::<Service>(&store, "service").await;
    in_workspace::<Scope>(&store, "scope").await;
    in_workspace::<Idp>(&store, "idp").await;
    in_workspace::<AuthorizationDetail>(&store, "authorization_detail").await;
    in_workspace::<Claim>(&store, "claim").await;
    in_workspace::<Acr>(&store, "acr").await;
    let sent = fixture("server");
    store.tenant("t").insert::<Server>(from_value(sent.clone()).unwrap(), NOW).await.unwrap();
    assert_returned(&sent, &store.tenant("t").load::<Server>("full").await.unwrap().value);
    let sent = fixture("tenant");
    store.root().insert(from_value::<Tenant>(sent.clone()).unwrap(), NOW).await.unwrap();
    assert_returned(&sent, &store.root().load("full").await.unwrap().value);
}

pub(crate) async fn defaults_are_those_of_the_model(store: Store) {
    let w = store.workspace("t", "w");
    w.insert::<Client>(from_value(json!({ "client_id": "c", "grant_types": null })).unwrap(), NOW)
        .await
        .unwrap();
    let got = serde_json::to_value(&w.load::<Client>("c").await.unwrap().value).unwrap();
    for (member, value) in [
        ("application_type", json!("web")),
        ("grant_types", json!(["authorization_code"])),
        ("subject_type", json!("public")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_signing_alg", json!("ES256")),
        ("request_object_signing_alg", json!("any")),
        ("userinfo_signed_response_alg", json!("none")),
        ("client_status", json!("active")),
        ("client_type", json!("oauth2")),
        ("client_secret_expires_at", json!(0)),
        ("redirect_uris", json!([])),
        ("trusted", json!(false)),
        ("authorization_server_id", json!("w")),
        ("jwks", Value::Null),
    ] {
        assert_eq!(got[member], value, "{member}");
    }
    assert!(!got.as_object().unwrap().contains_key("jwks"), "absent, not null");
    let w = serde_json::to_value(&store.tenant("t").load::<Server>("w").await.unwrap().value).unwrap();
    for (member, value) in [
        ("access_token_ttl", json!("1h0m0s")),
        ("refresh_token_ttl", json!("720h0m0s")),
        ("access_token_strategy", json!("jwt")),
        ("grant_types", json!(["authorization_code", "implicit", "client_credentials", "refresh_token"])),
        ("scope_claim_formats", json!(["scp_array"])),
        ("subject_identifier_types", json!(["public", "pairwise"])),
        ("color", json!("#007FFF")),
        ("key_type", json!("ecdsa")),
        ("profile", json!("default")),
        ("type", json!("regular")),
        ("version", json!(3)),
        ("tenant_id", json!("t")),
    ] {
        assert_eq!(w[member], value, "{member}");
    }
}

pub(crate) async fn private_keys_of_clients_are_not_kept(store: Store) {
    let jwks: ClientJwks =
        from_value(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "x", "y": "y", "d": "private" }] }))
            .unwrap();
    let entity = Client { jwks: Some(jwks), ..client("c") };
    let stored = store.workspace("t", "w").insert(entity, NOW).await.unwrap();
    let key = &stored.jwks.as_ref().unwrap().keys[0];
    assert_eq!((key.x.as_deref(), &key.d), (Some("x"), &None));
    assert_eq!(store.workspace("t", "w").load::<Client>("c").await.unwrap(), stored);
}

pub(crate) async fn private_keys_of_tenants_are_not_kept(store: Store) {
    let key = json!({ "kty": "RSA", "n": "n", "d": "private", "p": "private" });
    let sent = json!({ "id": "with keys", "jwks": { "keys": [key], "next_signing_key": key } });
    store.root().insert(from_value(sent).unwrap(), NOW).await.unwrap();
    let found = serde_json::to_string(&store.root().load("with keys").await.unwrap().value).unwrap();
    assert!(found.contains("\"n\"") && !found.contains("private"), "{found}");
}

pub(crate) async fn readable_passwords_are_refused(store: Store) {
    let mut idp: Idp = from_value(fixture("idp")).unwrap();
    for password in ["plain", "$2b$12$bcrypt"] {
        idp.credentials.as_mut().unwrap().users[0].password = Some(Secret::new(password));
        let refused = store.workspace("t", "w").insert(idp.clone(), NOW).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(store.workspace("t", "w").find::<Idp>("full").await.unwrap(), None);
}

pub(crate) async fn ids_and_names_have_limits(store: Store) {
    let w = store.workspace("t", "w");
    for entity in [
        client(""),
        client(&"c".repeat(256)),
        Client { client_name: "n".repeat(513), ..client("c") },
        client("with a NUL \0"),
    ] {
        let refused = w.insert(entity, NOW).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    }
    // What a stranger asks for is not there, rather than an error.
    assert_eq!(w.find::<Client>("c\0").await.unwrap(), None);
    let longest = Client { client_name: "ń".repeat(512), ..client(&"ć".repeat(255)) };
    w.insert(longest, NOW).await.unwrap();
}
