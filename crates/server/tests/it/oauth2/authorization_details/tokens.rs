//! Which details are in the tokens that come after.

use super::*;

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
