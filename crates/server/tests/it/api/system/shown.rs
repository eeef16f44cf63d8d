//! What the program is shown: all that the person is asked, as on their own page, and nothing that is a secret.

use serde_json::{Value, json};
use symbolon_store::entity::AuthorizationDetail;

use super::Asked;
use crate::harness::{NOW, SECRET};

#[tokio::test]
async fn a_payment_is_shown_before_it_is_agreed_to() {
    let mut asked = Asked::new().await;
    let kind = AuthorizationDetail {
        id: "pay".to_owned(),
        kind: "payment_initiation".to_owned(),
        ..AuthorizationDetail::default()
    };
    asked.app.store().insert(kind, NOW.millis()).await.unwrap();
    asked
        .app
        .change_client("bank", |client| {
            client.authorization_details_types = vec!["payment_initiation".to_owned()];
            client.policy_uri = Some("https://bank.example/privacy".to_owned());
        })
        .await;
    assert_eq!(
        asked.get().await.ok()["authorization_details"],
        json!([]),
        "nothing of the kind was asked for"
    );
    let details = json!([{
        "type": "payment_initiation", "creditorName": "Merchant A",
        "instructedAmount": {"currency": "EUR", "amount": "123.50"},
    }]);
    asked.again("bank", &[("authorization_details", &details.to_string()), ("acr_values", "2 1")]).await;
    let login = asked.get().await.ok();
    assert_eq!(login["authorization_details"], details);
    assert_eq!(login["requested_acr"], json!(["2", "1"]));
    assert_eq!(
        login["client_info"],
        json!({"client_name": "Northwind Bank", "policy_uri": "https://bank.example/privacy"})
    );
    let scope = &login["requested_scopes"][1];
    assert_eq!(
        (&scope["requested_name"], &scope["name"], &scope["authorization_server_id"]),
        (&json!("email"), &json!("email"), &json!("default"))
    );
    for later in ["acr", "amr", "auth_time", "authentication_context", "granted_scopes", "granted_audience"] {
        assert_eq!(login[later], Value::Null, "{later}: nobody has answered");
    }
    assert_eq!(
        (&login["scope_grant_approved"], &login["scope_grant_rejected"]),
        (&json!(false), &json!(false))
    );
    let text = login.to_string();
    assert!(
        !text.contains(SECRET) && !text.contains(&asked.auth_req_id) && !text.contains("argon2"),
        "{text}"
    );

    asked.post("accept", json!({"subject": "user", "amr": ["face"]})).await.ok();
    let login = asked.get().await.ok();
    assert_eq!(
        (&login["amr"], &login["acr"], &login["granted_scopes"], &login["scope_grant_approved"]),
        (&json!(["face"]), &json!("1"), &json!(["openid", "email"]), &json!(true))
    );
    assert_eq!(login["auth_time"], login["requested_at"], "no time has passed");
    let tokens = asked.poll().await.ok();
    assert_eq!(tokens["authorization_details"], details);
}

#[tokio::test]
async fn what_the_tokens_are_for_is_shown() {
    let mut asked = Asked::new().await;
    asked.app.add_scopes("payments", &["pay"]).await;
    asked.app.change_client("bank", |client| client.scopes.push("pay".to_owned())).await;
    let more = [("scope", "openid pay"), ("resource", "spiffe://localhost/default/default/payments")];
    asked.again("bank", &more).await;
    let login = asked.get().await.ok();
    assert_eq!(login["requested_audience"], json!(["spiffe://localhost/default/default/payments"]));
    let scope = &login["requested_scopes"][1];
    assert_eq!((&scope["with_service"], &scope["service"]["id"]), (&json!(true), &json!("payments")));
    asked.post("accept", json!({"subject": "user"})).await.ok();
    assert_eq!(
        asked.get().await.ok()["granted_audience"],
        json!(["spiffe://localhost/default/default/payments"])
    );
}

#[tokio::test]
async fn a_rejected_login_is_shown_as_such() {
    let asked = Asked::new().await;
    asked.post("reject", json!({})).await.ok();
    let login = asked.get().await.ok();
    assert_eq!(
        (&login["login_rejected"], &login["scope_grant_rejected"], &login["login_approved"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert_eq!((&login["granted_scopes"], &login["auth_time"]), (&Value::Null, &Value::Null));
}
