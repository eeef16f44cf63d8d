//! A client's algorithms for what it is told: each must have a key.

use serde_json::{Value, json};

use crate::api::Console;
use crate::harness::{Recipient, client};

#[tokio::test]
async fn what_no_key_serves_is_not_registered() {
    let console = Console::new().await;
    let register = async |members: Value| {
        let mut body = client("asks");
        body["authorization_server_id"] = json!("default");
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        console.post("/clients", &body).await
    };
    for (members, at) in [
        (json!({"id_token_signed_response_alg": "EdDSA"}), "id_token_signed_response_alg"),
        (json!({"userinfo_signed_response_alg": "EdDSA"}), "userinfo_signed_response_alg"),
        (json!({"authorization_signed_response_alg": "EdDSA"}), "authorization_signed_response_alg"),
        (json!({"id_token_encrypted_response_alg": "RSA-OAEP"}), "id_token_encrypted_response_alg"),
        (json!({"userinfo_encrypted_response_alg": "ECDH-ES"}), "userinfo_encrypted_response_alg"),
        (json!({"authorization_encrypted_response_alg": "RSA1_5"}), "authorization_encrypted_response_alg"),
        (json!({"userinfo_encrypted_response_enc": "A128GCM"}), "userinfo_encrypted_response_enc"),
        (json!({"introspection_signed_response_alg": "EdDSA"}), "introspection_signed_response_alg"),
        (json!({"introspection_signed_response_alg": "HS256"}), "introspection_signed_response_alg"),
        (json!({"introspection_encrypted_response_alg": "ECDH-ES"}), "introspection_encrypted_response_alg"),
        (json!({"introspection_encrypted_response_enc": "A128GCM"}), "introspection_encrypted_response_enc"),
        (
            json!({"request_object_encryption_alg": "dir", "token_endpoint_auth_method": "none", "client_secret": null}),
            "request_object_encryption_alg",
        ),
        (
            json!({"id_token_signed_response_alg": "HS256", "token_endpoint_auth_method": "none", "client_secret": null}),
            "id_token_signed_response_alg",
        ),
        (
            json!({"id_token_encrypted_response_alg": "A128KW", "token_endpoint_auth_method": "none", "client_secret": null}),
            "id_token_encrypted_response_alg",
        ),
    ] {
        let answer = register(members).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.json()["details"][at].is_string(), "{answer:?}");
    }
    let recipient = Recipient::new("ECDH-ES");
    let members = json!({
        "id_token_signed_response_alg": "HS256", "jwks": recipient.jwks(),
        "id_token_encrypted_response_alg": "ECDH-ES+A256KW", "id_token_encrypted_response_enc": "A256GCM",
        "introspection_signed_response_alg": "ES256",
        "introspection_encrypted_response_alg": "ECDH-ES", "introspection_encrypted_response_enc": "A256GCM",
    });
    assert_eq!(register(members).await.status, 201);
}
