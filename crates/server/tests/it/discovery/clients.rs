//! How clients prove themselves, and what their tokens are bound to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{add, discovery, everything, values};
use crate::harness::{
    Answer, DpopKey, NOW, Request, SECRET, Signer, TOKEN, TestApp, TestAuthority, TestCertificate, decode,
    mac,
};

const INTROSPECT: &str = "/default/default/oauth2/introspect";
const REVOKE: &str = "/default/default/oauth2/revoke";
const ISSUER: &str = "https://localhost:8443/default/default";

/// What clients prove themselves with.
struct Proofs {
    signers: Vec<Signer>,
    authority_certificate: TestCertificate,
    own_certificate: TestCertificate,
    count: std::cell::Cell<u32>,
}

impl Proofs {
    /// A request to `path` by the client of `method`, named after it.
    fn prove<'a>(
        &self,
        app: &'a TestApp,
        path: &str,
        method: &str,
        alg: &str,
        form: &[(&str, &str)],
    ) -> Request<'a> {
        let assertion = |alg: &str| {
            self.count.set(self.count.get() + 1);
            let claims = json!({
                "iss": method, "sub": method, "aud": ISSUER, "jti": self.count.get().to_string(), "exp": NOW.seconds() + 60,
            });
            self.sign(alg, &claims)
        };
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let named = |more: &[(&str, &str)]| {
            let own = [form, more].concat();
            app.post(path).form(&own)
        };
        match method {
            "client_secret_basic" => app.post(path).basic(method, SECRET).form(form),
            "client_secret_post" => named(&[("client_id", method), ("client_secret", SECRET)]),
            "client_secret_jwt" | "private_key_jwt" => {
                named(&[("client_assertion_type", kind), ("client_assertion", &assertion(alg))])
            }
            "tls_client_auth" => named(&[("client_id", method)]).certificate(&self.authority_certificate),
            "self_signed_tls_client_auth" => {
                named(&[("client_id", method)]).certificate(&self.own_certificate)
            }
            "none" => named(&[("client_id", method)]),
            other => panic!("who walks the method {other}?"),
        }
    }

    fn sign(&self, alg: &str, claims: &Value) -> String {
        match alg {
            "HS256" => mac(SECRET.as_bytes(), claims),
            alg => {
                let algorithm: Algorithm = alg.parse().unwrap();
                let signer = self.signers.iter().find(|signer| signer.serves(algorithm));
                signer.unwrap_or_else(|| panic!("who signs with {alg}?")).sign_as("JWT", claims)
            }
        }
    }
}

async fn proofs(app: &TestApp) -> Proofs {
    let authority = TestAuthority::new("CN=Test CA");
    app.change_workspace(|server| server.root_cas = Some(authority.pem())).await;
    let rsa = Signer::new(Algorithm::RS256, "rsa");
    let proofs = Proofs {
        authority_certificate: authority.client("CN=client"),
        own_certificate: TestCertificate::self_signed("CN=own"),
        signers: vec![
            Signer::new(Algorithm::ES256, "es"),
            Signer::new(Algorithm::EdDSA, "ed"),
            rsa.with_algorithm(Algorithm::PS256),
            rsa,
        ],
        count: std::cell::Cell::default(),
    };
    let mut rsa = proofs.signers[3].public();
    rsa.as_object_mut().unwrap().remove("alg");
    let keys = json!({"keys": [proofs.signers[0].public(), proofs.signers[1].public(), rsa]});
    let leaf = proofs.own_certificate.leaf();
    let mut own = serde_json::to_value(symbolon_jose::Jwk::from_spki_der(leaf.spki_der()).unwrap()).unwrap();
    own["x5c"] = json!([STANDARD.encode(leaf.der())]);
    for method in values(&discovery(app).await, "token_endpoint_auth_methods_supported") {
        let grants = if method == "none" { json!(["password"]) } else { json!(["client_credentials"]) };
        let mut changes = json!({
            "token_endpoint_auth_method": method, "token_endpoint_auth_signing_alg": "", "grant_types": grants,
            "scopes": ["openid", "email"],
        });
        match method.as_str() {
            "private_key_jwt" => changes["jwks"] = keys.clone(),
            "self_signed_tls_client_auth" => changes["jwks"] = json!({ "keys": [own] }),
            "tls_client_auth" => changes["tls_client_auth_subject_dn"] = json!("CN=client"),
            _ => {}
        }
        add(app, &method, changes).await;
    }
    proofs
}

