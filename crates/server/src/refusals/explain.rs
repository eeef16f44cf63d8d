//! A refusal in plain sentences: what was asked, what was wrong, what was expected, and what to change.

use std::fmt::{self, Write};

use time::format_description::well_known::Rfc3339;

use super::{Refusal, cures::find};

/// The record as a short text for an operator.
#[must_use]
pub fn explain(refusal: &Refusal) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_all(&mut text, refusal);
    text
}

fn write_all(text: &mut String, refusal: &Refusal) -> fmt::Result {
    let time = refusal.time.format(&Rfc3339).map_err(|_| fmt::Error)?;
    writeln!(
        text,
        "Request {} was refused with {} ({}).",
        refusal.request_id, refusal.error, refusal.status
    )?;
    writeln!(text)?;
    line(text, "when", Some(&time))?;
    line(text, "what", Some(&format!("{} {}", refusal.method, refusal.endpoint)))?;
    line(text, "tenant", refusal.tenant_id.as_deref())?;
    line(text, "workspace", refusal.workspace_id.as_deref())?;
    line(text, "client", refusal.client_id.as_deref())?;
    line(text, "from", refusal.remote_address.as_deref())?;
    writeln!(text)?;
    line(text, "reason", Some(&refusal.reason))?;
    line(text, "", Some(&refusal.detail).filter(|detail| !detail.is_empty()).map(String::as_str))?;
    line(text, "expected", refusal.expected.as_deref())?;
    line(text, "got", refusal.got.as_deref())?;
    line(text, "cure", find(&refusal.reason))?;
    if let Some(certificate) = &refusal.certificate {
        writeln!(text, "\nThe client certificate that the server saw:\n")?;
        line(text, "subject", Some(&certificate.subject))?;
        line(
            text,
            "names",
            Some(&certificate.sans.join(", ")).filter(|names| !names.is_empty()).map(String::as_str),
        )?;
        line(text, "issuer", Some(&certificate.issuer))?;
        line(text, "x5t#S256", Some(&certificate.thumbprint))?;
        line(text, "came by", Some(&certificate.source))?;
    }
    Ok(())
}

fn line(text: &mut String, label: &str, value: Option<&str>) -> fmt::Result {
    match value {
        Some(value) => writeln!(text, "  {label:<10} {value}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::refusals::CertificateSeen;

    #[test]
    fn says_what_was_expected_what_came_and_what_to_change() {
        let refusal = Refusal {
            request_id: "K7Q2M5XA3B4C6D7E".to_owned(),
            time: datetime!(2026-01-02 03:04:05 UTC),
            method: "POST".to_owned(),
            endpoint: "/{tid}/{aid}/oauth2/token".to_owned(),
            status: 413,
            tenant_id: Some("default".to_owned()),
            workspace_id: Some("default".to_owned()),
            client_id: None,
            error: "invalid_request".to_owned(),
            reason: "body_too_large".to_owned(),
            detail: "The request body is larger than the limit.".to_owned(),
            expected: Some("at most 65536 bytes".to_owned()),
            got: Some("70000 bytes".to_owned()),
            certificate: Some(CertificateSeen {
                subject: "CN=example.com".to_owned(),
                sans: vec!["DNS:example.com".to_owned()],
                issuer: "CN=Demo CA".to_owned(),
                thumbprint: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2".to_owned(),
                source: "tls".to_owned(),
            }),
            remote_address: Some("192.0.2.1".to_owned()),
        };
        insta::assert_snapshot!(explain(&refusal), @r"
        Request K7Q2M5XA3B4C6D7E was refused with invalid_request (413).

          when       2026-01-02T03:04:05Z
          what       POST /{tid}/{aid}/oauth2/token
          tenant     default
          workspace  default
          from       192.0.2.1

          reason     body_too_large
                     The request body is larger than the limit.
          expected   at most 65536 bytes
          got        70000 bytes
          cure       Send less, or raise limits.body_size (limits.management_body_size for the management APIs).

        The client certificate that the server saw:

          subject    CN=example.com
          names      DNS:example.com
          issuer     CN=Demo CA
          x5t#S256   bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2
          came by    tls
        ");
    }
}
