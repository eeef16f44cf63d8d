//! The page that shows the certificate the server saw on this connection, and which client it would match.

use serde::Serialize;

use super::language::Language;
use super::marked::{Marked, compare};
use super::page::{Page, Width};

/// What the server saw, and what would come of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CertificatePage {
    /// The certificate, if one was shown.
    pub seen: Option<Seen>,
    /// What was checked, in order: the chain, dates, usage.
    pub checks: Vec<Check>,
    /// The clients of this workspace that register a certificate attribute, beside what was seen.
    pub clients: Vec<Comparison>,
    /// The workspace whose trust anchors were used.
    pub workspace: String,
    /// The address of this page, for the command that shows a certificate.
    pub url: String,
    /// What an operator finds the request by.
    pub request_id: String,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Subject as RFC 4514 text.
    pub subject: String,
    /// Issuer as RFC 4514 text.
    pub issuer: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Begin of validity, as RFC 3339 text.
    pub not_before: String,
    /// End of validity, as RFC 3339 text.
    pub not_after: String,
    /// Kind of key, such as `EC P-256`.
    pub key: String,
    /// Subject alternative names.
    pub names: Vec<NameEntry>,
    /// SHA-256 as it stands in `cnf`: base64url.
    pub thumbprint: String,
    /// SHA-256 as openssl prints it: hexadecimal with colons.
    pub fingerprint: String,
    /// The certificates after it, as they were sent.
    pub chain: Vec<ChainEntry>,
    /// How it came here.
    pub source: Source,
}

/// A subject alternative name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameEntry {
    /// The client attribute that matches it, such as `tls_client_auth_san_dns`.
    pub attribute: String,
    /// The name.
    pub value: String,
}

/// A certificate above the leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainEntry {
    /// Subject as RFC 4514 text.
    pub subject: String,
    /// Issuer as RFC 4514 text.
    pub issuer: String,
    /// End of validity, as RFC 3339 text.
    pub not_after: String,
}

/// How a certificate came here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// On the TLS connection.
    Tls {
        /// Such as `TLS 1.3`.
        version: String,
        /// Whether the session was resumed, with the certificate it began with.
        resumed: bool,
    },
    /// In a header of a listed proxy.
    Header {
        /// Name of the header.
        name: String,
        /// Address of the proxy.
        proxy: String,
    },
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked, in words.
    pub what: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, or what cures it.
    pub detail: String,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Good.
    Passed,
    /// Bad.
    Failed,
    /// Not looked at, because of an earlier failure or of the settings.
    Skipped,
}

/// What a client registers beside what the certificate has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The client.
    pub client_id: String,
    /// The registered attribute, such as `tls_client_auth_subject_dn`.
    pub attribute: String,
    /// Whether the certificate matches.
    pub matches: bool,
    expected: Marked,
    got: Option<Marked>,
}

impl Comparison {
    /// A client that registers `expected` for `attribute`, where the certificate has `got`; `None` where it has
    /// nothing of the kind. Whether they match is the caller's rule, not equality of text.
    pub fn new(client_id: &str, attribute: &str, expected: &str, got: Option<&str>, matches: bool) -> Self {
        let (expected, got) = match got {
            Some(got) if !matches => {
                let (expected, got) = compare(expected, got);
                (expected, Some(got))
            }
            got => (Marked::plain(expected), got.map(Marked::plain)),
        };
        Self { client_id: client_id.to_owned(), attribute: attribute.to_owned(), matches, expected, got }
    }
}

impl Page for CertificatePage {
    const TEMPLATE: &'static str = "certificate.html";
    const LANGUAGES: &'static [Language] = &[Language::English];
    const WIDTH: Width = Width::Wide;

    fn samples() -> Vec<(&'static str, Self)> {
        let check = |what: &str, outcome, detail: &str| Check {
            what: what.to_owned(),
            outcome,
            detail: detail.to_owned(),
        };
        let none = Self {
            workspace: "default/default".to_owned(),
            url: "https://localhost:8443/default/default/whoami".to_owned(),
            request_id: "01k9-7f3m-q2xd".to_owned(),
            ..Self::default()
        };
        let matched = Self {
            seen: Some(Seen::sample()),
            checks: vec![
                check("Key possession", Outcome::Passed, "Proven by the TLS handshake."),
                check("Chain", Outcome::Passed, "Ends at the trusted root CN=Symbolon demo CA."),
                check("Validity", Outcome::Passed, "Valid now, for 364 more days."),
                check("Key usage", Outcome::Passed, "clientAuth is allowed."),
                check("Revocation", Outcome::Skipped, "The workspace has no revocation list."),
            ],
            clients: vec![
                Comparison::new(
                    "client-mtls",
                    "tls_client_auth_subject_dn",
                    "CN=example.com",
                    Some("CN=example.com"),
                    true,
                ),
                Comparison::new("billing", "tls_client_auth_san_dns", "billing.example.com", None, false),
            ],
            ..none.clone()
        };
        let refused = Self {
            seen: Some(Seen {
                source: Source::Header { name: "X-SSL-CERT".to_owned(), proxy: "10.0.0.4".to_owned() },
                ..Seen::sample()
            }),
            checks: vec![
                check("Key possession", Outcome::Passed, "Vouched for by the proxy at 10.0.0.4."),
                check(
                    "Chain",
                    Outcome::Failed,
                    "No trusted root issued CN=Acme Issuing CA 2,O=Acme. Add the missing intermediate to the chain, or its root to the workspace.",
                ),
                check("Validity", Outcome::Skipped, "Not looked at: the chain failed."),
            ],
            clients: vec![Comparison::new(
                "client-mtls",
                "tls_client_auth_subject_dn",
                "CN=cid1.example.com,OU=Authorization,O=Acme,L=Seattle,ST=Washington,C=US",
                Some("CN=cid2.example.com,OU=Authorization,O=Acme,L=Seattle,C=US"),
                false,
            )],
            ..none.clone()
        };
        vec![("none", none), ("matched", matched), ("refused", refused)]
    }
}

impl Seen {
    fn sample() -> Self {
        Self {
            subject: "CN=example.com".to_owned(),
            issuer: "CN=Symbolon demo CA,O=Symbolon demo".to_owned(),
            serial: "6f1c9d02a7b34e58".to_owned(),
            not_before: "2026-11-23T06:24:00Z".to_owned(),
            not_after: "2027-11-23T06:24:00Z".to_owned(),
            key: "EC P-256".to_owned(),
            names: vec![
                NameEntry { attribute: "tls_client_auth_san_dns".to_owned(), value: "example.com".to_owned() },
                NameEntry { attribute: "tls_client_auth_san_uri".to_owned(), value: "spiffe://example.com/client".to_owned() },
            ],
            thumbprint: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2".to_owned(),
            fingerprint: "6F:07:0A:D1:EB:1C:DC:00:82:DC:30:76:63:9F:E5:11:2B:17:13:CA:3D:96:D7:34:E4:EF:3D:8D:D3:7E:76:0D".to_owned(),
            chain: vec![ChainEntry {
                subject: "CN=Symbolon demo CA,O=Symbolon demo".to_owned(),
                issuer: "CN=Symbolon demo CA,O=Symbolon demo".to_owned(),
                not_after: "2036-11-20T06:24:00Z".to_owned(),
            }],
            source: Source::Tls { version: "TLS 1.3".to_owned(), resumed: false },
        }
    }
}
