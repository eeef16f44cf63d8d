//! How clients prove themselves, and what their tokens are bound to.

use std::cell::Cell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::decoupled;
use super::walk::{INTROSPECT, ISSUER, PAR, PROFILES, Walk, beside, claims};
use crate::ciba;
use crate::harness::{
    Answer, Browser, CALLBACK, DpopKey, NOW, Request, SECRET, TOKEN, TestCertificate, TestCode, authorize,
    client, decode, mac,
};

const REVOKE: &str = "/default/default/oauth2/revoke";
const DEVICE: &str = "/default/default/device/authorization";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Clients that are named after their methods, and what they prove themselves with.
struct Proofs<'a> {
    walk: &'a Walk,
    own_certificate: TestCertificate,
    count: Cell<u32>,
}

impl<'a> Proofs<'a> {
    async fn new(walk: &'a Walk) -> Self {
        let own_certificate = TestCertificate::self_signed("CN=own");
        let leaf = own_certificate.leaf();
        let mut own =
            serde_json::to_value(symbolon_jose::Jwk::from_spki_der(leaf.spki_der()).unwrap()).unwrap();
        own["x5c"] = json!([STANDARD.encode(leaf.der())]);
        let mut keys = walk.jwks();
        keys["keys"].as_array_mut().unwrap().push(own);
        for method in walk.values("token_endpoint_auth_methods_supported") {
            let mut new = client(&method);
            new["token_endpoint_auth_method"] = json!(method);
            new["token_endpoint_auth_signing_alg"] = json!("");
            new["grant_types"] = json!(super::GRANTS);
            new["jwks"] = keys.clone();
            new["tls_client_certificate_bound_access_tokens"] = json!(walk.is_bound());
            if method == "tls_client_auth" {
                new["tls_client_auth_subject_dn"] = json!("CN=client");
            }
            walk.app.add_client(new).await;
        }
        Self { walk, own_certificate, count: Cell::default() }
    }

    fn next(&self) -> String {
        self.count.set(self.count.get() + 1);
        self.count.get().to_string()
    }

    /// A request to `path` by the client of `method`.
    fn prove(&self, path: &str, method: &str, alg: &str, form: &[(&str, &str)]) -> Request<'a> {
        let app = &self.walk.app;
        let named = |more: &[(&str, &str)]| app.post(path).form(&[form, more].concat());
        // Where tokens are bound, to a certificate if there is no other proof.
        let bound = |request: Request<'a>| match self.walk.is_bound() {
            true => request.certificate(&self.walk.certificate),
            false => request,
        };
        match method {
            "client_secret_basic" => app.post(path).basic(method, SECRET).form(form),
            "client_secret_post" => named(&[("client_id", method), ("client_secret", SECRET)]),
            "client_secret_jwt" | "private_key_jwt" => {
                let assertion = self.assertion(method, alg);
                bound(named(&[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)]))
            }
            "tls_client_auth" => named(&[("client_id", method)]).certificate(&self.walk.certificate),
            "self_signed_tls_client_auth" => {
                named(&[("client_id", method)]).certificate(&self.own_certificate)
            }
            "none" => named(&[("client_id", method)]),
            other => panic!("who walks the method {other}?"),
        }
    }

    fn assertion(&self, method: &str, alg: &str) -> String {
        let claims = json!({
            "iss": method, "sub": method, "aud": ISSUER, "jti": self.next(), "iat": NOW.seconds(),
            "exp": NOW.seconds() + 60,
        });
        match alg {
            "HS256" => mac(SECRET.as_bytes(), &claims),
            alg => self.walk.signer(alg).sign_as("JWT", &claims),
        }
    }

    /// The tokens of a client, for a code of `user`.
    async fn tokens(&self, method: &str, alg: &str) -> Answer {
        // A code's name, and its client's, live as long as the test.
        let code: &'static str = format!("code {}", self.next()).leak();
        let client_id: &'static str = method.to_owned().leak();
        let resources = self.walk.resources().iter().map(|(_, value)| *value).collect();
        self.walk.app.add_code(TestCode { code, client_id, resources, ..TestCode::default() }).await;
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.prove(TOKEN, method, alg, &form).await
    }

    /// What the client sends to an endpoint.
    async fn form(&self, endpoint: &str, method: &str, alg: &str) -> Vec<(String, String)> {
        let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match endpoint {
            "introspection" | "revocation" => {
                let issued = self.tokens(method, alg).await.ok();
                vec![owned("token", issued["access_token"].as_str().unwrap())]
            }
            "par" => {
                let form = self.walk.parameters("code", &[]);
                if !self.walk.says("require_signed_request_object") {
                    return form;
                }
                let mut claims = claims(&form);
                claims["iss"] = json!(method);
                claims["client_id"] = json!(method);
                vec![owned("request", &self.walk.signer("ES256").sign(&claims))]
            }
            "ciba" => decoupled::parameters(self.walk, method, &self.next(), decoupled::needed(self.walk)),
            "device" => {
                let resources = self.walk.resources();
                let scope = [owned("scope", "openid")].into_iter();
                scope.chain(resources.iter().map(|(name, value)| owned(name, value))).collect()
            }
            other => panic!("who walks the endpoint {other}?"),
        }
    }
}

