//! Somebody else who signs JWTs.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, JwtSigner, SigningKey};
use symbolon_store::entity::lenient;
use symbolon_store::entity::server::TrustedIssuer;

use super::{NOW, TestApp, changed};

/// An issuer with one key.
pub(crate) struct TestIssuer {
    pub(crate) name: &'static str,
    key: SigningKey,
}

impl TestIssuer {
    /// An issuer of this name.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, key: SigningKey::generate(Algorithm::ES256).unwrap() }
    }

    /// Its JWK Set.
    pub(crate) fn jwks(&self) -> Value {
        let mut key = serde_json::to_value(self.key.public_jwk().unwrap()).unwrap();
        key["kid"] = json!("its-key");
        json!({ "keys": [key] })
    }

    /// A JWT of this issuer for the test workspace, valid for five minutes, with some claims changed or, by null, left
    /// out.
    pub(crate) fn sign(&self, changes: Value) -> String {
        self.sign_as("JWT", changes)
    }

    /// The same of another kind.
    pub(crate) fn sign_as(&self, typ: &str, changes: Value) -> String {
        let now = NOW.seconds();
        let usual = json!({
            "iss": self.name, "sub": "mike@example.com", "aud": "https://localhost:8443/default/default",
            "iat": now, "exp": now + 300, "jti": "one",
        });
        let key = self.key.with_algorithm(Algorithm::ES256).unwrap();
        JwtSigner::new(key, "its-key", typ).unwrap().sign_json(&changed(usual, changes)).unwrap()
    }
}

impl TestApp {
    /// Lets the workspace trust an issuer with these settings.
    pub(crate) async fn trust_issuer(&self, issuer: &TestIssuer, mut settings: Value) {
        settings["issuer"] = json!(issuer.name);
        if settings.get("jwks_uri").is_none() {
            settings["jwks"] = issuer.jwks();
        }
        let trusted: TrustedIssuer = lenient::from_value(settings).unwrap();
        self.change_workspace(|server| server.trusted_issuers.push(trusted)).await;
    }
}
