//! What an assertion says, to whom, and how often it counts.

use super::*;

#[tokio::test]
async fn the_audience_is_the_issuer_or_an_endpoint_of_the_workspace() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let endpoint = |path: &str| json!(format!("{ISSUER}{path}"));
    let good = [
        json!(ISSUER),
        endpoint("/oauth2/token"),
        endpoint("/par"),
        json!([ISSUER]),
        json!(["https://elsewhere.example", format!("{ISSUER}/oauth2/token")]),
    ];
    for (number, aud) in good.iter().enumerate() {
        let claims = claims(json!({"aud": aud, "jti": number.to_string()}));
        assert_eq!(ask(&app, &signed(&pair, &claims)).await.status, 200, "{aud}");
    }
    let bad = [
        json!("https://localhost:8443/default/developer"),
        json!("https://localhost:8443/default/developer/oauth2/token"),
        json!("https://localhost:8443/other/default"),
        json!("https://evil.example/default/default"),
        json!(format!("{ISSUER}/")),
        json!("https://localhost:8443/default/default/../admin"),
        json!("https://localhost:8443"),
        json!([]),
        json!({"aud": ISSUER}),
        json!(7),
        json!(["https://elsewhere.example"]),
        Value::Null,
    ];
    for aud in bad {
        let answer = ask(&app, &signed(&pair, &claims(json!({ "aud": aud })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_audience"), "{aud}");
    }
}

#[tokio::test]
async fn a_fapi_2_workspace_wants_its_issuer_as_the_only_audience() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    app.change_workspace(|server| server.profile = WorkspaceProfile::Fapi20Security).await;
    for aud in [json!([ISSUER]), json!(format!("{ISSUER}/oauth2/token")), json!(format!("{ISSUER}/par"))] {
        let answer = ask(&app, &signed(&pair, &claims(json!({ "aud": aud })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_audience"), "{aud}");
    }
    // It issues nothing that is not bound.
    let assertion = signed(&pair, &claims(json!({})));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &assertion),
    ];
    app.post(TOKEN).form(&form).certificate(&TestCertificate::self_signed("CN=robot")).await.ok();
}

#[tokio::test]
async fn every_claim_must_be_right() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let now = NOW.seconds();
    for (number, change) in [
        json!({"exp": null}),
        json!({"exp": now - 30}),
        json!({"exp": now - 300}),
        json!({"exp": "soon"}),
        json!({"nbf": now + 61}),
        json!({"iat": now + 61}),
        json!({"nbf": "now"}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 7}),
        json!({"jti": "j".repeat(513)}),
        json!({"iss": null}),
        json!({"sub": null}),
        json!({"iss": "shared"}),
        json!({"iss": ISSUER}),
        json!({"sub": ["robot"]}),
        json!({"iss": "Robot"}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut changed = json!({ "jti": number.to_string() });
        changed.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ask(&app, &signed(&pair, &claims(changed))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_invalid"), "{change}");
    }
    for exp in [json!(now + 3631), json!(now + 365 * 24 * 3600), json!(1e300)] {
        let answer = ask(&app, &signed(&pair, &claims(json!({ "exp": exp })))).await;
        assert_eq!(answer.reason(), format!("{REFUSED} client_assertion_lives_too_long"), "{exp}");
    }
    // A clock that is a little fast is no fault (FAPI 2.0 §5.3.2.1).
    for (number, ahead) in [json!({"iat": now + 10}), json!({"nbf": now + 10})].into_iter().enumerate() {
        let mut changed = json!({ "jti": format!("fast {number}") });
        changed.as_object_mut().unwrap().extend(ahead.as_object().unwrap().clone());
        ask(&app, &signed(&pair, &claims(changed))).await.ok();
    }
}

#[tokio::test]
async fn an_expired_assertion_is_told_so() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let expired = signed(&pair, &claims(json!({"exp": NOW.seconds() - 300})));
    insta::assert_snapshot!(ask(&app, &expired).await.refused(), @r#"
    401 invalid_client: The client assertion is not accepted: expired: exp 1799999700, now 1800000000.
    reason: client_assertion_invalid
    detail: expired: exp 1799999700, now 1800000000
    client: robot
    "#);
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = signed(&pair, &claims(json!({})));
    ask(&app, &assertion).await.ok();
    insta::assert_snapshot!(ask(&app, &assertion).await.refused(), @r#"
    401 invalid_client: The client assertion was used before: make a new one, with a jti of its own, each time.
    reason: client_assertion_replayed
    got: one
    client: robot
    "#);
    // Another assertion of the same jti is the same assertion; to the very end of its life and beyond.
    let longer = signed(&pair, &claims(json!({"exp": NOW.seconds() + 120})));
    assert_eq!(ask(&app, &longer).await.reason(), format!("{REFUSED} client_assertion_replayed"));
    // At another endpoint it is spent too.
    let form = [("token", "x"), ("client_assertion_type", JWT_BEARER), ("client_assertion", &*longer)];
    let elsewhere = app.post("/default/default/oauth2/introspect").form(&form).await;
    assert_eq!(elsewhere.reason(), format!("{REFUSED} client_assertion_replayed"));
    app.advance(89);
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_assertion_replayed"));
    app.advance(1);
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_assertion_invalid"));
}

#[tokio::test]
async fn of_many_uses_at_once_one_counts() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    let assertion = signed(&pair, &claims(json!({})));
    let (a, b, c, d) = tokio::join!(
        ask(&app, &assertion),
        ask(&app, &assertion),
        ask(&app, &assertion),
        ask(&app, &assertion)
    );
    assert_eq!([a, b, c, d].iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn what_one_client_spends_another_still_has() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let app = app(&[&pair]).await;
    ask(&app, &signed(&pair, &claims(json!({})))).await.ok();
    let shared = claims(json!({"iss": "shared", "sub": "shared"}));
    ask(&app, &mac(SECRET.as_bytes(), &shared)).await.ok();
    assert_eq!(
        ask(&app, &mac(SECRET.as_bytes(), &shared)).await.reason(),
        format!("{REFUSED} client_assertion_replayed")
    );
}
