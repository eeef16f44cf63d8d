//! Rich authorization requests (RFC 9396)

use serde_json::{Value, json};
use symbolon_store::entity::server::AdvancedConfiguration;
use symbolon_store::entity::{AuthorizationDetail, Metadata, Service};

use crate::harness::{
    Answer, Browser, CALLBACK, NOW, SECRET, TOKEN, TestApp, TestIssuer, client, decode, request, request_with,
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

#[tokio::test]
async fn what_a_person_allows_is_in_answer_token_and_introspection() {
    let server = server().await;
    let browser = Browser::new(&server);
    let details = json!([accounts(), payment()]);
    let code = browser.sign_in(&asked("openid offline_access", &details), "user").await.code();
    let tokens = server.redeem(&code).await;
    assert_eq!(tokens["authorization_details"], details);
    assert_eq!(told(&server, &tokens).await, details);
    let claims = decode(tokens["access_token"].as_str().unwrap()).1;
    // The service of a type is an audience, as that of a scope is.
    let audience = claims["aud"].as_array().unwrap();
    assert!(audience.contains(&json!("spiffe://localhost/default/default/payments")), "{audience:?}");
    assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1.get("authorization_details"), None);

    let form = [("token", tokens["refresh_token"].as_str().unwrap())];
    let introspected = server.post(INTROSPECT).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(introspected["authorization_details"], details);
}

