//! A request, put together step by step and sent by `.await`.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt;
use symbolon_server::oauth2::dpop::DPOP;
use symbolon_server::tls::{Peer, PeerCertificate};
use tower::ServiceExt;

use super::{Answer, Proof, TestApp, TestCertificate};

/// A request to the server, by way of its real router.
pub(crate) struct Request<'a> {
    app: &'a TestApp,
    request: http::Request<Body>,
    certificate: Option<Arc<PeerCertificate>>,
}

impl<'a> Request<'a> {
    pub(super) fn new(app: &'a TestApp, method: Method, path: &str) -> Self {
        let request = http::Request::builder().method(method).uri(path).header(HOST, "localhost:8443");
        Self { app, request: request.body(Body::empty()).unwrap(), certificate: None }
    }

    /// A form as the body.
    pub(crate) fn form(self, parameters: &[(&str, &str)]) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.body("application/x-www-form-urlencoded", form)
    }

    /// Any body.
    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self.header(CONTENT_TYPE, content_type)
    }

    /// A header; several of a name are kept.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The headers, to change what the harness sets.
    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.request.headers_mut()
    }

    /// A client's id and secret in the Authorization header, form-encoded as RFC 6749 §2.3.1 wants them.
    pub(crate) fn basic(self, client_id: &str, secret: &str) -> Self {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let credentials = STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret)));
        self.header(AUTHORIZATION, &format!("Basic {credentials}"))
    }

    /// An access token in the Authorization header.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// An access token in the Authorization header, bound to a key, and the proof.
    pub(crate) fn dpop(self, token: &str, proof: &Proof<'_>) -> Self {
        self.header(AUTHORIZATION, &format!("DPoP {token}")).proof(proof)
    }

    /// A `DPoP` proof.
    pub(crate) fn proof(self, proof: &Proof<'_>) -> Self {
        self.header(DPOP, &proof.sign())
    }

    /// A client certificate whose key the TLS handshake has proven.
    pub(crate) fn certificate(mut self, certificate: &TestCertificate) -> Self {
        self.certificate = Some(certificate.shown());
        self
    }

    async fn send(mut self) -> Answer {
        let remote = SocketAddr::from(([203, 0, 113, 9], 40_000));
        self.request.extensions_mut().insert(Peer { remote, certificate: self.certificate, resumed: false });
        let path = self.request.uri().path().to_owned();
        let response = self.app.router.clone().oneshot(self.request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer::new(&self.app.app.refusals, &path, parts, body).await
    }
}

impl<'a> IntoFuture for Request<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
