//! `POST /{tid}/{aid}/backchannel/demo`, which answers where nobody is there.

use serde_json::json;

use super::{GRANT, app, app_with, begin, error, poll};
use crate::harness::{NOW, SECRET, decode};

fn address(id: &str, action: &str) -> String {
    format!("/default/default/backchannel/demo?auth_req_id={id}&action={action}")
}

#[tokio::test]
async fn a_demo_answers_for_the_person() {
    let app = app_with(&[("demo", "true")]).await;
    let id = begin(&app).await;
    app.advance(3);
    assert_eq!(app.post(&address(&id, "allow")).await.ok(), json!({"answered": "allow"}));
    let tokens = poll(&app, &id).await.ok();
    let (_, claims) = decode(tokens["id_token"].as_str().unwrap());
    assert_eq!((&claims["email"], &claims["auth_time"]), (&json!(null), &json!(NOW.seconds() + 3)));
    assert_eq!(app.post(&address(&id, "deny")).await.reason(), "400 invalid_request ciba_nothing_waits");

    let id = begin(&app).await;
    app.post(&address(&id, "deny")).await.ok();
    assert_eq!(error(&poll(&app, &id).await), "access_denied");
}

#[tokio::test]
async fn a_demo_answers_nothing_else() {
    let app = app_with(&[("demo", "true")]).await;
    let id = begin(&app).await;
    for address in [
        address("guessed", "allow"),
        address(&id, "maybe"),
        address("", "allow"),
        "/default/default/backchannel/demo".to_owned(),
    ] {
        assert_eq!(app.post(&address).await.status, 400, "{address}");
    }
    assert_eq!(app.get(&address(&id, "allow")).await.status, 405);
    // Another tenant is nobody's demo.
    app.add_tenant("acme").await;
    let tenant = app.app.store.tenant("acme");
    let mut server = tenant.find::<symbolon_store::entity::Server>("default").await.unwrap().unwrap().value;
    server.grant_types.push(GRANT.to_owned());
    tenant.update(server, None, NOW.millis()).await.unwrap();
    let client =
        json!({"client_id": "x", "client_secret": SECRET, "grant_types": [GRANT], "scopes": ["openid"]});
    app.add_client_in("acme", "default", client).await;
    let other = format!("/acme/default/backchannel/demo?auth_req_id={id}&action=allow");
    assert_eq!(app.post(&other).await.reason(), "400 invalid_request ciba_nothing_waits");
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}

#[tokio::test]
async fn who_is_no_demo_has_no_such_address() {
    let app = app().await;
    let id = begin(&app).await;
    assert_eq!(app.post(&address(&id, "allow")).await.status, 404);
    assert_eq!(error(&poll(&app, &id).await), "authorization_pending");
}