#[tokio::test]
async fn details_may_be_all_that_is_asked_for() {
    let server = server().await;
    let browser = Browser::new(&server);
    let details = json!([payment()]);
    let text = details.to_string();
    let asked = crate::harness::authorize(&[
        ("client_id", "client"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("authorization_details", &text),
    ]);
    let (path, login) = browser.open(&asked).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    assert_eq!(consent.page().scopes(), [] as [String; 0]);
    let code = browser.press(&path, &consent, "accept").await.code();
    let tokens = server.redeem(&code).await;
    assert_eq!((&tokens["scope"], &tokens["authorization_details"]), (&json!(""), &details));
}

#[tokio::test]
async fn the_consent_page_shows_all_of_it_in_words() {
    let server = server().await;
    let browser = Browser::new(&server);
    let mut odd = payment();
    odd["creditorName"] = json!("</dl><script>alert(1)</script>");
    let (path, login) = browser.open(&asked("openid", &json!([accounts(), odd]))).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (_, consent) = browser.follow(&path, answer).await;
    let page = consent.page().text();
    for words in [
        "account_information New",
        "Allowed actions list_accounts read_balances read_transactions",
        "Where https://example.com/accounts",
        "Payments · Payment New One transfer from your account.",
        "Instructed amount 123.50 EUR",
        "Creditor name </dl><script>alert(1)</script>",
        "Creditor account › Iban DE02100100109307118603",
        "Remittance information unstructured Ref Number Merchant",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!consent.text().contains("<script"), "what a client writes stays text");
}

#[tokio::test]
async fn an_earlier_consent_covers_only_equal_details() {
    let server = server().await;
    let browser = Browser::new(&server);
    let silent = |details: &Value| {
        let details = details.to_string();
        request_with("openid", &[("prompt", "none"), ("authorization_details", details.as_str())])
    };
    browser.sign_in(&request("openid"), "user").await.code();
    let required = format!("{CALLBACK} consent_required [consent_required]");
    assert_eq!(browser.get(&silent(&json!([payment()]))).await.refused_to_client(), required);

    browser.sign_in(&asked("openid", &json!([payment(), accounts()])), "user").await.code();
    browser.get(&silent(&json!([payment()]))).await.code();
    browser.get(&silent(&json!([accounts(), payment()]))).await.code();
    // The order of members says nothing; each value does, and so does each list as a whole.
    let reordered: String = payment().to_string();
    let reordered: Value = serde_json::from_str(&reordered).unwrap();
    browser.get(&silent(&json!([reordered]))).await.code();
    for (name, value) in [
        ("instructedAmount", json!({"currency": "EUR", "amount": "123.51"})),
        ("creditorName", json!("Merchant B")),
        ("locations", json!(["https://example.com/payments", "https://evil.example"])),
        ("locations", json!([])),
        ("actions", json!(["initiate"])),
    ] {
        let mut other = payment();
        other[name] = value;
        let answer = browser.get(&silent(&json!([accounts(), other]))).await;
        assert_eq!(answer.refused_to_client(), required, "{name}");
        let (_, page) = browser.open(&asked("openid", &json!([accounts(), other]))).await;
        assert!(page.page().text().contains("account_information Allowed before"), "{}", page.page().text());
        assert!(page.page().text().contains("Payment New"), "{}", page.page().text());
    }
    // It is one person's consent to one client, for a while.
    let other = Browser::new(&server);
    other.sign_in(&request("openid"), "other").await.code();
    assert_eq!(other.get(&silent(&json!([payment()]))).await.refused_to_client(), required);
    server.store().revoke_scope_grants_of_client("client").await.unwrap();
    assert_eq!(browser.get(&silent(&json!([payment()]))).await.refused_to_client(), required);
}

#[tokio::test]
async fn a_consent_is_remembered_for_thirty_days_and_a_denied_one_not_at_all() {
    let server = server().await;
    let browser = Browser::new(&server);
    let details = json!([payment()]);
    let (path, login) = browser.open(&asked("openid", &details)).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    browser.press(&path, &consent, "deny").await;
    assert_eq!(server.rows_of("detail_consents").await, 0);
    browser.sign_in(&asked("openid", &details), "user").await.code();
    assert_eq!(server.rows_of("detail_consents").await, 1);
    browser.get(&asked("openid", &details)).await.code();
    server.advance(30 * 24 * 60 * 60);
    let (path, login) = browser.open(&asked("openid", &details)).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (_, consent) = browser.follow(&path, answer).await;
    assert!(consent.page().text().contains("Payment New"), "{}", consent.page().text());
}

#[tokio::test]
async fn a_transient_type_is_asked_about_every_time() {
    let server = server().await;
    change_type(&server, "payment_initiation", |kind| kind.transient = true).await;
    let browser = Browser::new(&server);
    browser.sign_in(&asked("openid", &json!([payment()])), "user").await.code();
    assert_eq!(server.rows_of("detail_consents").await, 0);
    let (_, page) = browser.open(&asked("openid", &json!([payment()]))).await;
    assert!(page.page().text().contains("Payment New"), "{}", page.page().text());
}

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
async fn a_token_request_may_ask_for_less_and_never_for_more() {
    let server = server().await;
    let browser = Browser::new(&server);
    let granted = json!([accounts(), payment()]);
    let code = browser.sign_in(&asked("openid offline_access", &granted), "user").await.code();
    let mut fewer = accounts();
    fewer["actions"] = json!(["read_balances"]);
    let mut more = accounts();
    more["actions"] = json!(["read_balances", "close_accounts"]);
    let redeem = async |details: &Value| {
        let details = details.to_string();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("authorization_details", &details),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let refused = "400 invalid_authorization_details authorization_details_not_granted";
    let mut dearer = payment();
    dearer["instructedAmount"]["amount"] = json!("999.00");
    let mut vague = accounts();
    vague.as_object_mut().unwrap().remove("locations");
    for beyond in [json!([more]), json!([dearer]), json!([fewer, dearer]), json!([vague])] {
        assert_eq!(redeem(&beyond).await.reason(), refused, "{beyond}");
    }
    // What is refused spends nothing.
    let tokens = redeem(&json!([fewer])).await.ok();
    assert_eq!(tokens["authorization_details"], json!([fewer]));
    assert_eq!(told(&server, &tokens).await, json!([fewer]));

    // A token with less does not make the grant less (RFC 9396 §6.1, as RFC 6749 §6 of scopes).
    let all = refresh(&server, &tokens["refresh_token"], None).await.ok();
    assert_eq!(all["authorization_details"], granted);
    let answer = refresh(&server, &all["refresh_token"], Some(&json!([more]))).await;
    assert_eq!(answer.reason(), refused);
    let one = refresh(&server, &all["refresh_token"], Some(&json!([payment()]))).await.ok();
    assert_eq!(told(&server, &one).await, json!([payment()]));
}

#[tokio::test]
async fn a_grant_without_details_gives_none() {
    let server = server().await;
    let browser = Browser::new(&server);
    let code = browser.sign_in(&request("openid"), "user").await.code();
    let details = json!([payment()]).to_string();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("authorization_details", &details),
    ];
    let answer = server.post(TOKEN).basic("client", SECRET).form(&form).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_not_granted");
    let tokens = server.redeem(&code).await;
    assert_eq!(tokens.get("authorization_details"), None);
    assert_eq!(told(&server, &tokens).await, Value::Null);
}

#[tokio::test]
async fn what_is_taken_from_client_or_workspace_is_in_no_new_token() {
    let server = server().await;
    let browser = Browser::new(&server);
    let granted = json!([accounts(), payment()]);
    let code = browser.sign_in(&asked("openid offline_access", &granted), "user").await.code();
    let tokens = server.redeem(&code).await;
    server
        .change_client("client", |client| {
            client.authorization_details_types = vec!["account_information".to_owned()];
        })
        .await;
    let next = refresh(&server, &tokens["refresh_token"], None).await.ok();
    assert_eq!(told(&server, &next).await, json!([accounts()]));
    server.store().delete::<AuthorizationDetail>("account_information", None).await.unwrap();
    server.app.snapshots.invalidate("default", "default");
    let next = refresh(&server, &next["refresh_token"], None).await.ok();
    assert_eq!(next.get("authorization_details"), None);
}

#[tokio::test]
async fn a_request_that_waits_is_not_answered_with_what_was_taken_meanwhile() {
    let server = server().await;
    let browser = Browser::new(&server);
    let (path, login) = browser.open(&asked("openid", &json!([payment()]))).await;
    let answer = browser.log_in(&path, &login, "user", "user").await;
    let (path, consent) = browser.follow(&path, answer).await;
    server.change_client("client", |client| client.authorization_details_types.clear()).await;
    let answer = browser.press(&path, &consent, "accept").await;
    assert_eq!(answer.refused_on_a_page(), "400 This page is no longer valid [interaction_gone]");
}

#[tokio::test]
async fn a_token_for_one_resource_has_no_details_of_another_service() {
    let server = server().await;
    server.add_scopes("accounts", &["read"]).await;
    let audience = "spiffe://localhost/default/default/accounts";
    let details = json!([accounts(), payment()]).to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("authorization_details", details.as_str()),
        ("resource", audience),
    ];
    let tokens = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(tokens["authorization_details"], json!([accounts()]), "payments are another service's");
    assert_eq!(decode(tokens["access_token"].as_str().unwrap()).1["aud"], json!([audience]));
}

