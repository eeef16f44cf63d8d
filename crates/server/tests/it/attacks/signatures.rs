//! Signatures and headers that other libraries have believed.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey, base64url};

use crate::harness::{Answer, NOW, TOKEN, TestApp};

const ISSUER: &str = "https://localhost:8443/default/default";

/// A server with a client that signs assertions with `key`.
async fn app(key: &SigningKey) -> TestApp {
    let app = TestApp::new().await;
    let jwk = Jwk { kid: Some("a".to_owned()), ..key.public_jwk().unwrap() };
    app.add_client(json!({
        "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": [jwk]}, "token_endpoint_auth_signing_alg": "",
    }))
    .await;
    app
}

fn claims(jti: &str) -> Value {
    json!({"iss": "robot", "sub": "robot", "aud": ISSUER, "jti": jti, "exp": NOW.seconds() + 60})
}

async fn ask(app: &TestApp, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    app.post(TOKEN).form(&form).await
}

fn joined(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), base64url::encode(signature))
}

#[tokio::test]
async fn a_signature_of_nothing_verifies_nothing() {
    let header = |algorithm: Algorithm| json!({"alg": algorithm.as_str(), "kid": "a"});
    for (algorithm, lengths) in [
        (Algorithm::ES256, [64, 0, 1]),
        (Algorithm::EdDSA, [64, 0, 32]),
        (Algorithm::PS256, [256, 0, 1]),
        (Algorithm::RS256, [256, 0, 1]),
    ] {
        let app = app(&SigningKey::generate(algorithm).unwrap()).await;
        for length in lengths {
            for byte in [0x00, 0xff] {
                let assertion = joined(&header(algorithm), &claims("zero"), &vec![byte; length]);
                let answer = ask(&app, &assertion).await;
                assert_eq!(answer.status, 401, "{algorithm} {length} bytes {byte:#x}: {}", answer.text());
            }
        }
    }
    // r = s = order of P-256: zero in another spelling.
    let order = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let app = app(&SigningKey::generate(Algorithm::ES256).unwrap()).await;
    let assertion = joined(&header(Algorithm::ES256), &claims("order"), &[order, order].concat());
    assert_eq!(ask(&app, &assertion).await.status, 401);
}

#[tokio::test]
async fn what_is_compressed_or_has_unknown_extensions_is_refused() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let app = app(&key).await;
    let sign = |jti: &str, members: Value| {
        let mut header = json!({"alg": "ES256", "kid": "a", "typ": "JWT"});
        header.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let unsigned = joined(&header, &claims(jti), b"");
        let input = unsigned.trim_end_matches('.');
        format!("{input}.{}", base64url::encode(key.sign(input.as_bytes()).unwrap()))
    };
    ask(&app, &sign("good", json!({}))).await.ok();
    for (jti, members) in [
        ("crit", json!({"crit": ["x"], "x": true})),
        ("empty crit", json!({"crit": []})),
        ("b64", json!({"crit": ["b64"], "b64": false})),
    ] {
        let answer = ask(&app, &sign(jti, members)).await;
        assert_eq!(answer.status, 401, "{jti}: {}", answer.text());
    }
    // A JWE that says it is compressed is not opened.
    let header = json!({"alg": "dir", "enc": "A128GCM", "zip": "DEF"});
    let jwe = format!("{}..AAAA.AAAA.AAAA", base64url::encode(header.to_string()));
    assert_eq!(ask(&app, &jwe).await.status, 401);
}

#[tokio::test]
async fn a_changed_signature_or_text_is_refused() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let app = app(&key).await;
    let good = JwtSigner::new(key, "a", "JWT").unwrap().sign_json(&claims("one")).unwrap();
    let parts: Vec<_> = good.split('.').collect();
    for changed in [
        format!("{}.{}.{}A", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}.", parts[0], parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace('.', "%2e"),
    ] {
        assert_eq!(ask(&app, &changed).await.status, 401, "{changed}");
    }
    ask(&app, &good).await.ok();
}
