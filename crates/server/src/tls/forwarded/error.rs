//! What is wrong with a certificate header.

use std::fmt;

use symbolon_pki::{CertificateError, PemError};

/// A header from a trusted proxy does not hold a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardedError {
    /// The header.
    pub header: String,
    /// The form it was read as; `None` when it was not read at all.
    pub form: Option<HeaderForm>,
    /// What is wrong.
    pub fault: HeaderFault,
}

impl std::error::Error for ForwardedError {}

impl fmt::Display for ForwardedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "header {}", self.header)?;
        self.form.iter().try_for_each(|form| write!(f, ", read as {form}"))?;
        write!(f, ": {}", self.fault)
    }
}

/// The forms in which proxies send certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderForm {
    /// Percent-encoded PEM: nginx `$ssl_client_escaped_cert`, AWS ALB.
    UrlEncodedPem,
    /// PEM, its line breaks possibly lost.
    Pem,
    /// base64 of the DER, several with commas between: `HAProxy`, Traefik.
    Base64,
    /// RFC 9440: `:base64:`.
    ByteSequence,
    /// Envoy's `X-Forwarded-Client-Cert`.
    Xfcc,
}

impl fmt::Display for HeaderForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UrlEncodedPem => "URL-encoded PEM",
            Self::Pem => "PEM",
            Self::Base64 => "base64 of the DER",
            Self::ByteSequence => "byte sequence (RFC 9440)",
            Self::Xfcc => "Envoy's X-Forwarded-Client-Cert",
        })
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// More than one copy.
    #[error("it occurs {count} times: let the proxy replace what clients send, not add to it")]
    Repeated {
        /// How often.
        count: usize,
    },
    /// Bytes that are not visible ASCII.
    #[error("it holds other than ASCII characters")]
    NotText,
    /// `%` without two hexadecimal digits, or what is encoded is not text.
    #[error("the percent-encoding is broken")]
    BadPercent,
    /// The PEM.
    #[error("{0}")]
    Pem(PemError),
    /// The base64.
    #[error("the base64 is broken")]
    BadBase64,
    /// The DER.
    #[error("certificate {index}: {error}")]
    Certificate {
        /// Place in the header, from 1.
        index: usize,
        /// What is wrong with it.
        error: CertificateError,
    },
    /// Not `:…:`.
    #[error("expected base64 between colons")]
    NotAByteSequence,
    /// A quote without its end, or an element that is no list of `key=value`.
    #[error("its syntax is broken")]
    BadElement,
    /// No `Cert` and no `Chain`.
    #[error(
        "the last element has neither Cert nor Chain: set `set_current_client_cert_details: {{ cert: true }}` in Envoy"
    )]
    NoCertificate,
    /// `Hash` is of another certificate than `Cert`.
    #[error("Hash is {stated}, but the SHA-256 of the certificate in Cert is {computed}")]
    Hash {
        /// As the proxy says.
        stated: String,
        /// As computed here.
        computed: String,
    },
}
