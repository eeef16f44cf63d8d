//! How details are asked for, and what is refused.

use super::*;

#[tokio::test]
async fn each_fault_is_named_to_the_client() {
    let server = server().await;
    change_type(&server, "payment_initiation", |kind| {
        let schema = json!({
            "required": ["instructedAmount"],
            "properties": {
                "instructedAmount": {
                    "type": "object", "required": ["currency", "amount"],
                    "properties": {"currency": {"type": "string", "pattern": "^[A-Z]{3}$"}, "amount": {"type": "string"}},
                },
                "creditorName": {"type": "string", "maxLength": 20},
            },
        });
        let Value::Object(schema) = schema else { unreachable!() };
        kind.schema = Some(Metadata(schema));
    })
    .await;
    add_type(&server, "of_others", |_| {}).await;
    let amount = json!({"currency": "EUR", "amount": "1"});
    let fault = async |details: Value| {
        let answer = own_token(&server, &details).await;
        let reason = answer.reason();
        assert!(reason.starts_with("400 invalid_authorization_details "), "{reason}");
        answer.json()["error_description"].as_str().unwrap().to_owned()
    };
    let kind = "payment_initiation";
    for (details, said) in [
        (
            json!({"type": kind}),
            "The parameter is wrong: authorization_details is not a JSON array of objects.",
        ),
        (json!([{"actions": ["x"]}]), "The parameter is wrong: authorization_details[0] has no type."),
        (
            json!([accounts(), {"type": kind, "actions": "x"}]),
            "The parameter is wrong: authorization_details[1].actions is not a list of texts.",
        ),
        (
            json!([{"type": "no_such_type"}]),
            "authorization_details[0]: the type is not known to this authorization server.",
        ),
        (
            json!([{"type": "of_others"}]),
            "authorization_details[0]: the client may not ask for details of this type.",
        ),
        (json!([{"type": kind}]), "authorization_details[0]: 'instructedAmount' is a required property."),
        (
            json!([accounts(), {"type": kind, "instructedAmount": {"currency": "euro", "amount": "1"}}]),
            "authorization_details[1].instructedAmount.currency: value does not match '^[A-Z]{3}$'.",
        ),
        (
            json!([{"type": kind, "instructedAmount": {"currency": "EUR", "amount": 1}}]),
            "authorization_details[0].instructedAmount.amount: value is not of type 'string'.",
        ),
        (
            json!([{"type": kind, "instructedAmount": amount, "creditorName": "A very long name of a merchant"}]),
            "authorization_details[0].creditorName: value is longer than 20 characters.",
        ),
        (
            json!([{"type": kind, "instructedAmount": amount, "sweep": true}]),
            "authorization_details[0]: Unevaluated properties are not allowed ('sweep' was unexpected).",
        ),
    ] {
        assert_eq!(fault(details).await, said);
    }
    let good = json!([{"type": kind, "instructedAmount": amount, "creditorName": "Merchant A"}]);
    assert_eq!(own_token(&server, &good).await.ok()["authorization_details"], good);
    // The same through the browser, and before anybody is asked.
    let browser = Browser::new(&server);
    let answer = browser.get(&asked("openid", &json!([{"type": kind}]))).await;
    let reason = "authorization_detail_against_schema";
    assert_eq!(answer.refused_to_client(), format!("{CALLBACK} invalid_authorization_details [{reason}]"));
    let pushed = json!([{"type": "no_such_type"}]).to_string();
    let form = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("authorization_details", &pushed),
    ];
    let answer = server.post("/default/default/par").basic("client", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_type_unknown");
}

#[tokio::test]
async fn a_pushed_request_carries_them_to_the_browser() {
    let server = server().await;
    let details = json!([payment()]);
    let text = details.to_string();
    let form = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("authorization_details", &text),
    ];
    let pushed = server.post("/default/default/par").basic("client", SECRET).form(&form).await;
    assert_eq!(pushed.status, 201);
    let pushed = pushed.json();
    let asked = crate::harness::authorize(&[
        ("client_id", "client"),
        ("request_uri", pushed["request_uri"].as_str().unwrap()),
    ]);
    let code = Browser::new(&server).sign_in(&asked, "user").await.code();
    assert_eq!(server.redeem(&code).await["authorization_details"], details);
}

#[tokio::test]
async fn discovery_names_the_types_unless_they_are_switched_off() {
    let server = server().await;
    let metadata = async || server.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(
        metadata().await["authorization_details_types_supported"],
        json!(["account_information", "payment_initiation"])
    );
    server
        .change_workspace(|workspace| {
            workspace.advanced = Some(AdvancedConfiguration { disable_rar: true, ..Default::default() });
        })
        .await;
    assert_eq!(metadata().await.get("authorization_details_types_supported"), None);
    let answer = own_token(&server, &json!([payment()])).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_disabled");
}
