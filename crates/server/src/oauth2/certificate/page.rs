//! The same as a page.

use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::Connection;
use super::seen::{Seen, Source};
use super::verdict::{ClientVerdict, Trust};
use crate::cx::Cx;
use crate::login::views::{brand, language};
use crate::pages::{self, CertificatePage, Check, Comparison, FormTargets, NameEntry, Outcome};
use crate::tls::TlsSession;

pub(super) fn render(
    cx: &Cx,
    headers: &HeaderMap,
    session: Option<TlsSession>,
    connection: &Connection,
) -> Response {
    let page = CertificatePage {
        seen: connection.certificate.as_ref().map(|seen| seen_of(seen, session)),
        checks: match (&connection.certificate, &connection.trust) {
            (Some(seen), Some(trust)) => checks(seen, trust),
            _ => Vec::new(),
        },
        clients: connection.clients.iter().map(comparison).collect(),
        workspace: format!("{}/{}", cx.workspace.tenant_id, cx.workspace.id),
        url: cx.url("/oauth2/certificate"),
        request_id: connection.request_id.clone(),
    };
    cx.app.pages.render(&page, language(headers, None), &brand(cx), &FormTargets::own()).into_response()
}

fn seen_of(seen: &Seen, session: Option<TlsSession>) -> pages::Seen {
    let entry = |attribute: &str, value: String| NameEntry { attribute: attribute.to_owned(), value };
    let of = |attribute: &'static str, values: &[String]| {
        values.iter().map(|value| entry(attribute, value.clone())).collect::<Vec<_>>()
    };
    let addresses: Vec<_> = seen.san_ip.iter().map(ToString::to_string).collect();
    pages::Seen {
        subject: seen.subject.clone(),
        issuer: seen.issuer.clone(),
        serial: seen.serial.clone(),
        not_before: seen.not_before.clone(),
        not_after: seen.not_after.clone(),
        key: seen.key.clone(),
        names: [
            of("tls_client_auth_san_dns", &seen.san_dns),
            of("tls_client_auth_san_uri", &seen.san_uri),
            of("tls_client_auth_san_ip", &addresses),
            of("tls_client_auth_san_email", &seen.san_email),
        ]
        .concat(),
        thumbprint: seen.thumbprint.clone(),
        fingerprint: seen.fingerprint.clone(),
        chain: seen
            .chain
            .iter()
            .map(|member| pages::ChainEntry {
                subject: member.subject.clone(),
                issuer: member.issuer.clone(),
                not_after: member.not_after.clone(),
            })
            .collect(),
        source: match &seen.source {
            Source::Handshake { resumed } => pages::Source::Tls {
                version: session.map_or("TLS", |session| session.version).to_owned(),
                resumed: *resumed,
            },
            Source::Header { name, proxy } => {
                pages::Source::Header { name: name.clone(), proxy: proxy.clone() }
            }
        },
    }
}

fn checks(seen: &Seen, trust: &Trust) -> Vec<Check> {
    let check = |what: &str, outcome, detail: String| Check { what: what.to_owned(), outcome, detail };
    let possession = match &seen.source {
        Source::Handshake { .. } => "Proven in the TLS handshake.".to_owned(),
        Source::Header { proxy, .. } => format!("Vouched for by the proxy at {proxy}."),
    };
    let outcome = if trust.trusted { Outcome::Passed } else { Outcome::Failed };
    let mut checks = vec![
        check("Possession of the key", Outcome::Passed, possession),
        check("Trust: chain, dates, usage, revocation", outcome, trust.detail.clone()),
    ];
    checks.extend(
        trust
            .until
            .as_ref()
            .map(|until| check("Validity", Outcome::Passed, format!("The verdict holds until {until}."))),
    );
    checks
}

/// A stranger is told whether the client would be authenticated, and not what it registers.
fn comparison(verdict: &ClientVerdict) -> Comparison {
    match &verdict.registered {
        Some(registered) => {
            let seen = (!registered.seen.is_empty()).then(|| registered.seen.join("; "));
            Comparison::new(
                &verdict.client_id,
                &registered.attribute,
                &registered.value,
                seen.as_deref(),
                registered.matches,
            )
        }
        None => {
            let told = verdict.description.as_deref().unwrap_or("It would be authenticated.");
            Comparison::new(&verdict.client_id, "client authentication", told, None, verdict.authenticates)
        }
    }
}
