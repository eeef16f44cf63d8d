//! `/api/admin/{tid}/refusals`

use serde_json::json;

use crate::api::Console;
use crate::harness::TOKEN;

#[tokio::test]
async fn a_refused_request_is_found_by_the_id_it_was_answered_with() {
    let console = Console::new().await;
    let form = [("grant_type", "client_credentials")];
    let refused = console.app.post(TOKEN).basic("nobody", "wrong").form(&form).await;
    let id = refused.header(http::HeaderName::from_static("x-request-id"));
    let found = console.get(&format!("/refusals/{id}")).await.ok();
    assert_eq!(found["request_id"], id);
    assert_eq!(found["error"], "invalid_client");
    assert_eq!(found["endpoint"], "/{tid}/{aid}/oauth2/token");
    assert!(found["explanation"].as_str().unwrap().starts_with(&format!("Request {id} was refused")));

    let list = console.get("/refusals?endpoint=/oauth2/token").await.ok();
    assert_eq!(list["refusals"][0]["request_id"], id);
    assert_eq!(
        console.get("/refusals?workspace_id=admin&endpoint=/oauth2/token").await.ok(),
        json!({"refusals": []})
    );
    assert_eq!(console.get("/refusals/unknown").await.status, 404);
    assert_eq!(console.get("/refusals?limit=0").await.status, 400);
    assert_eq!(console.get("/refusals?since=yesterday").await.status, 400);
}

#[tokio::test]
async fn nobody_sees_the_refusals_of_another_tenant() {
    let console = Console::new().await;
    console.app.add_tenant("acme").await;
    let form = [("grant_type", "client_credentials")];
    let refused = console.app.post("/acme/default/oauth2/token").basic("nobody", "wrong").form(&form).await;
    let id = refused.header(http::HeaderName::from_static("x-request-id"));
    assert_eq!(console.get(&format!("/refusals/{id}")).await.status, 404);
    assert_eq!(console.get("/refusals?endpoint=/oauth2/token").await.ok(), json!({"refusals": []}));
}
