//! What a `client_id` must be that is the URL of a document (the draft, §3): written plainly, so that one client has one
//! name and the host that people read is the host that is asked.

use symbolon_protocol::OAuthError;
use symbolon_store::entity::server::ClientIdMetadataDocumentSettings;
use url::{Host, Url};

/// Longest identifier, in bytes.
const LONGEST: usize = 1024;

/// The host of the identifier, with its port where it has one.
///
/// # Errors
/// `invalid_client` for what is no such identifier.
pub(super) fn host(client_id: &str) -> Result<String, OAuthError> {
    let bad = |rule: &'static str| {
        OAuthError::invalid_client("client_id_url_malformed")
            .description(format!("The client_id is not the URL of a client metadata document: {rule}."))
            .got(client_id)
    };
    if client_id.len() > LONGEST {
        return Err(bad("it is too long"));
    }
    let url = Url::parse(client_id).map_err(|_| bad("it is no URL"))?;
    // Whatever a parser repairs (case, default ports, dot segments, escapes of plain letters, user information that is
    // empty) would be a second name for the same document.
    if url.as_str() != client_id {
        return Err(bad("it is not written in its plainest form"));
    }
    if url.scheme() != "https" {
        return Err(bad("it does not begin with https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it has user information"));
    }
    if url.fragment().is_some() || client_id.contains('#') {
        return Err(bad("it has a fragment"));
    }
    if url.path() == "/" {
        return Err(bad("it has no path"));
    }
    if has_dot_segment(url.path()) {
        return Err(bad("its path has a dot segment"));
    }
    match (url.host(), url.port()) {
        (Some(Host::Domain(domain)), port) if domain.contains('.') || domain == "localhost" => {
            Ok(port.map_or_else(|| domain.to_owned(), |port| format!("{domain}:{port}")))
        }
        // People could not tell whose address it is.
        _ => Err(bad("its host is no domain name")),
    }
}

/// Whether the workspace reads documents of the host.
///
/// # Errors
/// `invalid_client` when it does not.
pub(super) fn check_allowed(
    settings: &ClientIdMetadataDocumentSettings,
    host: &str,
) -> Result<(), OAuthError> {
    let allowed = &settings.allowed_hosts;
    let name = host.split(':').next().unwrap_or_default();
    let fits = |pattern: &String| match pattern.strip_prefix("*.") {
        Some(parent) => name.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => pattern == name || pattern == host,
    };
    if allowed.is_empty() || allowed.iter().any(fits) {
        return Ok(());
    }
    Err(OAuthError::invalid_client("client_document_host_not_allowed")
        .description("Clients of this host are not allowed here.")
        .expected(allowed.join(", "))
        .got(host))
}

/// A parser resolves `.` and `..`, but leaves them alone where a slash is escaped.
fn has_dot_segment(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2f", "/").replace("%5c", "/").replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_identifier_is_a_plain_https_url_with_a_path() {
        for (id, expected) in [
            ("https://client.example/client.json", "client.example"),
            ("https://client.example:8443/oauth/metadata?v=1", "client.example:8443"),
            ("https://localhost:4000/c", "localhost:4000"),
        ] {
            assert_eq!(host(id).unwrap(), expected, "{id}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for id in [
            "https://client.example",
            "https://client.example/",
            "http://client.example/c",
            "HTTPS://client.example/c",
            "https://Client.example/c",
            "https://client.example:443/c",
            "https://bank.example@client.example/c",
            "https://@client.example/c",
            "https://client.example/c#",
            "https://client.example/c#x",
            "https://client.example/a/../c",
            "https://client.example/a/%2e%2e/c",
            "https://client.example/a/..%2fc",
            "https://client.example/./c",
            "https://client.example/a b",
            "https://client.example\\c",
            "https://203.0.113.1/c",
            "https://2130706433/c",
            "https://[::1]/c",
            "https://bücher.example/c",
            "https://intranet/c",
        ] {
            assert!(host(id).is_err(), "{id}");
        }
        assert!(host(&format!("https://client.example/{}", "a".repeat(LONGEST))).is_err());
    }

    #[test]
    fn hosts_are_allowed_by_name_or_by_what_they_are_below() {
        let allows = |patterns: &[&str], host: &str| {
            let allowed_hosts = patterns.iter().map(|&word| word.to_owned()).collect();
            let settings = ClientIdMetadataDocumentSettings { allowed_hosts, ..Default::default() };
            check_allowed(&settings, host).is_ok()
        };
        assert!(allows(&[], "client.example"));
        assert!(allows(&["client.example"], "client.example"));
        assert!(allows(&["client.example"], "client.example:8443"));
        assert!(allows(&["*.example"], "client.example"));
        for host in ["evilclient.example", "client.example.evil.test", "sub.client.example", "example"] {
            assert!(!allows(&["client.example", "*.client.test"], host), "{host}");
        }
        assert!(!allows(&["*.client.example"], "client.example"));
        assert!(!allows(&["*.client.example"], "evilclient.example"));
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = host(&text);
        }

        #[test]
        fn whoever_is_shown_is_who_is_asked(text in r"https://[a-zA-Z0-9.:@%/\\\[\]#?_ é-]{0,40}") {
            if let Ok(host) = host(&text) {
                prop_assert!(text.starts_with(&format!("https://{host}/")), "{host} of {text}");
                prop_assert_eq!(String::from(Url::parse(&text).unwrap()), text);
            }
        }
    }
}
