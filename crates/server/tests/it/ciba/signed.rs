//! Signed authentication requests (CIBA §7.1.1), and what FAPI-CIBA makes of them.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, base64url};
use symbolon_store::entity::server::WorkspaceProfile;

use super::{ENDPOINT, app, ask, id_of};
use crate::harness::{Answer, NOW, SECRET, Signer, TestApp, changed, mac, unsigned};

const ISSUER: &str = "https://localhost:8443/default/default";
/// What every refusal of the token itself begins with.
const INVALID: &str = "400 invalid_request request_object_";

/// The key of a client.
struct Key(Signer);

impl Key {
    fn new(algorithm: Algorithm) -> Self {
        Self(Signer::new(algorithm, algorithm.as_str()))
    }

    fn public(&self) -> Value {
        self.0.public()
    }

    fn sign(&self, changes: Value) -> String {
        self.sign_only(&claims(changes))
    }

    fn sign_only(&self, claims: &Value) -> String {
        self.0.sign_as("JWT", claims)
    }
}

/// A request of `bank`, some of it changed. `null` leaves a claim out.
fn claims(changes: Value) -> Value {
    let now = NOW.seconds();
    let usual = json!({
        "iss": "bank", "aud": ISSUER, "jti": "one", "iat": now, "nbf": now, "exp": now + 300,
        "scope": "openid", "login_hint": "user", "binding_message": "1234", "requested_expiry": 60,
    });
    changed(usual, changes)
}

async fn app_with_key(key: &Key) -> TestApp {
    let app = app().await;
    let jwks = json!({"keys": [key.public()]});
    app.change_client("bank", |client| client.jwks = serde_json::from_value(jwks).unwrap()).await;
    app
}

async fn send(app: &TestApp, request: &str) -> Answer {
    app.post(ENDPOINT).basic("bank", SECRET).form(&[("request", request)]).await
}

#[tokio::test]
async fn the_parameters_are_in_the_token() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    let answer = send(&app, &key.sign(json!({}))).await;
    assert_eq!(answer.ok()["expires_in"], 60);
    let as_text = send(&app, &key.sign(json!({"requested_expiry": "30", "jti": "two"}))).await;
    assert_eq!(as_text.ok()["expires_in"], 30);
    let audiences = json!({"aud": [ISSUER, "https://elsewhere.example"], "jti": "three"});
    send(&app, &key.sign(audiences)).await.ok();
    super::page_of(&crate::harness::Browser::new(&app), "user").await;
}

#[tokio::test]
async fn what_is_missing_wrong_or_too_old_is_refused() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    let now = NOW.seconds();
    for changes in [
        json!({"iss": null}),
        json!({"iss": "shop"}),
        json!({"iss": ISSUER}),
        json!({"aud": null}),
        json!({"aud": "https://elsewhere.example"}),
        json!({"aud": format!("{ISSUER}/backchannel/authentication")}),
        json!({"aud": format!("{ISSUER}/")}),
        json!({"iat": null}),
        json!({"iat": now + 600}),
        json!({"nbf": null}),
        json!({"nbf": now + 600}),
        json!({"nbf": now - 4200}),
        json!({"exp": null}),
        json!({"exp": now - 60}),
        json!({"exp": now + 4200}),
        json!({"exp": "tomorrow"}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 7}),
        json!({"jti": "x".repeat(513)}),
    ] {
        let answer = send(&app, &key.sign(changes.clone())).await;
        assert!(answer.reason().starts_with(INVALID), "{changes}");
    }
    for (changes, expected) in [
        (json!({"scope": ["openid"]}), "400 invalid_request parameter_malformed"),
        (json!({"login_hint": {"name": "user"}}), "400 invalid_request parameter_malformed"),
        (json!({"requested_expiry": 1.5}), "400 invalid_request requested_expiry_malformed"),
        (json!({"scope": null}), "400 invalid_request parameter_missing"),
        (json!({"login_hint": null}), "400 invalid_request hints_not_one"),
    ] {
        assert_eq!(send(&app, &key.sign(changes.clone())).await.reason(), expected, "{changes}");
    }
    // None of them was spent.
    send(&app, &key.sign(json!({}))).await.ok();
}

#[tokio::test]
async fn a_signature_that_is_not_the_clients_is_refused() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    let good = key.sign(json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let mut broken = base64url::decode(signature).unwrap();
    broken[5] ^= 1;
    let claims = claims(json!({}));
    for (request, what) in [
        (Key::new(Algorithm::ES256).sign(json!({})), "another key"),
        (format!("{signed}.{}", base64url::encode(broken)), "a changed signature"),
        (format!("{signed}."), "no signature"),
        (unsigned(&json!({"alg": "none"}), &claims, b""), "alg none"),
        (mac(SECRET.as_bytes(), &claims), "an HMAC by the secret"),
        ("x.y".to_owned(), "no JWT"),
    ] {
        assert!(send(&app, &request).await.reason().starts_with(INVALID), "{what}");
    }
    // A client without keys has signed nothing.
    let shop =
        app.post(ENDPOINT).basic("shop", SECRET).form(&[("request", &key.sign(json!({"iss": "shop"})))]);
    assert!(shop.await.reason().starts_with(INVALID));
}

