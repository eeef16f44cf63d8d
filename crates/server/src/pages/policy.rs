//! The security headers of a page.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::link::Link;

/// Where a page's forms may lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormTargets(Option<String>);

impl FormTargets {
    /// To this server alone.
    pub fn own() -> Self {
        Self::default()
    }

    /// Whether nothing leads to a client.
    pub(super) const fn is_own(&self) -> bool {
        self.0.is_none()
    }

    /// To this server, which may send the browser on to a client.
    ///
    /// Browsers apply `form-action` to every redirect that follows a form: not only to the redirect URI, but also
    /// to wherever the client's own callback redirects next, which nobody here can know. So the policy names the
    /// schemes: `https`, and that of the redirect URI where it is another one.
    pub fn client(redirect_uri: &str) -> Self {
        let scheme = redirect_uri.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if scheme == "https" || scheme.is_empty() || !scheme.bytes().all(plain) {
            return Self(Some(" https:".to_owned()));
        }
        Self(Some(format!(" https: {scheme}:")))
    }
}

/// What a page shows of other origins.
pub(super) struct Shown<P, F> {
    pub(super) pictures: P,
    pub(super) frames: F,
}

/// The `Content-Security-Policy` of a page with these stylesheets, this script, these pictures and frames.
pub(super) fn content_security_policy<'a>(
    stylesheets: &[&str],
    script: Option<&str>,
    shown: Shown<impl Iterator<Item = &'a Link>, impl Iterator<Item = &'a Link>>,
    targets: &FormTargets,
) -> String {
    let hashes: String = stylesheets.iter().map(|css| format!(" 'sha256-{}'", hash(css))).collect();
    let script = script.map(|script| format!("; script-src 'sha256-{}'", hash(script))).unwrap_or_default();
    let pictures = sources(shown.pictures);
    let frames = sources(shown.frames);
    let frames = if frames.is_empty() { frames } else { format!("; frame-src{frames}") };
    let targets = targets.0.as_deref().unwrap_or_default();
    format!(
        "default-src 'none'; style-src{hashes}{script}; img-src 'self' data:{pictures}{frames}; form-action 'self'{targets}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The origins of these addresses, each once, each after a space.
fn sources<'a>(links: impl Iterator<Item = &'a Link>) -> String {
    let mut sources: Vec<_> = links.filter_map(Link::source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.iter().map(|source| format!(" {source}")).collect()
}

fn hash(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_but_what_the_page_has() {
        let logo = Link::parse("https://cdn.example/logo.png").unwrap();
        let shown = || Shown { pictures: [&logo, &logo].into_iter(), frames: std::iter::empty() };
        let policy = content_security_policy(&["a{}"], None, shown(), &FormTargets::own());
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='; \
             img-src 'self' data: https://cdn.example; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn frames_come_from_their_own_origins_alone() {
        let link = |text: &str| Link::parse(text).unwrap();
        let frames =
            [link("https://b.example/x"), link("https://a.example:8443/y?z"), link("https://b.example/")];
        let shown = Shown { pictures: std::iter::empty(), frames: frames.iter() };
        let policy = content_security_policy(&[], None, shown, &FormTargets::own());
        assert!(
            policy.contains("; frame-src https://a.example:8443 https://b.example; form-action"),
            "{policy}"
        );
    }

    #[test]
    fn forms_may_lead_to_the_scheme_of_the_client() {
        for (redirect_uri, targets) in [
            ("https://example.com/cb", " https:"),
            ("http://localhost:18888/cb", " https: http:"),
            ("com.example.app:/cb", " https: com.example.app:"),
            ("x;script-src *:/cb", " https:"),
            ("", " https:"),
        ] {
            assert_eq!(
                FormTargets::client(redirect_uri),
                FormTargets(Some(targets.to_owned())),
                "{redirect_uri}"
            );
        }
    }
}
