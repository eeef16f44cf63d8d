//! `/api/admin/{tid}/servers/{wid}/keys`

use serde_json::{Value, json};

use crate::api::Console;
use crate::harness::{SECRET, TOKEN, decode};

async fn token(console: &Console) -> (Value, String) {
    let form = [("grant_type", "client_credentials")];
    let answer = console.app.post(TOKEN).basic("c", SECRET).form(&form).await.ok();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    (decode(&token).0, token)
}

async fn is_active(console: &Console, token: &str) -> bool {
    let form = [("token", token)];
    let answer = console.app.post("/default/default/oauth2/introspect").basic("c", SECRET).form(&form).await;
    answer.ok()["active"] == true
}

async fn console() -> Console {
    let console = Console::new().await;
    let client = json!({
        "client_id": "c", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "scopes": ["introspect_tokens"],
    });
    console.create_client(client).await;
    console
}

#[tokio::test]
async fn a_rotation_moves_every_key_one_state_on() {
    let console = console().await;
    let before = console.get("/servers/default/keys").await.ok();
    let (header, old_token) = token(&console).await;
    assert_eq!(header["kid"], before["current_key"]["kid"]);
    assert!(!console.get("/servers/default/keys").await.text().contains("\"d\":"));

    let signs_now = console.request("POST", "/servers/default/keys/rotate").await.ok();
    assert_eq!(signs_now["kid"], before["next_key"]["kid"]);
    let after = console.get("/servers/default/keys").await.ok();
    assert_eq!(after["current_key"]["kid"], before["next_key"]["kid"]);
    assert_eq!(after["rotated_keys"][0]["kid"], before["current_key"]["kid"]);
    assert_ne!(after["next_key"]["kid"], before["next_key"]["kid"]);
    assert_eq!(token(&console).await.0["kid"], signs_now["kid"]);
    assert!(is_active(&console, &old_token).await, "a rotated key still verifies");

    let jwks = console.app.get("/default/default/.well-known/jwks.json").await.ok();
    let kids: Vec<_> = jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(kids[0], signs_now["kid"], "the key that signs comes first");
    assert_eq!(kids.len(), 4, "with the one for RS256");
}

#[tokio::test]
async fn a_revoked_key_verifies_nothing() {
    let console = console().await;
    let (header, old_token) = token(&console).await;
    let kid = header["kid"].as_str().unwrap();
    let revoke = format!("/servers/default/keys/revoke/{kid}");
    let answer = console.request("POST", &revoke).await;
    assert_eq!(answer.fault(), "409 conflict: The key is current: rotate it away before it is revoked.");

    console.request("POST", "/servers/default/keys/rotate").await.ok();
    let revoked = console.request("POST", &revoke).await.ok();
    assert_eq!(revoked["kid"], kid);
    assert!(revoked["revoked_at"].is_string());
    assert!(!is_active(&console, &old_token).await);
    assert_eq!(console.get("/servers/default/keys").await.ok()["revoked_keys"][0]["kid"], kid);
    let jwks = console.app.get("/default/default/.well-known/jwks.json").await;
    assert!(!jwks.text().contains(kid));
    assert_eq!(console.request("POST", &revoke).await.status, 200, "once more changes nothing");
    assert_eq!(console.request("POST", "/servers/default/keys/revoke/unknown").await.status, 404);
}

#[tokio::test]
async fn a_workspace_changes_to_another_kind_of_key() {
    let console = console().await;
    for (key_type, alg) in [("ps", "PS256"), ("rsa", "RS256"), ("eddsa", "EdDSA"), ("ecdsa", "ES256")] {
        let path = format!("/servers/default/keys/rotate?key_type={key_type}");
        assert_eq!(console.request("POST", &path).await.ok()["alg"], alg);
        let (header, text) = token(&console).await;
        assert_eq!(header["alg"], alg);
        assert!(is_active(&console, &text).await, "{alg}");
        assert_eq!(console.get("/servers/default").await.ok()["key_type"], key_type);
    }
    assert_eq!(console.request("POST", "/servers/default/keys/rotate?key_type=dsa").await.status, 400);
    assert_eq!(console.request("POST", "/servers/default/keys/rotate?use=both").await.status, 400);
}

#[tokio::test]
async fn a_workspace_gets_keys_to_encrypt_to() {
    let console = console().await;
    let before = console.get("/servers/default/keys").await.ok();
    assert_eq!(console.get("/servers/default/keys?use=enc").await.ok().get("current_key"), None);
    let published = async || {
        let jwks = console.app.get("/default/default/.well-known/jwks.json").await.ok();
        let keys = jwks["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc");
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rotate = async |more: &str| {
        console.request("POST", &format!("/servers/default/keys/rotate?use=enc{more}")).await.ok()
    };
    let first = rotate("&key_type=ecdsa").await;
    assert_eq!(
        (&first["alg"], &first["use"], &first["kty"]),
        (&json!("ECDH-ES"), &json!("enc"), &json!("EC"))
    );
    assert!(first.get("d").is_none());
    assert_eq!(published().await, [first["kid"].as_str().unwrap()]);
    let second = rotate("").await;
    assert_eq!(second["alg"], "ECDH-ES", "of the kind that there is");
    assert_ne!(second["kid"], first["kid"]);
    assert_eq!(published().await, [second["kid"].as_str().unwrap()], "nobody encrypts to the old one");
    let shown = console.get("/servers/default/keys?use=enc").await.ok();
    assert_eq!(shown["current_key"]["kid"], second["kid"]);
    assert_eq!(shown["rotated_keys"][0]["kid"], first["kid"]);
    let revoked = format!("/servers/default/keys/revoke/{}", first["kid"].as_str().unwrap());
    assert!(console.request("POST", &revoked).await.ok()["revoked_at"].is_string());
    let rsa = rotate("&key_type=rsa").await;
    assert_eq!((&rsa["alg"], &rsa["kty"]), (&json!("RSA-OAEP-256"), &json!("RSA")));
    assert_eq!(published().await.len(), 2);
    assert_eq!(
        console.request("POST", "/servers/default/keys/rotate?use=enc&key_type=eddsa").await.status,
        400
    );
    assert_eq!(console.get("/servers/default/keys").await.ok(), before, "what signs is not touched");
}

#[tokio::test]
async fn one_key_is_shown_by_its_id() {
    let console = console().await;
    let keys = console.get("/servers/default/keys").await.ok();
    let kid = keys["next_key"]["kid"].as_str().unwrap();
    let key = console.get(&format!("/servers/default/keys/{kid}/raw")).await.ok();
    assert_eq!((&key["kid"], &key["kty"], &key["use"]), (&json!(kid), &json!("EC"), &json!("sig")));
    assert!(key.get("d").is_none());
}
