//! Assertions among the other parameters of a request, at each endpoint.

use super::*;

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = signed(&pair, &claims(json!({})));
    let with_secret = ask_with(&app, &assertion, &[("client_secret", SECRET)]).await;
    assert_eq!(with_secret.reason(), "400 invalid_request client_authenticated_twice");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &*assertion),
    ];
    let with_basic = app.post(TOKEN).form(&form).basic("shared", SECRET).await;
    assert_eq!(with_basic.reason(), "400 invalid_request client_authenticated_twice");
    // Neither has spent it.
    ask(&app, &assertion).await.ok();
}

#[tokio::test]
async fn an_assertion_speaks_for_its_own_client_alone() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let own = signed(&pair, &claims(json!({})));
    let as_other = ask_with(&app, &own, &[("client_id", "shared")]).await;
    insta::assert_snapshot!(as_other.refused(), @r#"
    401 invalid_client: The client_id of the form is not that of the client assertion.
    reason: client_assertion_of_another_client
    expected: robot
    got: shared
    client: shared
    "#);
    // With its own key it cannot speak for another, whose keys are others.
    let other = Signer::new(Algorithm::ES256, "a");
    app.add_client(json!({
        "client_id": "victim", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": [other.public()]},
    }))
    .await;
    for change in
        [json!({"sub": "victim"}), json!({"sub": "victim", "iss": "victim"}), json!({"iss": "victim"})]
    {
        let answer = ask(&app, &signed(&pair, &claims(change.clone()))).await;
        assert_eq!(answer.status, 401, "{change}");
        assert!(answer.reason().starts_with(&format!("{REFUSED} client_assertion_")), "{change}");
    }
    let unknown = claims(json!({"iss": "nobody", "sub": "nobody"}));
    assert_eq!(ask(&app, &signed(&pair, &unknown)).await.reason(), format!("{REFUSED} client_unknown"));
}

#[tokio::test]
async fn the_parameters_belong_together() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = signed(&pair, &claims(json!({})));
    let grant = ("grant_type", "client_credentials");
    for (form, reason) in [
        (vec![grant, ("client_assertion", &*assertion)], "client_assertion_incomplete"),
        (vec![grant, ("client_assertion_type", JWT_BEARER)], "client_assertion_incomplete"),
        (
            vec![
                grant,
                ("client_assertion", &*assertion),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            ],
            "client_assertion_type_unknown",
        ),
        (
            vec![grant, ("client_assertion", "x.y.z"), ("client_assertion_type", JWT_BEARER)],
            "client_assertion_malformed",
        ),
    ] {
        assert_eq!(app.post(TOKEN).form(&form).await.reason(), format!("{REFUSED} {reason}"));
    }
    ask(&app, &assertion).await.ok();
}

#[tokio::test]
async fn a_workspace_says_which_ways_it_takes() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    app.change_workspace(|server| server.token_endpoint_auth_methods = vec!["client_secret_jwt".into()])
        .await;
    let answer = ask(&app, &signed(&pair, &claims(json!({})))).await;
    assert_eq!(answer.reason(), format!("{REFUSED} client_auth_method_not_allowed"));
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery["token_endpoint_auth_methods_supported"], json!(["client_secret_jwt"]));
    assert_eq!(discovery["token_endpoint_auth_signing_alg_values_supported"], json!(["HS256"]));
    app.change_workspace(|server| server.token_endpoint_auth_methods = vec!["client_secret_post".into()])
        .await;
    let discovery = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery.get("token_endpoint_auth_signing_alg_values_supported"), None);
}

#[tokio::test]
async fn introspection_and_revocation_take_assertions_too() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let token = ask(&app, &signed(&pair, &claims(json!({})))).await.ok();
    let token = token["access_token"].as_str().unwrap();
    let form = |assertion: &str| {
        [("token", token), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let send = async |path: &str, jti: &str| {
        let assertion = signed(&pair, &claims(json!({"jti": jti, "aud": format!("{ISSUER}{path}")})));
        let form = form(&assertion);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        app.post(&format!("/default/default{path}")).form(&form).await.ok()
    };
    assert_eq!(send("/oauth2/introspect", "2").await["active"], true);
    let assertion = signed(&pair, &claims(json!({"jti": "3", "aud": format!("{ISSUER}/oauth2/revoke")})));
    let form = form(&assertion);
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(app.post("/default/default/oauth2/revoke").form(&form).await.status, 200);
    assert_eq!(send("/oauth2/introspect", "4").await["active"], false);
}
