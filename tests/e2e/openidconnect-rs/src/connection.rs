//! How requests of the client reach the server: with which certificate, and with which assertion (RFC 7523 §2.2).
//!
//! The crate knows secrets in the header and in the form. Assertions are put in where it lets one: its HTTP client.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    CsrfToken, HttpClientError, HttpRequest, HttpResponse, PrivateSigningKey, SyncHttpClient,
    core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm},
};
use reqwest::blocking::Client;
use serde_json::json;
use url::form_urlencoded;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub struct Connection {
    pub http: Client,
    pub assertion: Option<Assertion>,
}

pub struct Assertion {
    pub client_id: String,
    pub audience: String,
    pub key: Key,
}

pub enum Key {
    Secret(CoreHmacKey),
    Private(CoreEdDsaPrivateSigningKey),
}

impl SyncHttpClient for Connection {
    type Error = HttpClientError<reqwest::Error>;

    fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, Self::Error> {
        if let Some(assertion) = &self.assertion
            && request
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind == "application/x-www-form-urlencoded")
        {
            let made = assertion.make().map_err(|error| HttpClientError::Other(error.to_string()))?;
            let mut form: form_urlencoded::Serializer<'_, String> =
                form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(form_urlencoded::parse(request.body()));
            form.append_pair("client_assertion_type", ASSERTION_TYPE).append_pair("client_assertion", &made);
            *request.body_mut() = form.finish().into_bytes();
        }
        self.http.call(request)
    }
}

impl Assertion {
    /// A new one for each request: its `jti` counts once.
    fn make(&self) -> Result<String, openidconnect::SigningError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (name, algorithm) = match &self.key {
            Key::Secret(_) => ("HS256", CoreJwsSigningAlgorithm::HmacSha256),
            Key::Private(_) => ("EdDSA", CoreJwsSigningAlgorithm::EdDsa),
        };
        let header = json!({"alg": name, "typ": "JWT"});
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.audience,
            "jti": CsrfToken::new_random().secret(), "iat": now, "exp": now + 60,
        });
        let input = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = match &self.key {
            Key::Secret(key) => key.sign(&algorithm, input.as_bytes())?,
            Key::Private(key) => key.sign(&algorithm, input.as_bytes())?,
        };
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