/// The algorithms that a method is used with.
fn algorithms(walk: &Walk, endpoint: &str, method: &str) -> Vec<String> {
    let all = walk.values(&format!("{endpoint}_endpoint_auth_signing_alg_values_supported"));
    match method {
        "client_secret_jwt" => all.into_iter().filter(|alg| alg.starts_with("HS")).collect(),
        "private_key_jwt" => all.into_iter().filter(|alg| !alg.starts_with("HS")).collect(),
        _ => vec!["none".to_owned()],
    }
}

/// The methods of the token endpoint are those of PAR (RFC 9126 §2), CIBA (§4) and device authorization (RFC 8628 §3.1)
/// too.
#[tokio::test]
async fn every_method_at_every_endpoint() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let proofs = Proofs::new(&walk).await;
        let mut walked = 0;
        for (endpoint, path, listed) in [
            ("token", TOKEN, "token"),
            ("introspection", INTROSPECT, "introspection"),
            ("revocation", REVOKE, "revocation"),
            ("par", PAR, "token"),
            ("ciba", ciba::ENDPOINT, "token"),
            ("device", DEVICE, "token"),
        ] {
            for method in walk.values(&format!("{listed}_endpoint_auth_methods_supported")) {
                let algorithms = algorithms(&walk, listed, &method);
                assert!(!algorithms.is_empty(), "{method} without an algorithm at {endpoint}");
                for alg in &algorithms {
                    let what = format!("{} {endpoint} {method} {alg}", walk.name);
                    let answer = match endpoint {
                        "token" => proofs.tokens(&method, alg).await,
                        _ => {
                            let form = proofs.form(endpoint, &method, alg).await;
                            let form: Vec<_> =
                                form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                            proofs.prove(path, &method, alg, &form).await
                        }
                    };
                    // CIBA is for clients that authenticate themselves (CIBA §7.1).
                    if (endpoint, method.as_str()) == ("ciba", "none") {
                        assert_eq!(
                            answer.reason(),
                            "400 unauthorized_client ciba_by_public_client",
                            "{what}"
                        );
                        continue;
                    }
                    let expected = if endpoint == "par" { 201 } else { 200 };
                    assert_eq!(answer.status, expected, "{what} {} {:?}", answer.text(), answer.refusal);
                    if endpoint == "introspection" {
                        assert_eq!(Walk::introspected(&answer)["active"], true, "{what}");
                    }
                    walked += 1;
                }
            }
        }
        // Two certificates and two algorithms at six endpoints are the fewest.
        assert!(walked >= 24, "{}: {walked}", walk.name);
    }
}

