//! The one outgoing HTTP client: everything that clients may have this server fetch (`jwks_uri` and its like), and every
//! address that they may have it tell something (`backchannel_logout_uri` and its like).
//!
//! What a stranger registers must not turn the server against its own network (SSRF): https only, no redirects, no
//! private addresses unless configured (checked on the very address that is connected to, so that a name cannot
//! change its mind in between), and limits on time and size.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, CONTENT_TYPE};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, StatusCode, Url, redirect};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Fetches documents from others, and sends them messages.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    allow_private: bool,
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its media type, in lower case and without parameters, if the answer names one.
    pub media_type: Option<String>,
    /// The content.
    pub body: Vec<u8>,
    /// How long it may be kept, in seconds (RFC 9111 §5.2), if the answer says so.
    pub max_age: Option<i64>,
}

/// How the fetcher is set up.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Certificates trusted beside the system's roots.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Whether addresses of private networks and of this machine may be connected to.
    pub allow_private_addresses: bool,
    /// Longest time for one fetch.
    pub timeout: Duration,
}

/// What is sent to somebody.
pub struct Message<'a> {
    /// Its media type.
    pub content_type: &'static str,
    /// Its body.
    pub body: String,
    /// The bearer token that goes with it (RFC 6750 §2.1).
    pub bearer: Option<&'a str>,
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an absolute https URL.
    #[error("{0} is not an https URL")]
    NotHttps(String),
    /// The address belongs to a private network or to this machine.
    #[error(
        "{0} is an address of a private network: such fetches are allowed by client.allow_private_addresses"
    )]
    PrivateAddress(String),
    /// No connection, no answer in time, or a certificate that is not trusted.
    #[error("{url}: {reason}")]
    Failed {
        /// What was fetched.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer, but not the document.
    #[error("{url} answered {status}")]
    Status {
        /// What was fetched.
        url: String,
        /// The HTTP status.
        status: StatusCode,
    },
    /// The document is larger than it may be.
    #[error("{url} is larger than {limit} bytes")]
    TooLarge {
        /// What was fetched.
        url: String,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Setup(String),
}

impl FetchError {
    /// Whether another try would end the same way: it is the address itself that is at fault.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::NotHttps(_) | Self::PrivateAddress(_))
    }
}

impl Fetcher {
    /// Makes the client.
    ///
    /// # Errors
    /// When a certificate in the options cannot be used as a root.
    pub fn new(options: FetchOptions) -> Result<Self, FetchError> {
        let setup = |error: &dyn std::fmt::Display| FetchError::Setup(error.to_string());
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for certificate in options.extra_roots {
            roots.add(certificate).map_err(|error| setup(&error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(options.timeout)
            .connect_timeout(options.timeout)
            .dns_resolver(Arc::new(PublicResolver { allow_private: options.allow_private_addresses }))
            .user_agent(concat!("symbolon/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| setup(&error))?;
        Ok(Self { client, allow_private: options.allow_private_addresses })
    }

    /// Fetches a document of at most `limit` bytes.
    ///
    /// # Errors
    /// When it cannot or must not be had.
    pub async fn get(&self, url: &str, limit: usize) -> Result<Vec<u8>, FetchError> {
        self.get_document(url, limit).await.map(|document| document.body)
    }

    /// Fetches a document of at most `limit` bytes, and what it is said to be.
    ///
    /// # Errors
    /// When it cannot or must not be had.
    pub async fn get_document(&self, url: &str, limit: usize) -> Result<Document, FetchError> {
        let parsed = self.check(url)?;
        let failed =
            |error: reqwest::Error| FetchError::Failed { url: url.to_owned(), reason: reason(&error) };
        let mut response = self.client.get(parsed).send().await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status { url: url.to_owned(), status: response.status() });
        }
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next());
        let media_type = media_type.map(|value| value.trim().to_ascii_lowercase());
        let max_age = max_age(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > limit {
                return Err(FetchError::TooLarge { url: url.to_owned(), limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document { media_type, body, max_age })
    }

    /// Sends a message, and tells the status of the answer, whatever it is. Nothing of the answer's body is read.
    ///
    /// # Errors
    /// When it cannot or must not be sent, or nobody answers.
    pub async fn post(&self, url: &str, message: Message<'_>) -> Result<StatusCode, FetchError> {
        let parsed = self.check(url)?;
        let mut request =
            self.client.post(parsed).header(CONTENT_TYPE, message.content_type).body(message.body);
        if let Some(token) = message.bearer {
            request = request.bearer_auth(token);
        }
        let failed =
            |error: reqwest::Error| FetchError::Failed { url: url.to_owned(), reason: reason(&error) };
        Ok(request.send().await.map_err(failed)?.status())
    }

    /// A URL may name an address instead of a host: no name is resolved then, so it is looked at here.
    fn check(&self, url: &str) -> Result<Url, FetchError> {
        let parsed = Url::parse(url).map_err(|_| FetchError::NotHttps(url.to_owned()))?;
        if parsed.scheme() != "https" {
            return Err(FetchError::NotHttps(url.to_owned()));
        }
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) if !self.allow_private && !is_public(address) => {
                Err(FetchError::PrivateAddress(address.to_string()))
            }
            _ => Ok(parsed),
        }
    }
}

/// RFC 9111 §5.2.2: what must not be kept is good for no time. Time that it has spent in other caches is taken off.
fn max_age(headers: &HeaderMap) -> Option<i64> {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut seconds = None;
    for directive in directives.flat_map(|value| value.split(',')) {
        let directive = directive.trim().to_ascii_lowercase();
        match directive.split_once('=') {
            None if matches!(directive.as_str(), "no-store" | "no-cache") => return Some(0),
            Some(("max-age", number)) => seconds = number.trim_matches('"').parse::<i64>().ok(),
            _ => {}
        }
    }
    let age = headers.get(AGE).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    seconds.map(|seconds| seconds.saturating_sub(age.unwrap_or(0)).max(0))
}

/// The whole chain of causes: reqwest's own text says little.
fn reason(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    text
}

/// Resolves names with the system's resolver and leaves out addresses that must not be connected to.
#[derive(Debug)]
struct PublicResolver {
    allow_private: bool,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| allow_private || is_public(address.ip())).collect();
            match (found.first(), allowed.is_empty()) {
                (Some(private), true) => {
                    Err(Box::new(FetchError::PrivateAddress(private.ip().to_string())).into())
                }
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address is one of the public Internet (IANA special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Of 2000::/3, the global unicast block: without documentation, Teredo and 6to4, which wrap other addresses.
    (first & 0xe000) == 0x2000
        && first != 0x2002
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && first != 0x3fff
}

#[cfg(test)]
mod tests;
