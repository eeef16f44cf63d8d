//! Why was I refused? One record for each refused request, found by the request id that the answer showed.
//!
//! Records live in a bounded journal ([`Refusals`]): a ring in memory and two size-bounded files in the data
//! folder. They are never database rows, so that a stranger cannot make a table grow. Nothing secret is in them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use symbolon_protocol::{OAuthError, Reason, name_or_beginning};
use time::OffsetDateTime;

use crate::tls::{CertificateSource, PeerCertificate};

pub use self::{
    explain::explain,
    files::find_in_folder,
    journal::{Filter, Refusals},
};

mod cures;
mod explain;
mod files;
mod journal;

/// The reasons that come before a client is found.
const UNPROVED: &[&str] = &["client_unknown", "too_many_client_failures"];

/// What an error knows about itself; it rides in the response's extensions to the outermost middleware.
#[derive(Clone, Debug)]
pub struct Refused(Arc<Known>);

#[derive(Clone, Debug)]
struct Known {
    error: String,
    reason: Reason,
    client_id: Option<String>,
}

impl Refused {
    /// A refusal with the error code on the wire and the reason for the operator.
    #[must_use]
    pub fn new(error: &str, reason: Reason) -> Self {
        Self(Arc::new(Known { error: error.to_owned(), reason, client_id: None }))
    }

    /// A refusal by a rule of OAuth or OpenID Connect.
    #[must_use]
    pub fn oauth(error: OAuthError) -> Self {
        Self::new(error.code.as_str(), *error.reason)
    }

    /// Names the client the request was for.
    #[must_use]
    pub fn of_client(mut self, client_id: &str) -> Self {
        let known = Arc::make_mut(&mut self.0);
        // Nobody knows whether this is a name: it may be a secret in the wrong field.
        known.client_id = Some(match UNPROVED.contains(&&*known.reason.code) {
            true => name_or_beginning(client_id).into_owned(),
            false => client_id.to_owned(),
        });
        self
    }

    /// The error code on the wire.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.0.error
    }

    /// Why, for the operator.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.0.reason
    }

    /// The client the request was for, where that is known.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }
}

/// The record of one refused request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refusal {
    /// The id in the answer's `X-Request-Id` header and on its page.
    pub request_id: String,
    /// When the request came.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub time: OffsetDateTime,
    /// HTTP method.
    pub method: String,
    /// Route pattern, such as `/{tid}/{aid}/oauth2/token`; the path itself where no route matched.
    pub endpoint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Tenant in the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// Workspace in the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// The client that asked, or said it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Error code that the client read.
    pub error: String,
    /// Stable word for what failed.
    pub reason: String,
    /// The circumstances, as a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What the server wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What came instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// The client certificate of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSeen>,
    /// Address the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_address: Option<String>,
}

/// The client certificate that the server saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CertificateSeen {
    /// Subject, RFC 4514.
    pub subject: String,
    /// Subject alternative names, each with its type: `DNS:acp`, `URI:spiffe://…`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sans: Vec<String>,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// `x5t#S256`: base64url of the SHA-256 of the DER (RFC 8705 §3.1).
    pub thumbprint: String,
    /// Where it came from: `tls`, or the name of a proxy's header.
    pub source: String,
}

impl CertificateSeen {
    /// What a record keeps of a certificate.
    #[must_use]
    pub fn of(certificate: &PeerCertificate) -> Self {
        let PeerCertificate { leaf, source, .. } = certificate;
        let names = leaf.subject_alt_names();
        let texts = [("DNS", &names.dns), ("URI", &names.uri), ("email", &names.email)];
        let texts = texts
            .into_iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| format!("{kind}:{name}")));
        let addresses = names.ip.iter().map(|address| format!("IP:{address}"));
        Self {
            subject: leaf.subject().to_string(),
            sans: texts.chain(addresses).take(NAMES_LIMIT).collect(),
            issuer: leaf.issuer().to_string(),
            thumbprint: leaf.x5t_s256(),
            source: match source {
                CertificateSource::Handshake => "tls".to_owned(),
                CertificateSource::Header(name) => name.to_string(),
            },
        }
    }
}

/// Longest text that a stranger may put into a record, in bytes.
const TEXT_LIMIT: usize = 512;
/// Most names of one certificate that are kept.
const NAMES_LIMIT: usize = 16;

impl Refusal {
    /// Cuts what a stranger wrote, so that a record stays small.
    fn bounded(mut self) -> Self {
        let texts = [Some(&mut self.request_id), Some(&mut self.endpoint), self.tenant_id.as_mut()];
        let more = [self.workspace_id.as_mut(), self.client_id.as_mut()];
        texts.into_iter().chain(more).flatten().for_each(cut);
        if let Some(certificate) = &mut self.certificate {
            cut(&mut certificate.subject);
            cut(&mut certificate.issuer);
            certificate.sans.truncate(NAMES_LIMIT);
            certificate.sans.iter_mut().for_each(cut);
        }
        self
    }
}

fn cut(text: &mut String) {
    if text.len() > TEXT_LIMIT {
        text.truncate(text.floor_char_boundary(TEXT_LIMIT));
        text.push('…');
    }
}

#[cfg(test)]
mod tests;
