//! `/api/admin/{tid}/services`

use serde_json::json;

use crate::api::Console;
use crate::harness::{SECRET, TOKEN, decode};

#[tokio::test]
async fn the_audience_of_a_service_is_in_its_tokens() {
    let console = Console::new().await;
    let service = json!({"id": "payments", "name": "Payments", "authorization_server_id": "default"});
    let created = console.post("/services", &service).await.created();
    assert_eq!(created["audience"], "spiffe://localhost/default/default/payments");
    console.post("/scopes", &json!({"name": "pay", "service_id": "payments"})).await.created();
    let client = json!({"client_id": "c", "client_secret": SECRET, "grant_types": ["client_credentials"], "scopes": ["pay"]});
    console.create_client(client).await;
    let audience = async || {
        let form = [("grant_type", "client_credentials")];
        let answer = console.app.post(TOKEN).basic("c", SECRET).form(&form).await.ok();
        decode(answer["access_token"].as_str().unwrap()).1["aud"].clone()
    };
    assert_eq!(audience().await, json!(["c", created["audience"]]));

    let custom = json!({"name": "Payments", "custom_audience": "https://pay.example"});
    assert_eq!(console.put("/services/payments", &custom).await.ok()["audience"], "https://pay.example");
    assert_eq!(audience().await, json!(["c", "https://pay.example"]));
}

#[tokio::test]
async fn a_service_goes_with_its_scopes() {
    let console = Console::new().await;
    let service = json!({"id": "payments", "name": "Payments", "authorization_server_id": "default"});
    console.post("/services", &service).await.created();
    for name in ["pay", "refund"] {
        console.post("/scopes", &json!({"id": name, "name": name, "service_id": "payments"})).await.created();
    }
    let got = console.get("/services/payments").await.ok();
    let names: Vec<_> = got["scopes"].as_array().unwrap().iter().map(|scope| &scope["name"]).collect();
    assert_eq!(names, ["pay", "refund"]);
    assert_eq!(console.delete("/services/payments").await.status, 204);
    assert_eq!(console.get("/scopes/pay").await.status, 404);
}

#[tokio::test]
async fn built_in_services_stay_what_they_are() {
    let console = Console::new().await;
    let list = console.get("/servers/default/services?service_types=oidc").await.ok();
    let service = &list["services"][0];
    let path = format!("/services/{}", service["id"].as_str().unwrap());
    assert_eq!(service["number_of_scopes"], 6);
    assert_eq!(console.delete(&path).await.fault(), "409 conflict: A built-in service cannot be deleted.");
    let updated = console.put(&path, &json!({"name": "OIDC", "system": false, "type": "user"})).await.ok();
    assert_eq!((&updated["system"], &updated["type"]), (&json!(true), &json!("oidc")));
    let own = json!({"name": "Mine", "system": true, "authorization_server_id": "default"});
    assert_eq!(console.post("/services", &own).await.status, 422);
}
