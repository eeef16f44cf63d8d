//! Request objects (RFC 9101, OpenID Connect Core §6).

mod attacks;
mod by_reference;
mod by_value;
mod demands;
mod encrypted;
mod pushed;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::harness::{Answer, CALLBACK, NOW, Signer, TestApp, authorize, changed};

const ISSUER: &str = "https://localhost:8443/default/default";

/// A server at which people can log in, and at which `client` has registered the key that is returned.
async fn app() -> (TestApp, Signer) {
    let app = TestApp::with_people().await;
    let signer = Signer::new(Algorithm::ES256, "a");
    register(&app, &[&signer]).await;
    (app, signer)
}

async fn register(app: &TestApp, signers: &[&Signer]) {
    let jwks = Signer::jwks(signers);
    app.change_client("client", |client| client.jwks = Some(jwks)).await;
}

/// What a client asks for, some of it changed. `null` leaves a claim out.
fn claims(changes: Value) -> Value {
    let now = NOW.seconds();
    let usual = json!({
        "iss": "client", "aud": ISSUER, "client_id": "client", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid", "state": "inner", "nonce": "inner", "iat": now, "nbf": now, "exp": now + 300, "jti": "one",
    });
    changed(usual, changes)
}

/// The address of a request with this object as OAuth has it: with the client's id and nothing else.
fn by_value(object: &str) -> String {
    authorize(&[("client_id", "client"), ("request", object)])
}

/// The same as OpenID Connect has it.
fn openid(object: &str, more: &[(&str, &str)]) -> String {
    let own = [
        ("client_id", "client"),
        ("request", object),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", CALLBACK),
    ];
    authorize(&[&own, more].concat())
}

/// How the browser is refused with a page.
fn page(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{answer:?}");
    answer.page();
    let record = answer.record();
    format!("{} [{}]", record.error, record.reason)
}
