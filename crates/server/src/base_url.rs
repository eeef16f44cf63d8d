//! Where this server is reached: the configured `server.url`, else the host of the request.

use std::fmt;
use std::net::Ipv6Addr;
use std::sync::Arc;

use http::header::HOST;
use http::request::Parts;
use symbolon_protocol::OAuthError;

use crate::app::App;

/// Scheme and authority without a trailing slash, such as `https://localhost:8443`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(Arc<str>);

impl BaseUrl {
    /// From a configured URL; a trailing slash is dropped.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').into())
    }

    /// The base URL that a request is answered under. With `server.url` set it is that, whatever the request says;
    /// without, the server answers under any name it is reached by.
    ///
    /// # Errors
    /// `invalid_request` when there is no host, or one that is not a host name or address with an optional port.
    pub fn of(parts: &Parts, app: &App) -> Result<Self, OAuthError> {
        if let Some(url) = &app.base_url {
            return Ok(url.clone());
        }
        let host = requested_host(parts).filter(|host| is_authority(host)).ok_or_else(|| {
            OAuthError::invalid_request("bad_host")
                .description("The Host header is missing or not a host name.")
        })?;
        let scheme = if app.config.server.dangerous_disable_tls { "http" } else { "https" };
        // Names are the same in any case (RFC 3986 §3.2.2): so is the issuer made of them.
        Ok(Self(format!("{scheme}://{}", host.to_ascii_lowercase()).into()))
    }

    /// The authority: host with optional port.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or(&*self.0, |(_, rest)| rest)
    }

    /// The scheme.
    pub fn scheme(&self) -> &str {
        self.0.split_once("://").map_or("https", |(scheme, _)| scheme)
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host this request names: the `:authority` of HTTP/2, else the `Host` header.
pub fn requested_host(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts.headers.get(HOST)?.to_str().ok(),
    }
}

/// Whether the text is a host with an optional port, and nothing that could break out of a URL.
fn is_authority(text: &str) -> bool {
    if text.len() > 255 {
        return false;
    }
    if let Some((address, port)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.parse::<Ipv6Addr>().is_ok() && (port.is_empty() || is_port(port.strip_prefix(':')));
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    // The dot at the end of a full name is not a label.
    let name = host.strip_suffix('.').unwrap_or(host);
    name.split('.').all(is_label) && (port.is_none() || is_port(port))
}

fn is_port(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_has_no_room_for_tricks() {
        for good in ["localhost:8443", "127.0.0.1", "[::1]:8443", "[::1]", "a.example", "a_b.example."] {
            assert!(is_authority(good), "{good}");
        }
        for bad in [
            "",
            "a b",
            "a/b",
            "user@host",
            "a\r\nb",
            "a?b",
            "a#b",
            "a%2f",
            "\u{e9}.example",
            ":1",
            "a:",
            "a:x",
            "a:+1",
            "a:1:2",
            "a:65536",
            "[::1",
            "[::1]x",
            "[a]",
            "::1",
            "a..b",
            ".a",
            ".",
        ] {
            assert!(!is_authority(bad), "{bad}");
        }
    }

    #[test]
    fn a_trailing_slash_is_dropped() {
        assert_eq!(BaseUrl::new("https://id.example/").as_str(), "https://id.example");
        assert_eq!(BaseUrl::new("https://id.example:8443").authority(), "id.example:8443");
    }
}
