//! `/api/admin/{tid}/authorization-details`

use serde_json::{Value, json};

use crate::api::Console;

const PATH: &str = "/authorization-details";

#[tokio::test]
async fn a_type_belongs_to_its_service_or_to_the_workspace() {
    let console = Console::new().await;
    let service = json!({"id": "payments", "name": "Payments", "authorization_server_id": "default"});
    console.post("/services", &service).await.created();
    let pay = json!({"id": "pay", "type": "payment_initiation", "service_id": "payments", "name": "Payment"});
    let created = console.post(PATH, &pay).await.created();
    assert_eq!(created["authorization_server_id"], "default");
    let got = console.get("/authorization-details/pay").await.ok();
    assert_eq!((&got["service"]["name"], &got["type"]), (&json!("Payments"), &json!("payment_initiation")));

    let own = json!({"type": "https://scheme.example/files", "authorization_server_id": "default"});
    console.post(PATH, &own).await.created();
    let listed = console.get("/servers/default/authorization-details").await.ok();
    let types: Vec<_> =
        listed["authorization_details"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(types, ["https://scheme.example/files", "payment_initiation"]);

    let again = console.post(PATH, &own).await;
    assert_eq!(
        again.fault(),
        "409 conflict: There is a type of authorization details https://scheme.example/files already."
    );
    for bad in [
        json!({"type": "x"}),
        json!({"type": "two words", "authorization_server_id": "default"}),
        json!({"type": "", "authorization_server_id": "default"}),
        json!({"type": "x", "service_id": "payments", "authorization_server_id": "admin"}),
        json!({"type": "x", "service_id": "no-such-service"}),
    ] {
        assert_eq!(console.post(PATH, &bad).await.status, 422, "{bad}");
    }
}

#[tokio::test]
async fn the_type_stays_and_the_rest_changes() {
    let console = Console::new().await;
    let kind = json!({"id": "a", "type": "accounts", "authorization_server_id": "default"});
    console.post(PATH, &kind).await.created();
    let updated =
        console.put("/authorization-details/a", &json!({"name": "Accounts", "transient": true})).await.ok();
    assert_eq!((&updated["type"], &updated["name"]), (&json!("accounts"), &json!("Accounts")));
    let answer = console.put("/authorization-details/a", &json!({"type": "other"})).await;
    assert_eq!(answer.json()["details"]["type"], "cannot change: clients are registered for it");
    assert_eq!(console.delete("/authorization-details/a").await.status, 204);
    assert_eq!(console.get("/authorization-details/a").await.status, 404);
}

#[tokio::test]
async fn a_client_takes_a_type_when_it_is_there() {
    let console = Console::new().await;
    let client = json!({"client_id": "c", "authorization_server_id": "default", "authorization_details_types": ["accounts"]});
    assert_eq!(
        console.post("/clients", &client).await.json()["details"]["authorization_details_types[0]"],
        "is no type of authorization details of the workspace"
    );
    console.post(PATH, &json!({"type": "accounts", "authorization_server_id": "default"})).await.created();
    console.post("/clients", &client).await.created();
}

#[tokio::test]
async fn a_schema_is_one_that_can_be_used_and_leads_nowhere() {
    let console = Console::new().await;
    let fault = async |schema: Value| {
        let kind = json!({"type": "x", "authorization_server_id": "default", "schema": schema});
        let answer = console.post(PATH, &kind).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.json()["details"]
            .as_object()
            .unwrap()
            .iter()
            .next()
            .map(|(path, what)| format!("{path} {what}"))
            .unwrap()
    };
    for (schema, said) in [
        (json!({"$ref": "https://a.example/schema"}), "schema.$ref \"is no keyword that this server knows\""),
        (
            json!({"properties": {"a": {"$dynamicRef": "#"}}}),
            "schema.properties.a.$dynamicRef \"is no keyword that this server knows\"",
        ),
        (json!({"allOf": {}}), "schema.allOf \"must be a list of schemas\""),
        (json!({"anyOf": [true]}), "schema.anyOf[0] \"must be a schema: an object\""),
        (json!({"additionalProperties": {}}), "schema.additionalProperties \"must be true or false\""),
    ] {
        assert_eq!(fault(schema).await, said);
    }
    for broken in [
        json!({"properties": {"a": {"pattern": "("}}}),
        json!({"type": "no such type"}),
        json!({"required": "a"}),
        json!({"properties": {"a": {"pattern": "(?=look)ahead"}}}),
    ] {
        let said = fault(broken.clone()).await;
        assert!(said.starts_with("schema \"is no schema: "), "{broken}: {said}");
    }
    let deep = (0..20).fold(json!({}), |schema, _| json!({"not": schema}));
    assert!(fault(deep).await.contains("lies too deep"));
    let long = json!({"description": "x".repeat(70_000)});
    assert_eq!(fault(long).await, "schema \"must be at most 64 KiB long\"");
    let good = json!({"type": "x", "authorization_server_id": "default", "schema": {
        "properties": {"a": {"enum": ["b", 1], "title": "A", "hidden": true}}, "if": {}, "then": {"minProperties": 1},
    }});
    assert_eq!(console.post(PATH, &good).await.created()["schema"], good["schema"]);
}
