//! `/api/admin/{tid}/scopes`

use serde_json::json;

use crate::api::Console;

#[tokio::test]
async fn a_scope_belongs_to_its_service_or_to_the_workspace() {
    let console = Console::new().await;
    let service = json!({"id": "payments", "name": "Payments", "authorization_server_id": "default"});
    console.post("/services", &service).await.created();
    let pay = json!({"id": "pay", "name": "pay", "service_id": "payments", "display_name": "Pay", "transient": true});
    let created = console.post("/scopes", &pay).await.created();
    assert_eq!(created["authorization_server_id"], "default");
    let got = console.get("/scopes/pay").await.ok();
    assert_eq!((&got["with_service"], &got["service"]["name"]), (&json!(true), &json!("Payments")));

    let own = json!({"name": "users.*", "authorization_server_id": "default"});
    let created = console.post("/scopes", &own).await.created();
    let got = console.get(&format!("/scopes/{}", created["id"].as_str().unwrap())).await.ok();
    assert_eq!((&got["with_service"], &got["name"]), (&json!(false), &json!("users.*")));

    let answer = console.post("/scopes", &json!({"name": "pay", "authorization_server_id": "default"})).await;
    assert_eq!(answer.fault(), "409 conflict: There is a scope pay already.");
    let strange = json!({"name": "x", "service_id": "payments", "authorization_server_id": "admin"});
    assert_eq!(console.post("/scopes", &strange).await.status, 422);
    assert_eq!(console.post("/scopes", &json!({"name": "x"})).await.status, 422);
    assert_eq!(
        console.post("/scopes", &json!({"name": "a b", "authorization_server_id": "default"})).await.status,
        422
    );
}

#[tokio::test]
async fn a_client_takes_a_scope_when_it_is_there() {
    let console = Console::new().await;
    let client = json!({"client_id": "c", "authorization_server_id": "default", "scopes": ["pay"]});
    assert_eq!(
        console.post("/clients", &client).await.json()["details"]["scopes[0]"],
        "is no scope of the workspace"
    );
    console
        .post("/scopes", &json!({"id": "pay", "name": "pay", "authorization_server_id": "default"}))
        .await
        .created();
    assert_eq!(console.post("/clients", &client).await.status, 201);
    assert_eq!(console.delete("/scopes/pay").await.status, 204);
    assert_eq!(console.get("/scopes/pay").await.status, 404);
}

#[tokio::test]
async fn the_name_of_a_scope_stays() {
    let console = Console::new().await;
    console
        .post("/scopes", &json!({"id": "s", "name": "pay", "authorization_server_id": "default"}))
        .await
        .created();
    let updated = console.put("/scopes/s", &json!({"display_name": "Pay a bill"})).await.ok();
    assert_eq!((&updated["name"], &updated["display_name"]), (&json!("pay"), &json!("Pay a bill")));
    let answer = console.put("/scopes/s", &json!({"name": "buy"})).await;
    assert_eq!(answer.json()["details"]["name"], "cannot change: clients are registered for it");
}

#[tokio::test]
async fn built_in_scopes_stay() {
    let console = Console::new().await;
    let scopes = console.get("/servers/default/scopes").await.ok();
    let openid = scopes["scopes"].as_array().unwrap().iter().find(|scope| scope["name"] == "openid").unwrap();
    let answer = console.delete(&format!("/scopes/{}", openid["id"].as_str().unwrap())).await;
    assert_eq!(answer.fault(), "409 conflict: It belongs to a built-in service and cannot be deleted.");
}
