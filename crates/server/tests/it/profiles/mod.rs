//! Security profiles: what a workspace's `profile` makes of it. docs/profiles.md names the tests.

mod fapi1;
mod fapi2;
mod lifetimes;
mod message_signing;
mod oauth21;
mod other_servers;
mod settings;

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, Jwk, JwtSigner, SigningKey, sha256_b64url};
use symbolon_store::entity::server::WorkspaceProfile;
use url::form_urlencoded::Serializer;

use crate::harness::{
    Answer, Browser, CALLBACK, NOW, Request, SECRET, TOKEN, TestApp, TestAuthority, TestCertificate,
    authorize, mac,
};

const PAR: &str = "/default/default/par";
const USERINFO: &str = "/default/default/userinfo";
const INTROSPECT: &str = "/default/default/oauth2/introspect";
const ISSUER: &str = "https://localhost:8443/default/default";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn challenge() -> String {
    sha256_b64url(VERIFIER.as_bytes())
}

/// A workspace with a profile, and a client `client` that authenticates with a certificate and has a key.
struct Bank {
    app: TestApp,
    certificate: TestCertificate,
    key: SigningKey,
}

impl Bank {
    async fn new(profile: WorkspaceProfile) -> Self {
        let app = TestApp::with_people().await;
        let authority = TestAuthority::new("CN=Bank CA");
        app.change_workspace(|server| {
            server.profile = profile;
            server.root_cas = Some(authority.pem());
        })
        .await;
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let jwk = Jwk { kid: Some("client".to_owned()), ..key.public_jwk().unwrap() };
        let jwks = json!({ "keys": [jwk] });
        app.change_client("client", |client| {
            client.client_secret = None;
            client.token_endpoint_auth_method = "tls_client_auth".to_owned();
            client.tls_client_auth_subject_dn = Some("CN=client".to_owned());
            client.tls_client_certificate_bound_access_tokens = true;
            client.jwks = serde_json::from_value(jwks).unwrap();
            client.grant_types.push("client_credentials".to_owned());
        })
        .await;
        Self { certificate: authority.client("CN=client"), app, key }
    }

    /// The same with a client that signs assertions, and binds its tokens by `DPoP`.
    async fn with_assertions(profile: WorkspaceProfile) -> Self {
        let bank = Self::new(profile).await;
        bank.app
            .change_client("client", |client| {
                client.token_endpoint_auth_method = "private_key_jwt".to_owned();
                client.tls_client_certificate_bound_access_tokens = false;
                client.dpop_bound_access_tokens = true;
            })
            .await;
        bank
    }

    /// A request by the client, with its certificate.
    fn post(&self, path: &str) -> Request<'_> {
        self.app.post(path).certificate(&self.certificate)
    }

    /// A JWT signed by the client.
    fn sign(&self, typ: &str, claims: &Value) -> String {
        JwtSigner::new(self.key.clone(), "client", typ).unwrap().sign_json(claims).unwrap()
    }

    /// An assertion by the client about itself, some of it changed.
    fn assertion(&self, jti: &str, changes: &Value) -> String {
        let mut claims = json!({
            "iss": "client", "sub": "client", "aud": ISSUER, "jti": jti,
            "iat": NOW.seconds(), "exp": NOW.seconds() + 300,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.sign("JWT", &claims)
    }

    /// A request object that asks for this, good for five minutes.
    fn object(&self, form: &[(&str, String)]) -> String {
        let mut claims = json!({
            "iss": "client", "client_id": "client", "aud": ISSUER, "nbf": NOW.seconds(), "exp": NOW.seconds() + 300,
        });
        for (name, value) in form {
            claims[*name] = json!(value);
        }
        self.sign("oauth-authz-req+jwt", &claims)
    }

    /// The address of a request that is signed, with what must be beside the object.
    fn signed(&self, form: &[(&str, String)]) -> String {
        let object = self.object(form);
        let said = |name: &str| form.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
        authorize(&[
            ("client_id", "client"),
            ("request", &object),
            ("response_type", said("response_type").unwrap_or_default()),
            ("scope", "openid"),
            ("redirect_uri", CALLBACK),
        ])
    }

    /// Pushes these parameters.
    async fn push(&self, parameters: &[(&str, &str)]) -> Answer {
        let own = [("client_id", "client")];
        self.post(PAR).form(&[&own, parameters].concat()).await
    }

    /// The address with which the browser brings a pushed request.
    fn bring(&self, pushed: &Answer) -> String {
        assert_eq!(pushed.status, 201, "{} {:?}", pushed.text(), pushed.refusal);
        let request_uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        authorize(&[("client_id", "client"), ("request_uri", &request_uri)])
    }

    /// Lets the client authenticate by its secret in each way, and by nothing: it is refused. Returns how many ways.
    async fn believes_no_secrets(&self) -> usize {
        let methods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"];
        for method in methods {
            let own = |client: &mut symbolon_store::entity::Client| {
                client.token_endpoint_auth_method = method.to_owned();
                client.token_endpoint_auth_signing_alg = String::new();
                client.client_secret = Some(symbolon_store::entity::Secret::new(SECRET.to_owned()));
            };
            self.app.change_client("client", own).await;
            let claims = json!({
                "iss": "client", "sub": "client", "aud": ISSUER, "jti": method, "exp": NOW.seconds() + 60,
            });
            let assertion = mac(SECRET.as_bytes(), &claims);
            let (grant, id) = (("grant_type", "client_credentials"), ("client_id", "client"));
            let request = match method {
                "client_secret_basic" => self.post(TOKEN).basic("client", SECRET).form(&[grant]),
                "client_secret_post" => self.post(TOKEN).form(&[grant, id, ("client_secret", SECRET)]),
                "client_secret_jwt" => {
                    let kind = ("client_assertion_type", JWT_BEARER);
                    self.post(TOKEN).form(&[grant, kind, ("client_assertion", &assertion)])
                }
                _ => self.post(TOKEN).form(&[grant, id]),
            };
            let reason = request.await.reason();
            assert_eq!(reason, "401 invalid_client client_auth_method_not_allowed", "{method}");
        }
        methods.len()
    }

    /// Redeems a code with the verifier.
    async fn redeem(&self, code: &str) -> Answer {
        self.post(TOKEN).form(&redemption(code)).await
    }
}

/// The form with which `client` redeems a code.
fn redemption(code: &str) -> [(&'static str, &str); 5] {
    [
        ("client_id", "client"),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// An authorization request without `left_out`, and with `more`.
fn asked<'a>(left_out: &[&str], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let usual = [
        ("response_type", "code".to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("scope", "openid offline_access".to_owned()),
        ("state", "of the client".to_owned()),
        ("nonce", "of the client".to_owned()),
        ("code_challenge", challenge()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !left_out.contains(name) && !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
}

fn borrowed<'a>(form: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The address of a plain request.
fn plain(left_out: &[&str], more: &[(&str, &str)]) -> String {
    let form = asked(left_out, more);
    let own = [("client_id", "client".to_owned())];
    let query = Serializer::new(String::new()).extend_pairs(own.iter().chain(&form)).finish();
    format!("{}?{query}", crate::harness::AUTHORIZE)
}

async fn discovery(app: &TestApp) -> Value {
    app.get("/default/default/.well-known/openid-configuration").await.ok()
}

/// A person logs in and accepts.
async fn sign_in(app: &TestApp, address: &str) -> Answer {
    Browser::new(app).sign_in(address, "user").await
}
