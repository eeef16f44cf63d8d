//! Addresses that come from a client's registration or from the settings.

use serde::Serialize;
use url::Url;

/// Where a link may lead or a picture come from: `https`, `http`, or a picture in a `data:` URI. Never a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// `None` for an address that a page must not carry.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let fine = match url.scheme() {
            "https" | "http" => url.host().is_some(),
            "data" => is_picture(url.path()),
            _ => false,
        };
        fine.then(|| Self(url.into()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin as a source of a content security policy; `None` for `data:`, and where the host has a character
    /// that means something there.
    pub(super) fn source(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok().filter(Url::has_host)?;
        let origin = url.origin().ascii_serialization();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/".contains(&byte);
        origin.bytes().all(plain).then_some(origin)
    }
}

fn is_picture(path: &str) -> bool {
    ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"]
        .iter()
        .any(|kind| path.strip_prefix(kind).is_some_and(|rest| rest.starts_with([',', ';'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_files_are_no_links() {
        for text in [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "data:image/svg+xmlx,x",
            "vbscript:x",
            "file:///etc/passwd",
            "/relative",
            "https://",
            "",
        ] {
            assert_eq!(Link::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_link_names_its_origin_for_the_policy() {
        let source = |text: &str| Link::parse(text).and_then(|link| link.source());
        assert_eq!(source("https://cdn.example/logo.png?x=1").as_deref(), Some("https://cdn.example"));
        assert_eq!(source("http://localhost:8080/logo.png").as_deref(), Some("http://localhost:8080"));
        assert_eq!(source("data:image/png;base64,AA=="), None);
    }

    #[test]
    fn a_host_cannot_add_to_the_policy() {
        for text in ["https://a;script-src/x", "https://a'unsafe-inline'/x", "https://a,b/x"] {
            assert_eq!(Link::parse(text).and_then(|link| link.source()), None, "{text}");
        }
    }
}
