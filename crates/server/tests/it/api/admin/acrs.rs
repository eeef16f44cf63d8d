//! `/api/admin/{tid}/servers/{wid}/acrs`

use serde_json::json;

use crate::api::Console;

const PATH: &str = "/servers/default/acrs";

#[tokio::test]
async fn a_class_is_made_changed_and_deleted() {
    let console = Console::new().await;
    let silver =
        json!({"id": "s", "value": "urn:mace:incommon:iap:silver", "metadata": {"level": 2, "note": ""}});
    let created = console.post(PATH, &silver).await.created();
    assert_eq!(
        (&created["authorization_server_id"], &created["disabled"]),
        (&json!("default"), &json!(false))
    );
    console.post(PATH, &json!({"value": "bronze"})).await.created();
    let listed = console.get(PATH).await.ok();
    let values: Vec<_> = listed["acrs"].as_array().unwrap().iter().map(|acr| &acr["value"]).collect();
    assert_eq!(values, ["bronze", "urn:mace:incommon:iap:silver"]);
    let again = console.post(PATH, &json!({"value": "bronze"})).await;
    assert_eq!(again.fault(), "409 conflict: There is a class of authentication bronze already.");
    let path = format!("{PATH}/s");
    assert_eq!(console.get(&path).await.ok()["metadata"], silver["metadata"]);
    let updated = console.put(&path, &json!({"value": "silver", "disabled": true})).await.ok();
    assert_eq!((&updated["value"], &updated["disabled"]), (&json!("silver"), &json!(true)));
    assert_eq!(console.put(&path, &json!({"value": "bronze"})).await.status, 409);
    // It is one of this workspace.
    assert_eq!(console.get("/servers/admin/acrs/s").await.status, 404);
    assert_eq!(console.delete("/servers/admin/acrs/s").await.status, 404);
    assert_eq!(console.delete(&path).await.status, 204);
    assert_eq!(console.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_class_has_a_name_that_travels_and_a_level_that_there_is() {
    let console = Console::new().await;
    for (acr, member) in [
        (json!({}), "value"),
        (json!({"value": "two words"}), "value"),
        (json!({"value": "a,b"}), "value"),
        (json!({"value": "a", "metadata": {"level": 3}}), "metadata.level"),
        (json!({"value": "a", "metadata": {"level": "2"}}), "metadata.level"),
        (json!({"value": "a", "authorization_server_id": "admin"}), "authorization_server_id"),
        (json!({"value": "a", "tenant_id": "acme"}), "tenant_id"),
    ] {
        let answer = console.post(PATH, &acr).await;
        assert_eq!(answer.status, 422, "{acr}");
        assert!(answer.json()["details"][member].is_string(), "{acr}: {}", answer.text());
    }
}
