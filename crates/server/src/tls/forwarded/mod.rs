//! What a proxy in front says about a client. Its certificate, when the proxy ends TLS: believed from listed addresses, in the one configured header;
//! removed from every request before anything else reads it. Its address: see [`address`].

mod address;
mod decode;
mod error;
mod xfcc;

use std::net::SocketAddr;
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

/// In a request's extensions: the trusted proxy that it came through, when [`Peer::remote`] is what this proxy says
/// of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via(pub SocketAddr);

/// What is known of a request's other end.
pub(super) struct Taken {
    pub(super) peer: Peer,
    pub(super) via: Option<Via>,
    pub(super) fault: Option<CertificateFault>,
}

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

    /// Takes what a trusted proxy says, and the certificate headers away in any case.
    pub(super) fn take(&self, headers: &mut HeaderMap, peer: Peer) -> Taken {
        let trusted = self.is_trusted(&peer);
        let mut taken = Taken { peer, via: None, fault: None };
        if trusted {
            if let Some(client) = address::client(headers, &self.proxies) {
                taken.via = Some(Via(taken.peer.remote));
                taken.peer.remote = SocketAddr::new(client, 0);
            }
            if let Some(header) = &self.header {
                // A certificate in this proxy's own handshake is the proxy's. It must never stand for a client.
                taken.peer.certificate = None;
                match found(headers, header) {
                    Ok(chain) => taken.peer.certificate = chain.map(|chain| shown(chain, header)),
                    Err(error) => taken.fault = Some(CertificateFault(Arc::new(error))),
                }
            }
        }
        for name in CERTIFICATE_HEADERS.iter().chain(&self.header) {
            headers.remove(name);
        }
        taken
    }

    fn is_trusted(&self, peer: &Peer) -> bool {
        self.proxies.iter().any(|network| network.contains(peer.remote.ip()))
    }
}

fn shown(Chain { leaf, chain }: Chain, header: &HeaderName) -> Arc<PeerCertificate> {
    let source = CertificateSource::Header(header.as_str().into());
    Arc::new(PeerCertificate { leaf, chain, source })
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
