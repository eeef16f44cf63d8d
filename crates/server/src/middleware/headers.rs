//! Headers every answer carries, unless the endpoint said otherwise.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use url::{Host, Url};

/// What an answer that is not a page of ours may do in a browser: nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Defaults for answers.
#[derive(Debug)]
pub(super) struct SecurityHeaders {
    strict_transport: bool,
}

impl SecurityHeaders {
    /// Strict transport security is for a name that is ours alone: with a configured https `server.url`, and not
    /// on localhost, where it would take plain HTTP from every other program on the machine.
    pub(super) fn new(server_url: Option<&Url>) -> Self {
        let strict_transport = server_url.is_some_and(|url| {
            let is_name = matches!(url.host(), Some(Host::Domain(name)) if name != "localhost");
            url.scheme() == "https" && is_name
        });
        Self { strict_transport }
    }

    /// Adds what is missing in an answer of the route `endpoint` (its pattern, or the path where there is none).
    pub(super) fn complete(&self, endpoint: &str, headers: &mut HeaderMap) {
        let policy = headers.get(CONTENT_SECURITY_POLICY).map(HeaderValue::as_bytes).unwrap_or_default();
        let may_be_framed = policy.ends_with(b"frame-ancestors *");
        let mut default = |name: HeaderName, value: &'static str| {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        if is_private(endpoint) {
            default(CACHE_CONTROL, "no-store");
        }
        default(X_CONTENT_TYPE_OPTIONS, "nosniff");
        default(CONTENT_SECURITY_POLICY, NOTHING);
        // `X-Frame-Options` has no word for "anybody": a policy that says so stands alone.
        if !may_be_framed {
            default(X_FRAME_OPTIONS, "DENY");
        }
        // Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
        default(REFERRER_POLICY, "same-origin");
        if self.strict_transport {
            default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
    }
}

/// Whether answers are for the caller alone: management, whose documents hold secrets, and where people are logged in.
fn is_private(endpoint: &str) -> bool {
    endpoint.starts_with("/api/") || endpoint.starts_with("/{tid}/{aid}/sso/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(url: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        SecurityHeaders::new(url.map(|url| url.parse().unwrap()).as_ref()).complete("/api/x", &mut headers);
        headers
    }

    #[test]
    fn an_endpoint_may_say_otherwise() {
        let headers = completed(None);
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "default-src 'self'");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[X_FRAME_OPTIONS], "DENY");
    }

    #[test]
    fn only_what_is_for_the_caller_alone_is_never_kept() {
        let cache_control = |endpoint: &str, own: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.extend(own.map(|own| (CACHE_CONTROL, HeaderValue::from_static(own))));
            SecurityHeaders::new(None).complete(endpoint, &mut headers);
            headers.get(CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(cache_control("/api/admin/{tid}/clients/{cid}", None).as_deref(), Some("no-store"));
        assert_eq!(cache_control("/{tid}/{aid}/sso/sessions", None).as_deref(), Some("no-store"));
        assert_eq!(cache_control("/api/swagger/{file}", Some("max-age=60")).as_deref(), Some("max-age=60"));
        assert_eq!(cache_control("/{tid}/{aid}/.well-known/jwks.json", None), None);
    }

    #[test]
    fn strict_transport_never_covers_localhost() {
        assert!(completed(Some("https://login.example.com")).contains_key(STRICT_TRANSPORT_SECURITY));
        for url in [
            None,
            Some("https://localhost:8443"),
            Some("https://192.0.2.1"),
            Some("http://login.example.com"),
        ] {
            assert!(!completed(url).contains_key(STRICT_TRANSPORT_SECURITY), "{url:?}");
        }
    }
}
