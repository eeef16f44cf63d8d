//! How the person was authenticated: tokens say what the program has said, and nothing else.

use serde_json::{Value, json};
use symbolon_store::entity::server::AdvancedConfiguration;

use super::Asked;

/// Has the workspace enforce classes (`enforce_acr_values`), and its resources want some (`resource_acr_values`).
async fn advanced(asked: &Asked, enforces: bool, wanted: &[&str]) {
    let wanted = wanted.iter().map(|class| (*class).to_owned()).collect();
    let change = |advanced: AdvancedConfiguration| AdvancedConfiguration {
        enforce_acr_values: enforces,
        resource_acr_values: wanted,
        ..advanced
    };
    asked
        .app
        .change_workspace(|server| server.advanced = Some(change(server.advanced.take().unwrap_or_default())))
        .await;
}

#[tokio::test]
async fn what_the_program_does_not_say_nobody_says() {
    let asked = Asked::new().await;
    asked.post("accept", json!({"subject": "user"})).await.ok();
    let tokens = asked.poll().await.ok();
    let access_token = tokens["access_token"].as_str().unwrap();
    for name in ["id_token", "access_token"] {
        let claims = crate::harness::decode(tokens[name].as_str().unwrap()).1;
        assert_eq!((claims.get("amr"), claims.get("acr")), (None, None), "{name}: {claims}");
    }
    // The token is good all the same.
    let userinfo = asked.app.get("/default/default/userinfo").bearer(access_token).await.ok();
    assert_eq!(userinfo["email"], "user@example.com");
}

#[tokio::test]
async fn tokens_say_the_class_that_the_program_vouches_for() {
    let mut asked = Asked::new().await;
    asked.post("accept", json!({"subject": "user", "acr": "2"})).await.ok();
    let (id_token, access_token) = asked.tokens().await;
    assert_eq!((&id_token["acr"], &access_token["acr"]), (&json!("2"), &json!("2")));
    assert_eq!((id_token.get("amr"), access_token.get("amr")), (None, None));
    // Not what amr would reach, nor what the client would like.
    asked.again("bank", &[("acr_values", "2")]).await;
    asked.post("accept", json!({"subject": "user", "acr": "1", "amr": ["hwk", "fpt"]})).await.ok();
    let (id_token, _) = asked.tokens().await;
    assert_eq!((&id_token["acr"], &id_token["amr"]), (&json!("1"), &json!(["hwk", "fpt"])));
}

#[tokio::test]
async fn a_class_that_the_workspace_does_not_know_is_refused() {
    let asked = Asked::new().await;
    for unknown in ["3", "urn:bank:sca", "1 2"] {
        let answer = asked.post("accept", json!({"subject": "user", "acr": unknown})).await;
        assert_eq!((answer.status, &answer.json()["details"]["acr"]), (422, &json!("must be one of 1, 2")));
    }
    assert_eq!(asked.poll().await.json()["error"], "authorization_pending");
    asked
        .app
        .change_workspace(|server| {
            let acr_values = vec!["urn:bank:login".to_owned(), "urn:bank:sca".to_owned()];
            server.advanced = Some(AdvancedConfiguration { acr_values, ..AdvancedConfiguration::default() });
        })
        .await;
    assert_eq!(asked.post("accept", json!({"subject": "user", "acr": "2"})).await.status, 422);
    asked.post("accept", json!({"subject": "user", "acr": "urn:bank:sca"})).await.ok();
    assert_eq!(asked.tokens().await.0["acr"], "urn:bank:sca");
}

#[tokio::test]
async fn a_class_that_is_needed_is_met_or_there_are_no_tokens() {
    let mut asked = Asked::new().await;
    advanced(&asked, true, &[]).await;
    let weak = [
        json!({"subject": "user"}),
        json!({"subject": "user", "amr": ["pwd"]}),
        json!({"subject": "user", "acr": "1"}),
    ];
    let strong = [json!({"subject": "user", "acr": "2"}), json!({"subject": "user", "amr": ["hwk", "fpt"]})];
    for accepted in strong {
        asked.again("bank", &[("acr_values", "2")]).await;
        for body in &weak {
            let answer = asked.post("accept", body.clone()).await;
            assert_eq!(answer.status, 422, "{body}");
            let fault = answer.json()["details"]["acr"].clone();
            assert!(fault.as_str().unwrap().ends_with("must have: 2"), "{fault}");
        }
        assert_eq!(asked.poll().await.json()["error"], "authorization_pending");
        asked.post("accept", accepted).await.ok();
        assert_eq!(asked.tokens().await.0["acr"], "2");
    }
    // A higher class is no lower one.
    asked.again("bank", &[("acr_values", "1")]).await;
    asked.post("accept", json!({"subject": "user", "acr": "2"})).await.ok();
    assert_eq!(asked.tokens().await.0["acr"], "2");
    // Where nothing is enforced it is a wish.
    advanced(&asked, false, &[]).await;
    asked.again("bank", &[("acr_values", "2")]).await;
    asked.post("accept", weak[1].clone()).await.ok();
    assert_eq!(asked.tokens().await.0["acr"], "1");
}

/// RFC 9470: what our own resources want is believed of the program, as the token says it.
#[tokio::test]
async fn a_class_that_is_vouched_for_opens_resources_that_want_it() {
    let mut asked = Asked::new().await;
    advanced(&asked, false, &["2"]).await;
    let userinfo = async |asked: &Asked| {
        let tokens = asked.poll().await.ok();
        let token: &Value = &tokens["access_token"];
        asked.app.get("/default/default/userinfo").bearer(token.as_str().unwrap()).await.status
    };
    asked.post("accept", json!({"subject": "user", "acr": "1"})).await.ok();
    assert_eq!(userinfo(&asked).await, 401);
    // Who says what the resource has said must get it.
    asked.again("bank", &[("acr_values", "2")]).await;
    assert_eq!(asked.post("accept", json!({"subject": "user", "acr": "1"})).await.status, 422);
    asked.post("accept", json!({"subject": "user", "acr": "2"})).await.ok();
    assert_eq!(userinfo(&asked).await, 200);
}
