//! Redirect URIs: which may be registered, and which request matches (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700
//! §2.1 and §4.1.3).

use url::{Host, Url};

use crate::application_type::ApplicationType;
use crate::error::OAuthError;
use crate::error_code::ErrorCode;

/// Longest redirect URI, in bytes.
pub const MAX_LENGTH: usize = 2048;

/// Schemes whose URIs a browser would run, read or show instead of sending a response to a client.
const FORBIDDEN_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "cid",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "jar",
    "javascript",
    "mailto",
    "mid",
    "ms-its",
    "mhtml",
    "moz-extension",
    "res",
    "resource",
    "sms",
    "tel",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Why a redirect URI cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Longer than [`MAX_LENGTH`].
    #[error("it is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// RFC 6749 §3.1.2: an absolute URI (RFC 3986 §4.3).
    #[error("it is not an absolute URI")]
    NotAbsolute,
    /// A character or escape that RFC 3986 §2 does not know, which browsers repair in different ways.
    #[error(
        "it holds a character or percent escape that RFC 3986 does not allow (a space, a backslash, a quote, non-ASCII)"
    )]
    BadCharacter,
    /// RFC 6749 §3.1.2: no fragment.
    #[error("it has a fragment")]
    Fragment,
    /// `https://example.com@evil.example` sends the response to evil.example.
    #[error("it has user information before the host")]
    UserInfo,
    /// The host is not one that can be compared as text and written into a security policy.
    #[error("its host is not a plain DNS name or IP address")]
    BadHost,
    /// A browser resolves `.` and `..` before it asks, so the URI would not be the one registered.
    #[error("its path has a dot segment")]
    DotSegment,
    /// RFC 9700 §2.6 and RFC 8252 §7.3: plain `http` for the loopback interface alone.
    #[error("plain http is for localhost, 127.0.0.1 and [::1] alone")]
    InsecureHttp,
    /// The scheme is dangerous.
    #[error("its scheme is not allowed")]
    ForbiddenScheme,
    /// OpenID Connect Registration §2: web clients use `https`.
    #[error("a scheme other than https needs application_type native")]
    CustomSchemeOfWebClient,
    /// RFC 8252 §7.1 and §8.4: a private-use scheme is a reversed domain name and so has a period.
    #[error("a private-use scheme must be a reversed domain name, such as com.example.app")]
    SchemeWithoutPeriod,
    /// RFC 9700 §4.1.1: patterns are what attackers look for.
    #[error("the wildcard * is not understood: redirect URIs are compared exactly")]
    Wildcard,
}

/// Checks a redirect URI that a client of `application_type` wants to register.
///
/// # Errors
/// The first rule broken.
pub fn validate(text: &str, application_type: ApplicationType) -> Result<(), RedirectUriError> {
    if text.len() > MAX_LENGTH {
        return Err(RedirectUriError::TooLong);
    }
    check_characters(text)?;
    let (scheme, rest) = text.split_once(':').ok_or(RedirectUriError::NotAbsolute)?;
    if !is_scheme(scheme) || rest.is_empty() {
        return Err(RedirectUriError::NotAbsolute);
    }
    if text.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "https" | "http" => check_web(text, rest, scheme == "http"),
        _ if FORBIDDEN_SCHEMES.contains(&scheme.as_str()) => Err(RedirectUriError::ForbiddenScheme),
        _ if application_type == ApplicationType::Web => Err(RedirectUriError::CustomSchemeOfWebClient),
        _ if !scheme.contains('.') => Err(RedirectUriError::SchemeWithoutPeriod),
        _ => Ok(()),
    }
}

/// Whether a browser would run, read or show what is behind such a scheme, instead of going to a client.
#[must_use]
pub fn is_forbidden_scheme(scheme: &str) -> bool {
    FORBIDDEN_SCHEMES.iter().any(|forbidden| forbidden.eq_ignore_ascii_case(scheme))
}

