//! Server-side request forgery: every address that somebody can make this server fetch, pointed at the inside.
//! What `fetch` refuses as such: `server::fetch::tests`.

use std::path::Path;

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
        "backchannel_client_notification_endpoint",
        "frontchannel_logout_uri",
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
        for uri in
            ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:x"]
        {
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

/// What is fetched, or told to somebody, goes through `fetch`: it alone looks at addresses, redirects, sizes and times.
#[test]
fn nothing_but_the_fetcher_connects_to_others() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let (mut looked_at, mut connects) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            let is_fetcher = path.ends_with("src/fetch.rs");
            if path.extension().is_none_or(|extension| extension != "rs") || is_test || is_fetcher {
                continue;
            }
            looked_at += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let words = [
                "reqwest::",
                "hyper::client",
                "TcpStream::connect",
                "UdpSocket",
                "lookup_host",
                "ToSocketAddrs",
            ];
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            connects.extend(
                words
                    .iter()
                    .filter(|word| own.contains(**word))
                    .map(|word| format!("{}: {word}", path.display())),
            );
        }
    }
    assert!(looked_at > 200, "{looked_at} files");
    assert!(connects.is_empty(), "{connects:#?}");
}

/// A signature that names no key is tried with all keys of its client: there must not be thousands.
#[tokio::test]
async fn a_set_of_too_many_keys_is_not_tried() {
    let key = symbolon_jose::SigningKey::generate(symbolon_jose::Algorithm::ES256).unwrap();
    let jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
    let of = |count: usize| json!({ "keys": vec![&jwk; count] }).to_string();
    let remote = Remote::start(&of(101)).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "many", "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": remote.url,
        "grant_types": ["client_credentials"], "token_endpoint_auth_signing_alg": "ES256",
    }))
    .await;
    let now = crate::harness::NOW.seconds();
    let claims = json!({
        "iss": "many", "sub": "many", "aud": "https://localhost:8443/default/default", "jti": "a", "exp": now + 60,
    });
    let assertion = symbolon_jose::JwtSigner::new(key, "", "JWT").unwrap().sign_json(&claims).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    let answer = app.post(TOKEN).form(&form).await;
    assert_eq!(answer.reason(), "503 temporarily_unavailable jwks_uri_unreadable");
    remote.publish(&of(100));
    app.advance(11);
    assert_eq!(app.post(TOKEN).form(&form).await.status, 200);
}