#[tokio::test]
async fn an_exchanged_token_has_no_more_than_the_one_before() {
    let server = server().await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let mut other = client("exchanger");
    other["grant_types"] = json!([exchange]);
    other["authorization_details_types"] = json!(["payment_initiation"]);
    other["token_exchange"] = json!({"subject_audiences": ["client"]});
    server.add_client(other).await;
    server.change_workspace(|workspace| workspace.grant_types.push(exchange.to_owned())).await;
    let browser = Browser::new(&server);
    let code = browser.sign_in(&asked("openid", &json!([accounts(), payment()])), "user").await.code();
    let tokens = server.redeem(&code).await;
    let subject = tokens["access_token"].as_str().unwrap();
    let exchanged = async |details: Option<Value>| {
        let details = details.map(|details| details.to_string());
        let mut form = vec![
            ("grant_type", exchange),
            ("subject_token", subject),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        form.extend(details.as_deref().map(|details| ("authorization_details", details)));
        server.post(TOKEN).basic("exchanger", SECRET).form(&form).await
    };
    // Of what the subject token has, what this client may have.
    let tokens = exchanged(None).await.ok();
    assert_eq!(tokens["authorization_details"], json!([payment()]));
    let mut dearer = payment();
    dearer["instructedAmount"]["amount"] = json!("999.00");
    let answer = exchanged(Some(json!([dearer]))).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_not_granted");
    let answer = exchanged(Some(json!([accounts()]))).await;
    assert_eq!(
        answer.reason(),
        "400 invalid_authorization_details authorization_details_type_not_registered"
    );
}

/// RFC 9396 §6: any grant may bring them; those of a password are what the client asks for.
#[tokio::test]
async fn a_password_gives_the_details_that_were_asked_for() {
    let server = server().await;
    server.change_workspace(|workspace| workspace.grant_types.push("password".to_owned())).await;
    server.change_client("client", |client| client.grant_types.push("password".to_owned())).await;
    let ask = async |password: &str, details: &Value| {
        let details = details.to_string();
        let form = [
            ("grant_type", "password"),
            ("username", "user"),
            ("password", password),
            ("scope", "openid offline_access"),
            ("authorization_details", &details),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let granted = json!([accounts(), payment()]);
    let tokens = ask("user", &granted).await.ok();
    assert_eq!(tokens["authorization_details"], granted);
    assert_eq!(told(&server, &tokens).await, granted);
    // A refresh may ask for fewer, and for no other.
    let one = refresh(&server, &tokens["refresh_token"], Some(&json!([payment()]))).await.ok();
    assert_eq!(told(&server, &one).await, json!([payment()]));
    let mut dearer = payment();
    dearer["instructedAmount"]["amount"] = json!("999.00");
    let answer = refresh(&server, &one["refresh_token"], Some(&json!([dearer]))).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_not_granted");
    // RFC 9396 §5. What would fail anyway is no try of a password.
    for _ in 0..20 {
        let answer = ask("wrong", &json!([{"type": "unknown"}])).await;
        assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_type_unknown");
    }
    ask("user", &granted).await.ok();
}

#[tokio::test]
async fn an_assertion_gives_the_details_that_were_asked_for_where_its_issuer_may() {
    const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let server = server().await;
    let issuer = TestIssuer::new("https://idp.example.com");
    server.change_workspace(|workspace| workspace.grant_types.push(JWT_BEARER.to_owned())).await;
    server.change_client("client", |client| client.grant_types.push(JWT_BEARER.to_owned())).await;
    server.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
    let ask = async |jti: &str, details: &Value| {
        let (assertion, details) = (issuer.sign(json!({"jti": jti})), details.to_string());
        let form = [
            ("grant_type", JWT_BEARER),
            ("assertion", assertion.as_str()),
            ("authorization_details", details.as_str()),
        ];
        server.post(TOKEN).basic("client", SECRET).form(&form).await
    };
    let tokens = ask("1", &json!([payment()])).await.ok();
    assert_eq!(tokens["authorization_details"], json!([payment()]));
    assert_eq!(told(&server, &tokens).await, json!([payment()]));
    let answer = ask("2", &json!([{"type": "unknown"}])).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_type_unknown");
    // An issuer that is held to scopes gives nothing else, and the assertion stays good.
    server.change_workspace(|workspace| workspace.trusted_issuers[0].scopes = vec!["email".to_owned()]).await;
    let answer = ask("2", &json!([payment()])).await;
    assert_eq!(answer.reason(), "400 invalid_authorization_details authorization_details_beyond_issuer");
    let assertion = issuer.sign(json!({"jti": "2"}));
    let form = [("grant_type", JWT_BEARER), ("assertion", assertion.as_str())];
    let tokens = server.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    assert_eq!((tokens.get("authorization_details"), &tokens["scope"]), (None, &json!("email")));
}

#[tokio::test]
async fn opaque_tokens_carry_them_too() {
    let server = server().await;
    server
        .change_workspace(|workspace| {
            workspace.access_token_strategy = symbolon_store::entity::server::AccessTokenStrategy::Opaque;
        })
        .await;
    let details = json!([payment()]);
    let tokens = own_token(&server, &details).await.ok();
    let form = [("token", tokens["access_token"].as_str().unwrap())];
    let introspected = server.post(INTROSPECT).basic("client", SECRET).form(&form).await.ok();
    assert_eq!(introspected["authorization_details"], details);
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