/// Whether a request for `requested` matches the URI `registered`: identical text (RFC 9700 §4.1.3).
///
/// With `any_loopback_port`, meant for public clients and native applications alone, the port of a registered
/// `http` URI of the loopback interface may be any, since an application gets one from its operating system (RFC
/// 8252 §7.3).
#[must_use]
pub fn matches(registered: &str, requested: &str, any_loopback_port: bool) -> bool {
    if registered == requested {
        return true;
    }
    if !any_loopback_port {
        return false;
    }
    match (split_loopback(registered), split_loopback(requested)) {
        (Some(registered), Some(requested)) => registered == requested,
        _ => false,
    }
}

fn check_web(text: &str, rest: &str, plain: bool) -> Result<(), RedirectUriError> {
    // `https:example.com` and `https:/example.com` are repaired by browsers, and only by them.
    let authority = rest.strip_prefix("//").ok_or(RedirectUriError::NotAbsolute)?;
    let authority = &authority[..authority.find(['/', '?']).unwrap_or(authority.len())];
    if authority.contains('@') {
        return Err(RedirectUriError::UserInfo);
    }
    if authority.contains('*') {
        return Err(RedirectUriError::Wildcard);
    }
    if authority.is_empty() || authority.ends_with(':') {
        return Err(RedirectUriError::BadHost);
    }
    let url = Url::parse(text).map_err(|_| RedirectUriError::BadHost)?;
    if !is_plain_host(&url) || !is_written_plainly(authority, &url) {
        return Err(RedirectUriError::BadHost);
    }
    if has_dot_segment(&rest[2 + authority.len()..]) {
        return Err(RedirectUriError::DotSegment);
    }
    if plain && !is_loopback(&url) {
        return Err(RedirectUriError::InsecureHttp);
    }
    Ok(())
}

/// RFC 3986 §2: unreserved, reserved and percent-encoded characters, and nothing else.
fn check_characters(text: &str) -> Result<(), RedirectUriError> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => {
                let mut hexadecimal = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                hexadecimal() && hexadecimal()
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !fine {
            return Err(RedirectUriError::BadCharacter);
        }
    }
    Ok(())
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Whether the host has no character that means something in a content security policy.
fn is_plain_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => {
            !domain.is_empty()
                && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Whether the host was written as browsers understand it, in any case: not `127.1`, `0x7f000001`, `%6cocalhost`
/// or a port with leading zeros.
fn is_written_plainly(authority: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let Some((written, port)) = authority.get(..host.len()).zip(authority.get(host.len()..)) else {
        return false;
    };
    let port_is_plain = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()),
    };
    written.eq_ignore_ascii_case(host) && port_is_plain
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// `.` and `..`, written plainly or escaped, as a browser would resolve them.
fn has_dot_segment(path_and_query: &str) -> bool {
    let path = path_and_query.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| {
        let dots = segment.replace("%2e", ".").replace("%2E", ".");
        dots == "." || dots == ".."
    })
}

/// Splits `http://127.0.0.1:49152/callback?x` into host and what follows the port. `None` unless the text is
/// exactly of that form.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // The last colon outside brackets begins the port.
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => (&authority[..colon], Some(&authority[colon + 1..])),
        _ => (authority, None),
    };
    let loopback = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    let port_is_sound = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && !port.starts_with('0')
            && port.parse::<u16>().is_ok()
    });
    (loopback && port_is_sound && !tail.contains('#')).then_some((host, tail))
}

impl RedirectUriError {
    /// This fault of `uri` as an error of dynamic registration (RFC 7591 §3.2.2).
    #[must_use]
    pub fn into_oauth_error(self, uri: &str) -> OAuthError {
        OAuthError::new(ErrorCode::InvalidRedirectUri, "redirect_uri_not_allowed")
            .description(format!("A redirect URI cannot be registered: {self}."))
            .detail(self)
            .got(uri)
    }
}

#[cfg(test)]
mod tests;
