//! `/api/admin/{tid}/claims`

use serde_json::{Value, json};

use crate::api::Console;

fn claim(more: &Value) -> Value {
    let mut claim = json!({
        "name": "groups", "type": "access_token", "source_type": "authnCtx", "source_path": "groups",
        "authorization_server_id": "default",
    });
    for (name, value) in more.as_object().unwrap() {
        claim[name] = value.clone();
    }
    claim
}

#[tokio::test]
async fn a_workspace_begins_with_the_claims_of_openid_connect() {
    let console = Console::new().await;
    console.post("/servers", &json!({"id": "new", "name": "New"})).await.created();
    for workspace in ["default", "admin", "new"] {
        let listed = console.get(&format!("/servers/{workspace}/claims")).await.ok();
        let claims = listed["claims"].as_array().unwrap();
        assert_eq!(claims.len(), 19, "{workspace}");
        let phone = claims.iter().find(|claim| claim["name"] == "phone_number").unwrap();
        assert_eq!(
            (&phone["type"], &phone["source_type"], &phone["source_path"], &phone["scopes"]),
            (&json!("id_token"), &json!("authnCtx"), &json!("phone_number"), &json!(["phone"]))
        );
    }
}

#[tokio::test]
async fn a_claim_is_made_changed_and_deleted() {
    let console = Console::new().await;
    let created = console.post("/claims", &claim(&json!({"id": "g", "scopes": ["email"]}))).await.created();
    assert_eq!((&created["opaque"], &created["tenant_id"]), (&json!(false), &json!("default")));
    // Once for each kind of token.
    let again = console.post("/claims", &claim(&json!({}))).await;
    assert_eq!(again.fault(), "409 conflict: There is a claim groups already.");
    console.post("/claims", &claim(&json!({"type": "id_token"}))).await.created();
    let taken = console.put("/claims/g", &claim(&json!({"type": "id_token"}))).await;
    assert_eq!(taken.fault(), "409 conflict: There is a claim groups already.");
    let updated = console.put("/claims/g", &claim(&json!({"name": "roles", "opaque": true}))).await.ok();
    assert_eq!(
        (&updated["name"], &updated["opaque"], &updated["id"]),
        (&json!("roles"), &json!(true), &json!("g"))
    );
    assert_eq!(console.delete("/claims/g").await.status, 204);
    assert_eq!(console.put("/claims/g", &claim(&json!({}))).await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_told_is_refused() {
    let console = Console::new().await;
    for (more, member) in [
        (json!({"name": "sub"}), "name"),
        (json!({"name": "aid"}), "name"),
        (json!({"name": "two words"}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"source_path": ""}), "source_path"),
        (json!({"source_type": "client", "source_path": "client_secret"}), "source_path"),
        (json!({"source_type": "client", "source_path": "hashed_secret"}), "source_path"),
        (json!({"source_type": "elsewhere"}), "source_type"),
        (json!({"type": "saml"}), "type"),
        (json!({"scopes": ["email", "no-such-scope"]}), "scopes[1]"),
        (json!({"verified": true}), "verified"),
        (json!({"delivery": "by pigeon"}), "delivery"),
        (json!({"delivery": "aggregated"}), "delivery"),
        (
            json!({"type": "id_token", "delivery": "distributed", "source_type": "client", "source_path": "metadata"}),
            "delivery",
        ),
        (json!({"authorization_server_id": "no-such-workspace"}), "authorization_server_id"),
        (json!({"tenant_id": "acme"}), "tenant_id"),
    ] {
        let answer = console.post("/claims", &claim(&more)).await;
        assert_eq!(answer.status, 422, "{more}");
        assert!(answer.json()["details"][member].is_string(), "{more}: {}", answer.text());
    }
    for path in ["metadata", "metadata.tier", "client_name"] {
        let more = json!({"name": path, "source_type": "client", "source_path": path});
        console.post("/claims", &claim(&more)).await.created();
    }
}
