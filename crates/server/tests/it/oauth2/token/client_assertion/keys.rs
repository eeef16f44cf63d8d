//! Whose key it is, and what the key is good for.

use symbolon_jose::base64url;

use super::*;

#[tokio::test]
async fn a_client_proves_itself_with_each_kind_of_key() {
    let pairs = [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256, Algorithm::EdDSA]
        .map(|alg| Signer::new(alg, alg.as_str()));
    let app = app(&pairs.iter().collect::<Vec<_>>()).await;
    for (number, pair) in pairs.iter().enumerate() {
        let token = ask(&app, &signed(pair, &claims(json!({ "jti": number.to_string() })))).await.ok();
        assert_eq!(token["token_type"], "bearer");
    }
    // client_id is not needed, and does no harm.
    let assertion = signed(&pairs[0], &claims(json!({"jti": "with id"})));
    ask_with(&app, &assertion, &[("client_id", "robot")]).await.ok();
}

#[tokio::test]
async fn keys_that_are_not_the_clients_prove_nothing() {
    let (own, other) = (Signer::new(Algorithm::ES256, "a"), Signer::new(Algorithm::ES256, "a"));
    let app = app(&[&own]).await;
    let refused = |reason: &str| format!("{REFUSED} {reason}");
    insta::assert_snapshot!(ask(&app, &signed(&other, &claims(json!({})))).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    reason: client_assertion_signature
    detail: signature is not valid
    got: robot
    client: robot
    "#);
    // A key that the token brings along, or says where to find (RFC 8725 §3.10).
    let evil = "https://evil.example/jwks";
    for header in [
        json!({"jwk": other.public()}),
        json!({"jku": evil}),
        json!({"x5u": evil}),
        json!({"x5c": ["MIIB"]}),
        json!({"jwk": other.public(), "jku": evil, "x5u": evil}),
    ] {
        for kid in ["a", "b", "../../dev/null", "' OR 1=1 --", "https://evil.example/jwks", "", "\u{0}"] {
            let answer = ask(&app, &other.sign_with_header(kid, &header, &claims(json!({})))).await;
            assert_eq!(answer.reason(), refused("client_assertion_signature"), "{kid} {header}");
        }
    }
    // The right key under another name is another key; without a name it is tried.
    let elsewhere = own.sign_with_header("b", &json!({}), &claims(json!({})));
    assert_eq!(ask(&app, &elsewhere).await.reason(), refused("client_assertion_signature"));
    ask(&app, &own.sign_with_header("", &json!({}), &claims(json!({})))).await.ok();
    // What this server has signed itself is no assertion.
    let token = ask(&app, &signed(&own, &claims(json!({"jti": "two"})))).await.ok();
    let access_token = token["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ask(&app, &access_token).await.reason(), refused("client_assertion_signature"));
}

#[tokio::test]
async fn the_algorithm_is_the_clients_not_the_tokens() {
    let (rsa, ec) = (Signer::new(Algorithm::RS256, "rsa"), Signer::new(Algorithm::ES256, "ec"));
    let app = app(&[&rsa, &ec]).await;
    let refused = |reason: &str| format!("{REFUSED} {reason}");
    // The public key as the secret of an HMAC, in each form it might be read.
    let public = rsa.public();
    for secret in [public.to_string(), public["n"].as_str().unwrap().to_owned(), String::new()] {
        let header = json!({"alg": "HS256", "kid": "rsa"});
        let answer = ask(&app, &mac_with_header(secret.as_bytes(), &header, &claims(json!({})))).await;
        assert_eq!(answer.reason(), refused("client_auth_method_mismatch"));
    }
    for alg in ["none", "None", "NONE", "nOnE", "", "HS257", "RS256 ", "ES256K"] {
        for signature in [&b""[..], b"x"] {
            let answer = ask(&app, &unsigned(&json!({"alg": alg}), &claims(json!({})), signature)).await;
            assert_eq!(answer.reason(), refused("client_assertion_malformed"), "{alg}");
        }
    }
    let as_signed = signed(&rsa, &claims(json!({})));
    let (_, rest) = as_signed.split_once('.').unwrap();
    let stripped = format!("{}.{rest}", base64url::encode(r#"{"alg":"ES256","kid":"rsa"}"#));
    assert_eq!(ask(&app, &stripped).await.reason(), refused("client_assertion_signature"));
    let critical = signed(&rsa, &claims(json!({})));
    let (_, rest) = critical.split_once('.').unwrap();
    let critical = format!("{}.{rest}", base64url::encode(r#"{"alg":"RS256","crit":["exp"],"exp":1}"#));
    assert_eq!(ask(&app, &critical).await.reason(), refused("client_assertion_malformed"));
    // The registered algorithm, and the workspace's.
    app.change_client("robot", |client| client.token_endpoint_auth_signing_alg = "ES256".into()).await;
    insta::assert_snapshot!(ask(&app, &signed(&rsa, &claims(json!({})))).await.refused(), @r#"
    401 invalid_client: Client authentication failed.
    reason: client_assertion_algorithm
    detail: token_endpoint_auth_signing_alg of the client, or the workspace's list, has other algorithms
    expected: ES256
    got: RS256
    client: robot
    "#);
    app.change_client("robot", |client| client.token_endpoint_auth_signing_alg = String::new()).await;
    app.change_workspace(|server| server.token_endpoint_auth_signing_alg_values = vec!["PS256".into()]).await;
    for pair in [&rsa, &ec] {
        let answer = ask(&app, &signed(pair, &claims(json!({})))).await;
        assert_eq!(answer.reason(), refused("client_assertion_algorithm"));
    }
}

#[tokio::test]
async fn symmetric_keys_that_somebody_published_are_no_secret() {
    let app = app(&[]).await;
    let jwk = json!({"keys": [{"kty": "oct", "kid": "a", "k": base64url::encode(SECRET)}]});
    app.change_client("robot", |client| client.jwks = serde_json::from_value(jwk).unwrap()).await;
    let assertion =
        mac_with_header(SECRET.as_bytes(), &json!({"alg": "HS256", "kid": "a"}), &claims(json!({})));
    assert_eq!(ask(&app, &assertion).await.reason(), format!("{REFUSED} client_auth_method_mismatch"));
}

#[tokio::test]
async fn a_client_changes_its_keys_behind_its_jwks_uri() {
    let (old, new) = (Signer::new(Algorithm::ES256, "old"), Signer::new(Algorithm::ES256, "new"));
    let set = |pair: &Signer| json!({"keys": [pair.public()]}).to_string();
    let remote = Remote::start(&set(&old)).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks_uri": remote.url,
    }))
    .await;
    let mut number = 0;
    let mut send = async |pair: &Signer| {
        number += 1;
        let now = app.app.clock.now().seconds();
        let claims = claims(json!({"jti": number.to_string(), "iat": now, "exp": now + 60}));
        ask(&app, &signed(pair, &claims)).await
    };
    send(&old).await.ok();
    send(&old).await.ok();
    assert_eq!(remote.asked(), 1, "what was read is remembered");
    // Anybody can send a name that is not there: it has the set read again once in ten seconds, not more.
    for _ in 0..5 {
        assert_eq!(send(&new).await.reason(), format!("{REFUSED} client_assertion_signature"));
    }
    assert_eq!(remote.asked(), 1);
    app.advance(10);
    remote.publish(&set(&new));
    send(&new).await.ok();
    assert_eq!(send(&old).await.reason(), format!("{REFUSED} client_assertion_signature"));
    assert_eq!(remote.asked(), 2);
    // While it cannot be read, what was read before counts for a while.
    remote.publish("not a key set");
    app.advance(3000);
    send(&new).await.ok();
    app.advance(3000);
    assert_eq!(send(&new).await.reason(), "503 temporarily_unavailable jwks_uri_unreadable");
}

#[tokio::test]
async fn a_set_is_asked_for_once_by_many_at_once() {
    let pair = Signer::new(Algorithm::ES256, "a");
    let remote = Remote::start(&json!({"keys": [pair.public()]}).to_string()).await;
    let app = TestApp::with_settings(&remote.settings()).await;
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks_uri": remote.url,
    }))
    .await;
    let send = async |jti: &str| ask(&app, &signed(&pair, &claims(json!({ "jti": jti })))).await.ok();
    tokio::join!(send("1"), send("2"), send("3"), send("4"), send("5"));
    assert_eq!(remote.asked(), 1);
}