#[tokio::test]
async fn every_algorithm_of_dpop_proofs() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let algorithms = walk.values("dpop_signing_alg_values_supported");
        assert!(algorithms.len() >= 2, "{}: {algorithms:?}", walk.name);
        for alg in &algorithms {
            let key = DpopKey::new(alg.parse().unwrap());
            let form =
                [&[("grant_type", "client_credentials"), ("scope", "email")], &walk.resources()[..]].concat();
            let tokens = walk.post(TOKEN, &form).proof(&key.proof("POST", TOKEN)).await.ok();
            assert_eq!(tokens["token_type"], "DPoP", "{} {alg}", walk.name);
            let token = decode(tokens["access_token"].as_str().unwrap()).1;
            assert_eq!(token["cnf"]["jkt"], key.jkt(), "{} {alg}", walk.name);
        }
    }
}

#[tokio::test]
async fn tokens_are_bound_to_certificates() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert!(walk.says("tls_client_certificate_bound_access_tokens"));
        walk.app
            .change_client("client", |client| client.tls_client_certificate_bound_access_tokens = true)
            .await;
        let browser = Browser::new(&walk.app);
        let answer = browser.sign_in(&walk.asked("code", &[]).await, "user").await;
        let tokens = walk.redeem(&super::walk::code(&answer)).await;
        let token = decode(tokens["access_token"].as_str().unwrap()).1;
        assert_eq!(token["cnf"]["x5t#S256"], walk.certificate.thumbprint(), "{}", walk.name);
    }
}

/// Client ID metadata documents: a client that nobody registered, as the profile wants clients to be.
#[tokio::test]
async fn a_client_describes_itself() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        assert!(walk.says("client_id_metadata_document_supported"));
        let id = walk.remote.url.clone();
        let document = json!({
            "client_id": id, "client_name": "Notes", "redirect_uris": [CALLBACK], "scope": "openid",
            "grant_types": ["authorization_code"], "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "jwks": walk.jwks(), "tls_client_certificate_bound_access_tokens": walk.is_bound(),
        });
        walk.remote.answer("200 OK\r\ncontent-type: application/json");
        walk.remote.publish(&document.to_string());
        let post = |path: &str, form: &[(&str, &str)]| {
            let now = NOW.seconds();
            let jti = symbolon_jose::sha256_b64url(format!("{form:?}").as_bytes());
            let claims =
                json!({"iss": id, "sub": id, "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60});
            let assertion = walk.signer("ES256").sign_as("JWT", &claims);
            let own = [
                ("client_id", id.as_str()),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
            ];
            walk.app.post(path).certificate(&walk.certificate).form(&[&own, form].concat())
        };
        let mut form = walk.parameters("code", &[]);
        if walk.says("require_signed_request_object") {
            let mut claims = claims(&form);
            claims["iss"] = json!(id);
            claims["client_id"] = json!(id);
            form = beside(walk.signer("ES256").sign(&claims), &form);
        }
        let mut form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pushed;
        if walk.says("require_pushed_authorization_requests") {
            if walk.says("require_signed_request_object") {
                form.retain(|(name, _)| *name == "request");
            }
            pushed = post(PAR, &form).await;
            assert_eq!(pushed.status, 201, "{} {} {:?}", walk.name, pushed.text(), pushed.refusal);
            let request_uri: Value = pushed.json()["request_uri"].clone();
            let request_uri: &'static str = request_uri.as_str().unwrap().to_owned().leak();
            form = vec![("request_uri", request_uri)];
        }
        let asked = authorize(&[&[("client_id", id.as_str())], &form[..]].concat());
        let answer = Browser::new(&walk.app).sign_in(&asked, "user").await;
        let code = super::walk::code(&answer);
        let redemption = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", super::walk::VERIFIER),
        ];
        let tokens = post(TOKEN, &redemption).await.ok();
        assert_eq!(decode(tokens["id_token"].as_str().unwrap()).1["aud"], json!([id]), "{}", walk.name);
    }
}