#[tokio::test]
async fn a_signed_request_counts_once() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    let request = key.sign(json!({}));
    send(&app, &request).await.ok();
    assert_eq!(send(&app, &request).await.reason(), "400 invalid_request request_replayed");
    let other = key.sign(json!({"binding_message": "another"}));
    assert_eq!(send(&app, &other).await.reason(), "400 invalid_request request_replayed", "the jti is spent");
    // Another client's values are its own.
    let jwks = json!({"keys": [key.public()]});
    app.change_client("shop", |client| client.jwks = serde_json::from_value(jwks).unwrap()).await;
    let shop = key.sign(json!({"iss": "shop"}));
    app.post(ENDPOINT).basic("shop", SECRET).form(&[("request", &shop)]).await.ok();
    // Long enough for every token that could come again.
    app.advance(3600);
    let late = key.sign(json!({"nbf": NOW.seconds() + 25, "exp": NOW.seconds() + 3625}));
    assert_eq!(send(&app, &late).await.reason(), "400 invalid_request request_replayed");
}

#[tokio::test]
async fn nothing_stands_beside_a_signed_request() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    for beside in [("scope", "openid email"), ("binding_message", "other"), ("login_hint", "other")] {
        let form = [("request", &*key.sign(json!({}))), beside];
        let answer = app.post(ENDPOINT).basic("bank", SECRET).form(&form).await;
        assert_eq!(answer.reason(), "400 invalid_request parameter_beside_request", "{beside:?}");
    }
}

#[tokio::test]
async fn a_client_that_has_registered_an_algorithm_signs_and_with_no_other() {
    let key = Key::new(Algorithm::ES256);
    let app = app_with_key(&key).await;
    let register = async |algorithm: &str| {
        let algorithm = Some(algorithm.to_owned());
        app.change_client("bank", |client| client.backchannel_authentication_request_signing_alg = algorithm)
            .await;
    };
    register("ES256").await;
    assert_eq!(ask(&app, &[]).await.reason(), "400 invalid_request request_missing");
    id_of(&send(&app, &key.sign(json!({}))).await);
    register("PS256").await;
    assert!(send(&app, &key.sign(json!({"jti": "two"}))).await.reason().starts_with(INVALID));
}

#[tokio::test]
async fn fapi_ciba_wants_signed_requests_with_a_message_and_good_algorithms() {
    let (good, weak) = (Key::new(Algorithm::PS256), Key::new(Algorithm::RS256));
    let app = app_with_key(&good).await;
    app.change_workspace(|server| server.profile = WorkspaceProfile::FapiAdvanced).await;
    let jwks = json!({"keys": [good.public(), weak.public()]});
    app.change_client("bank", |client| {
        client.token_endpoint_auth_method = "private_key_jwt".to_owned();
        client.token_endpoint_auth_signing_alg = "PS256".to_owned();
        client.jwks = serde_json::from_value(jwks).unwrap();
    })
    .await;
    let ask = async |jti: &str, form: &[(&str, &str)]| {
        let assertion = good.sign_only(&json!({
            "iss": "bank", "sub": "bank", "aud": format!("{ISSUER}/backchannel/authentication"), "jti": jti,
            "iat": NOW.seconds(), "exp": NOW.seconds() + 60,
        }));
        let own = [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &*assertion),
        ];
        app.post(ENDPOINT).form(&[&own[..], form].concat()).await
    };
    let plain = [("scope", "openid"), ("login_hint", "user"), ("binding_message", "1234")];
    assert_eq!(ask("1", &plain).await.reason(), "400 invalid_request request_missing");
    ask("2", &[("request", &good.sign(json!({})))]).await.ok();
    let silent = good.sign(json!({"binding_message": null, "jti": "two"}));
    let silent = ask("3", &[("request", &silent)]).await;
    assert_eq!(silent.reason(), "400 invalid_binding_message binding_message_missing");
    let weak = weak.sign(json!({"jti": "three"}));
    assert!(ask("4", &[("request", &weak)]).await.reason().starts_with(INVALID));

    let metadata = app.get("/default/default/.well-known/openid-configuration").await.ok();
    assert_eq!(
        metadata["backchannel_authentication_request_signing_alg_values_supported"],
        json!(["ES256", "PS256"])
    );
}
