//! Server-side request forgery: every address that somebody can make this server fetch, pointed at the inside.
//! What `fetch` refuses as such: `server::fetch::tests`.

use serde_json::{Value, json};

use crate::harness::{Remote, TOKEN, TestApp};

/// Registers a client by itself, with this besides.
async fn register(app: &TestApp, more: &Value) -> crate::harness::Answer {
    let mut body = json!({ "redirect_uris": ["https://app.example/callback"], "scope": "openid" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post("/default/default/oauth2/register").body("application/json", body.to_string()).await
}

/// A server that takes registrations, and knows the authority of `inside`, so that the address alone keeps it from
/// being asked.
async fn open_to_all(inside: &Remote) -> TestApp {
    let app = TestApp::with_settings(&inside.settings()[..1]).await;
    app.change_workspace(|server| {
        server.dynamic_client_registration.get_or_insert_default().enabled = true;
    })
    .await;
    app
}

#[tokio::test]
async fn the_keys_of_a_registered_client_are_not_fetched_from_the_inside() {
    let inside = Remote::start(r#"{"keys": []}"#).await;
    let app = open_to_all(&inside).await;
    let answer = register(
        &app,
        &json!({
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "jwks_uri": inside.url,
        }),
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let client_id = answer.json()["client_id"].as_str().unwrap().to_owned();
    let key = symbolon_jose::SigningKey::generate(symbolon_jose::Algorithm::ES256).unwrap();
    let now = crate::harness::NOW.seconds();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": "https://localhost:8443/default/default", "jti": "a", "exp": now + 60,
    });
    let assertion = symbolon_jose::JwtSigner::new(key, "a", "JWT").unwrap().sign_json(&claims).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "none"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    let answer = app.post(TOKEN).form(&form).await;
    assert_eq!(answer.reason(), "503 temporarily_unavailable jwks_uri_unreadable");
    assert!(
        !answer.text().contains("127.0.0.1"),
        "a stranger learns nothing of the network: {}",
        answer.text()
    );
    assert!(inside.heard().is_empty(), "{:?}", inside.heard());
}

#[tokio::test]
async fn a_sector_is_not_fetched_from_the_inside() {
    let inside = Remote::start(r#"["https://app.example/callback"]"#).await;
    let app = open_to_all(&inside).await;
    let answer =
        register(&app, &json!({"subject_type": "pairwise", "sector_identifier_uri": inside.url})).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(inside.heard().is_empty(), "{:?}", inside.heard());
}

#[tokio::test]
async fn addresses_of_other_schemes_are_not_registered() {
    let inside = Remote::start("").await;
    let app = open_to_all(&inside).await;
    for member in [
        "jwks_uri",
        "sector_identifier_uri",
        "initiate_login_uri",
        "logo_uri",
        "client_uri",
        "policy_uri",
        "tos_uri",
        "backchannel_logout_uri",
    ] {
        for uri in [
            "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_INFO",
            "javascript:alert(1)",
            "data:text/html,x",
            "//x",
        ] {
            let answer = register(&app, &json!({ member: uri })).await;
            assert_eq!(answer.status, 400, "{member} {uri}: {}", answer.text());
        }
    }
    for member in ["post_logout_redirect_uris", "request_uris"] {
        for uri in ["javascript:alert(1)", "data:text/html,x"] {
            let answer = register(&app, &json!({ member: [uri] })).await;
            assert_eq!(answer.status, 400, "{member} {uri}: {}", answer.text());
        }
    }
    assert!(inside.heard().is_empty());
}

#[tokio::test]
async fn a_logo_is_not_fetched_at_all() {
    let inside = Remote::start("not a picture").await;
    let app = open_to_all(&inside).await;
    let answer =
        register(&app, &json!({"logo_uri": inside.url, "client_uri": inside.url, "tos_uri": inside.url}))
            .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(inside.heard().is_empty());
}
