//! What a person sees and allows, and for how long that is remembered.

use super::*;

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
