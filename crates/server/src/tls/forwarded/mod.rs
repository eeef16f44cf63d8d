//! Client certificates from a proxy that ends TLS: believed from listed addresses, in the one configured header;
//! removed from every request before anything else reads it.

mod decode;
mod error;
mod xfcc;

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue};
use symbolon_protocol::OAuthError;

pub use error::{ForwardedError, HeaderFault, HeaderForm};

use super::{CertificateSource, Peer, PeerCertificate};
use crate::config::Network;
use crate::oauth2::error::ErrorResponse;
use decode::Chain;

const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
const CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");
const XFCC: HeaderName = HeaderName::from_static("x-forwarded-client-cert");

/// Headers in which some proxy sends certificates. None of them reaches a handler, whoever sent it.
const CERTIFICATE_HEADERS: [HeaderName; 9] = [
    CLIENT_CERT,
    CLIENT_CERT_CHAIN,
    XFCC,
    HeaderName::from_static("x-ssl-cert"),
    HeaderName::from_static("x-ssl-client-cert"),
    HeaderName::from_static("x-client-cert"),
    HeaderName::from_static("x-amzn-mtls-clientcert"),
    HeaderName::from_static("x-amzn-mtls-clientcert-leaf"),
    HeaderName::from_static("x-forwarded-tls-client-cert"),
];

/// In a request's extensions: a trusted proxy sent a certificate header that cannot be read. The request has no
/// certificate then.
#[derive(Clone, Debug)]
pub struct CertificateFault(pub Arc<ForwardedError>);

/// Which header is believed, and from whom.
#[derive(Clone, Debug)]
pub(super) struct Forwarded {
    header: Option<HeaderName>,
    proxies: Vec<Network>,
}

impl Forwarded {
    pub(super) fn new(header: Option<HeaderName>, proxies: &[Network]) -> Self {
        Self { header, proxies: proxies.to_vec() }
    }

    /// Takes the certificate out of the headers when they come from a trusted proxy, and the headers away in any
    /// case.
    pub(super) fn take(&self, headers: &mut HeaderMap, mut peer: Peer) -> (Peer, Option<CertificateFault>) {
        let believed = self.header.as_ref().filter(|_| self.is_trusted(&peer));
        let found = believed.map(|header| (header, found(headers, header)));
        for name in CERTIFICATE_HEADERS.iter().chain(&self.header) {
            headers.remove(name);
        }
        let Some((header, found)) = found else { return (peer, None) };
        // A certificate in this proxy's own handshake is the proxy's. It must never stand for a client.
        peer.certificate = None;
        match found {
            Ok(chain) => {
                peer.certificate = chain.map(|Chain { leaf, chain }| {
                    let source = CertificateSource::Header(header.as_str().into());
                    Arc::new(PeerCertificate { leaf, chain, source })
                });
                (peer, None)
            }
            Err(error) => (peer, Some(CertificateFault(Arc::new(error)))),
        }
    }

    fn is_trusted(&self, peer: &Peer) -> bool {
        self.proxies.iter().any(|network| network.contains(peer.remote.ip()))
    }
}

/// What the one believed header holds; `None` when it is absent or empty: the client showed no certificate.
fn found(headers: &HeaderMap, header: &HeaderName) -> Result<Option<Chain>, ForwardedError> {
    let fail = |form, fault| ForwardedError { header: header.to_string(), form, fault };
    let mut values = headers.get_all(header).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let more = values.count();
    if more > 0 {
        // The proxy's own, and one that a client has smuggled past it: no telling which.
        return Err(fail(None, HeaderFault::Repeated { count: more + 1 }));
    }
    let text = text(value).ok_or_else(|| fail(None, HeaderFault::NotText))?;
    // Apache writes (null) for a variable that is not set.
    if text.is_empty() || text == "(null)" {
        return Ok(None);
    }
    let decoded = if *header == XFCC {
        xfcc::decode(text).map_err(|fault| (HeaderForm::Xfcc, fault))
    } else if *header == CLIENT_CERT {
        let chain = headers.get_all(CLIENT_CERT_CHAIN).iter().map(text_or_bad).collect::<Vec<_>>();
        decode::rfc9440(text, &chain).map_err(|fault| (HeaderForm::ByteSequence, fault))
    } else {
        decode::any(text)
    };
    decoded.map(Some).map_err(|(form, fault)| fail(Some(form), fault))
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok().map(str::trim)
}

/// What is not text is not a byte sequence either, and fails as one.
fn text_or_bad(value: &HeaderValue) -> &str {
    text(value).unwrap_or("?")
}

/// Refuses a request whose proxy sent an unusable certificate header, with a record that says why. Belongs inside
/// the layer that records refusals, around all routes.
pub async fn refuse_faults(request: Request, next: Next) -> Response {
    let Some(CertificateFault(fault)) = request.extensions().get::<CertificateFault>() else {
        return next.run(request).await;
    };
    let error = OAuthError::invalid_request("certificate_header")
        .description("The proxy in front of this server sent a client certificate that cannot be read.")
        .detail(fault)
        .expected("one client certificate in the header that server.client_certificate_header names");
    ErrorResponse::from(error).into_response()
}

#[cfg(test)]
mod tests;