/// The algorithms that a method is used with.
fn algorithms(document: &Value, endpoint: &str, method: &str) -> Vec<String> {
    let all = values(document, &format!("{endpoint}_endpoint_auth_signing_alg_values_supported"));
    match method {
        "client_secret_jwt" => all.into_iter().filter(|alg| alg.starts_with("HS")).collect(),
        "private_key_jwt" => all.into_iter().filter(|alg| !alg.starts_with("HS")).collect(),
        _ => vec!["none".to_owned()],
    }
}

async fn own_token(app: &TestApp, proofs: &Proofs, method: &str, alg: &str) -> Answer {
    let people =
        [("grant_type", "password"), ("username", "user"), ("password", "user"), ("scope", "openid")];
    let own = [("grant_type", "client_credentials")];
    let form: &[_] = if method == "none" { &people } else { &own };
    proofs.prove(app, TOKEN, method, alg, form).await
}

#[tokio::test]
async fn every_method_at_every_endpoint() {
    let app = everything().await;
    let proofs = proofs(&app).await;
    let document = discovery(&app).await;
    let mut walked = 0;
    for (endpoint, path) in [("token", TOKEN), ("introspection", INTROSPECT), ("revocation", REVOKE)] {
        for method in values(&document, &format!("{endpoint}_endpoint_auth_methods_supported")) {
            let algorithms = algorithms(&document, endpoint, &method);
            assert!(!algorithms.is_empty(), "{method} without an algorithm at {endpoint}");
            for alg in &algorithms {
                let issued = own_token(&app, &proofs, &method, alg).await;
                let what = format!("{endpoint} {method} {alg}");
                assert_eq!(issued.status, 200, "{what} {} {:?}", issued.text(), issued.refusal);
                walked += 1;
                if endpoint == "token" {
                    continue;
                }
                let token = issued.json()["access_token"].as_str().unwrap().to_owned();
                let answer = proofs.prove(&app, path, &method, alg, &[("token", &token)]).await;
                assert_eq!(answer.status, 200, "{what} {} {:?}", answer.text(), answer.refusal);
                if endpoint == "introspection" {
                    assert_eq!(answer.json()["active"], true, "{what}");
                }
            }
        }
    }
    assert!(walked >= 28, "{walked}");
}

#[tokio::test]
async fn every_algorithm_of_dpop_proofs() {
    let app = everything().await;
    let algorithms = values(&discovery(&app).await, "dpop_signing_alg_values_supported");
    assert!(algorithms.len() >= 3, "{algorithms:?}");
    for alg in &algorithms {
        let key = DpopKey::new(alg.parse().unwrap());
        let form = [("grant_type", "client_credentials"), ("scope", "email")];
        let request = app.post(TOKEN).basic("client", SECRET).form(&form);
        let tokens = request.proof(&key.proof("POST", TOKEN)).await.ok();
        assert_eq!(tokens["token_type"], "DPoP", "{alg}");
        let token = decode(tokens["access_token"].as_str().unwrap()).1;
        assert_eq!(token["cnf"]["jkt"], key.jkt(), "{alg}");
    }
}

#[tokio::test]
async fn tokens_are_bound_to_certificates() {
    let app = everything().await;
    let proofs = proofs(&app).await;
    assert_eq!(discovery(&app).await["tls_client_certificate_bound_access_tokens"], true);
    app.change_client("tls_client_auth", |client| client.tls_client_certificate_bound_access_tokens = true)
        .await;
    let token = own_token(&app, &proofs, "tls_client_auth", "").await.ok();
    let token = decode(token["access_token"].as_str().unwrap()).1;
    assert_eq!(token["cnf"]["x5t#S256"], proofs.authority_certificate.thumbprint());
}
