//! `/api/admin/{tid}/tenant`

use serde_json::json;

use crate::api::Console;

#[tokio::test]
async fn a_tenant_is_changed_by_its_own_administrators() {
    let console = Console::new().await;
    let updated = console.put("/tenant", &json!({"name": "Renamed", "url": "https://id.example"})).await.ok();
    assert_eq!((&updated["id"], &updated["name"]), (&json!("default"), &json!("Renamed")));
    assert_eq!(console.get("/tenant").await.ok(), updated);
    assert_eq!(console.put("/tenant", &json!({"id": "other"})).await.status, 422);
    assert_eq!(console.put("/tenant", &json!({"url": "javascript:alert(1)"})).await.status, 422);
}
