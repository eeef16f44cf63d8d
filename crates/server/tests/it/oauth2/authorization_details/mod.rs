//! Rich authorization requests (RFC 9396)

mod consent;
mod grants;
mod requests;
mod tokens;

use serde_json::{Value, json};
use symbolon_store::entity::server::AdvancedConfiguration;
use symbolon_store::entity::{AuthorizationDetail, Metadata, Service};

use crate::harness::{
    Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, client, decode, request, request_with,
};

const INTROSPECT: &str = "/default/default/oauth2/introspect";

/// A server that knows the types of the RFC's examples, and a client that may ask for them.
async fn server() -> TestApp {
    let server = TestApp::with_people().await;
    let payments = Service { id: "payments".to_owned(), name: "Payments".to_owned(), ..Service::default() };
    server.store().insert(payments, NOW.millis()).await.unwrap();
    add_type(&server, "account_information", |_| {}).await;
    add_type(&server, "payment_initiation", |kind| {
        kind.name = Some("Payment".to_owned());
        kind.description = Some("One transfer from your account.".to_owned());
        kind.service_id = Some("payments".to_owned());
    })
    .await;
    server
        .change_client("client", |client| {
            client.authorization_details_types =
                vec!["account_information".to_owned(), "payment_initiation".to_owned()];
            client.grant_types.push("client_credentials".to_owned());
        })
        .await;
    server
}

async fn add_type(server: &TestApp, name: &str, change: impl FnOnce(&mut AuthorizationDetail)) {
    let mut kind =
        AuthorizationDetail { id: name.to_owned(), kind: name.to_owned(), ..AuthorizationDetail::default() };
    change(&mut kind);
    server.store().insert(kind, NOW.millis()).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
}

async fn change_type(server: &TestApp, name: &str, change: impl FnOnce(&mut AuthorizationDetail)) {
    let mut kind = server.store().load::<AuthorizationDetail>(name).await.unwrap().value;
    change(&mut kind);
    server.store().update(kind, None, NOW.millis()).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
}

/// RFC 9396 §2, figure 1.
fn payment() -> Value {
    json!({
        "type": "payment_initiation",
        "locations": ["https://example.com/payments"],
        "instructedAmount": {"currency": "EUR", "amount": "123.50"},
        "creditorName": "Merchant A",
        "creditorAccount": {"bic": "ABCIDEFFXXX", "iban": "DE02100100109307118603"},
        "remittanceInformationUnstructured": "Ref Number Merchant",
    })
}

/// RFC 9396 §2, figure 2, the first of the two.
fn accounts() -> Value {
    json!({
        "type": "account_information",
        "actions": ["list_accounts", "read_balances", "read_transactions"],
        "locations": ["https://example.com/accounts"],
    })
}

fn asked(scope: &str, details: &Value) -> String {
    request_with(scope, &[("authorization_details", details.to_string().as_str())])
}

async fn own_token(server: &TestApp, details: &Value) -> Answer {
    let details = details.to_string();
    let form = [("grant_type", "client_credentials"), ("authorization_details", details.as_str())];
    server.post(TOKEN).basic("client", SECRET).form(&form).await
}

async fn refresh(server: &TestApp, token: &Value, details: Option<&Value>) -> Answer {
    let details = details.map(Value::to_string);
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
    form.extend(details.as_deref().map(|details| ("authorization_details", details)));
    server.post(TOKEN).basic("client", SECRET).form(&form).await
}

/// What a token says, in itself and at introspection: the same.
async fn told(server: &TestApp, tokens: &Value) -> Value {
    let token = tokens["access_token"].as_str().unwrap();
    let claims = decode(token).1;
    let introspected = server.post(INTROSPECT).basic("client", SECRET).form(&[("token", token)]).await.ok();
    assert_eq!(introspected["authorization_details"], claims["authorization_details"]);
    claims["authorization_details"].clone()
}
