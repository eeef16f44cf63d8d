//! Two earlier secrets and their ends, at every endpoint at which clients prove themselves.

use serde_json::json;
use symbolon_store::entity::Secret;

use crate::harness::{Answer, NOW, SECRET, TestApp, client, mac};

const CIBA: &str = "urn:openid:params:grant-type:ciba";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const ISSUER: &str = "https://localhost:8443/default/default";
const NEW: &str = "the newest secret, of more than thirty-two characters";
const SECOND: &str = "the second secret, of more than thirty-two characters";

/// An endpoint, with a form that it takes.
type Endpoint = (&'static str, &'static [(&'static str, &'static str)]);

const ENDPOINTS: &[Endpoint] = &[
    ("oauth2/token", &[("grant_type", "client_credentials"), ("scope", "email")]),
    ("oauth2/introspect", &[("token", "x")]),
    ("oauth2/revoke", &[("token", "x")]),
    (
        "par",
        &[("response_type", "code"), ("redirect_uri", "https://example.com/callback"), ("scope", "openid")],
    ),
    ("device/authorization", &[("scope", "openid")]),
    ("backchannel/authentication", &[("scope", "openid"), ("login_hint", "user")]),
];

async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.grant_types.extend([CIBA.to_owned(), DEVICE.to_owned()])).await;
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt"] {
        let mut rotated = client(method);
        rotated["token_endpoint_auth_method"] = json!(method);
        rotated["token_endpoint_auth_signing_alg"] = json!("");
        rotated["grant_types"] = json!(["authorization_code", "client_credentials", CIBA, DEVICE]);
        app.add_client(rotated).await;
        app.change_client(method, |client| {
            client.client_secret = Some(Secret::new(NEW));
            client.rotated_secrets = vec![Secret::new(SECOND), Secret::new(SECRET)];
            client.rotated_secrets_expire_at = vec![0, NOW.seconds() + 60];
        })
        .await;
    }
    app
}

/// A request of the client that is named after its method.
async fn ask(app: &TestApp, endpoint: &Endpoint, method: &str, secret: &str, jti: &mut u32) -> Answer {
    let (path, form) = *endpoint;
    let request = app.post(&format!("/default/default/{path}"));
    *jti += 1;
    match method {
        "client_secret_basic" => request.basic(method, secret).form(form).await,
        "client_secret_post" => {
            request.form(&[form, &[("client_id", method), ("client_secret", secret)]].concat()).await
        }
        _ => {
            let exp = app.app.clock.now().seconds() + 60;
            let claims =
                json!({"iss": method, "sub": method, "aud": ISSUER, "jti": jti.to_string(), "exp": exp});
            let assertion = mac(secret.as_bytes(), &claims);
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            let own = [("client_assertion_type", kind), ("client_assertion", assertion.as_str())];
            request.form(&[form, &own].concat()).await
        }
    }
}

#[tokio::test]
async fn an_earlier_secret_counts_everywhere_until_its_end() {
    let app = app().await;
    let mut jti = 0;
    let mut walk = async |counting: &[&str], ended: &[&str]| {
        for endpoint in ENDPOINTS {
            for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt"] {
                for secret in counting {
                    let answer = ask(&app, endpoint, method, secret, &mut jti).await;
                    let what = format!("{} {method} {secret}", endpoint.0);
                    assert!((200..300).contains(&answer.status), "{what} {answer:?}");
                }
                for secret in ended {
                    let answer = ask(&app, endpoint, method, secret, &mut jti).await;
                    let what = format!("{} {method} {secret}", endpoint.0);
                    assert_eq!(
                        (answer.status, &answer.json()["error"]),
                        (401, &json!("invalid_client")),
                        "{what}"
                    );
                }
            }
        }
    };
    walk(&[NEW, SECOND, SECRET], &["a secret of nobody, of more than thirty-two characters"]).await;
    app.advance(60);
    walk(&[NEW, SECOND], &[SECRET]).await;
}
