//! Why a certificate is not trusted: what was seen, and what to do about it.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{CertificateError, PemError};

/// Why roots or revocation lists cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorsError {
    /// The roots' PEM.
    #[error("root_cas: {0}")]
    Roots(PemError),
    /// The CRLs' PEM.
    #[error("CRLs: {0}")]
    Crls(PemError),
    /// A root that cannot serve as one.
    #[error("root_cas: certificate {index} ({subject}) cannot be used: {detail}")]
    Unusable {
        /// Place in the bundle, from 1.
        index: usize,
        /// Its subject.
        subject: String,
        /// What is wrong.
        detail: String,
    },
    /// A CRL that cannot be used.
    #[error("CRLs: list {index} cannot be used: {detail}")]
    Crl {
        /// Place in the text, from 1.
        index: usize,
        /// What is wrong.
        detail: String,
    },
    /// A CRL with the name of a listed CA, and another signature.
    #[error(
        "CRLs: list {index} names {issuer} as its issuer, but the CA of that name in root_cas did not sign it"
    )]
    CrlSignature {
        /// Place in the text, from 1.
        index: usize,
        /// The issuer it names.
        issuer: String,
    },
}

/// Why a chain is not trusted for client authentication. The texts are for operators: they name what was seen,
/// and the cure. All times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in the texts")]
pub enum PathError {
    #[error("no certificate was presented")]
    NoCertificate,
    #[error(
        "the client sent {certificates} certificates of {bytes} bytes; at most {} and {} bytes are looked at: send the client's certificate and its intermediates only",
        super::MAX_CHAIN,
        super::MAX_CHAIN_BYTES
    )]
    TooLong { certificates: usize, bytes: usize },
    #[error("certificate {index} of the chain is unusable: {error}")]
    Malformed { index: usize, error: CertificateError },
    #[error("the certificate of {subject} expired at {}; it is now {}: issue a new one", moment(*not_after), moment(*now))]
    Expired { subject: String, not_after: i64, now: i64 },
    #[error(
        "the certificate of {subject} is valid only from {}; it is now {}: check the clocks of the CA and of this server",
        moment(*not_before),
        moment(*now)
    )]
    NotYetValid { subject: String, not_before: i64, now: i64 },
    #[error("{}", unknown_issuer(subject, issuer, known, *known_total, *system))]
    UnknownIssuer {
        /// The certificate whose issuer is missing: the client's, or the last intermediate it sent.
        subject: String,
        /// The issuer it names.
        issuer: String,
        /// Subjects of some trusted CAs.
        known: Vec<String>,
        known_total: usize,
        /// The system's roots are in force, because no `root_cas` are set.
        system: bool,
    },
    #[error(
        "the certificate of {subject} is self-signed and not among the trusted ones: add it to root_cas, or use a certificate from a CA listed there"
    )]
    UnknownSelfSigned { subject: String },
    #[error(
        "the certificate of {subject} names {issuer} as its issuer; that certificate is in root_cas but is no CA (basicConstraints CA:TRUE, keyUsage keyCertSign): list the CA's own certificate, or issue the CA certificate again with CA:TRUE"
    )]
    IssuerNotCa { subject: String, issuer: String },
    #[error(
        "the CA certificate {issuer} in the trusted roots is valid only from {} to {}; it is now {}: put its current certificate into root_cas",
        moment(*not_before),
        moment(*not_after),
        moment(*now)
    )]
    AnchorDates { issuer: String, not_before: i64, not_after: i64, now: i64 },
    #[error(
        "the certificate of {subject} was not signed by the trusted key of {issuer}: same name, another key (was the CA made anew?); put the CA certificate that really issued it into root_cas"
    )]
    BadSignature { subject: String, issuer: String },
    #[error(
        "the key of {issuer} is {key}, too weak or of no supported kind: issue from a CA with an RSA key of at least 2048 bits, P-256, P-384, P-521 or Ed25519"
    )]
    UnsupportedKey { issuer: String, key: String },
    #[error(
        "the certificate of {subject} is signed with {algorithm}, which is not accepted: issue it again with SHA-256 or better"
    )]
    UnsupportedSignature { subject: String, algorithm: String },
    #[error(
        "the certificate of {subject} is for {usages}, not for client authentication: issue it with extendedKeyUsage=clientAuth"
    )]
    WrongUsage { subject: String, usages: String },
    #[error("the certificate of {subject} (serial number {serial}) was revoked at {}", moment(*revoked_at))]
    Revoked { subject: String, serial: String, revoked_at: i64 },
    #[error(
        "the revocation list of {issuer} was due to be replaced at {}; it is now {}: give a current one",
        moment(*next_update),
        moment(*now)
    )]
    CrlExpired { issuer: String, next_update: i64, now: i64 },
    #[error("the revocation list of {issuer} cannot be relied on: {detail}")]
    CrlUnusable { issuer: String, detail: String },
    #[error(
        "the certificate of {subject} is a CA certificate (CA:TRUE), which cannot be a client's: issue the client certificate with basicConstraints=CA:FALSE; a self-signed one must itself be in root_cas"
    )]
    CaCertificate { subject: String },
    #[error(
        "the certificate of {subject} is of X.509 version {version}, which is taken only when a CA in root_cas signed it directly: add {issuer} to root_cas, or issue it again as version 3 (openssl x509 -req … -extfile)"
    )]
    OldVersion { subject: String, issuer: String, version: u32 },
    #[error(
        "the intermediate certificate of {subject} is no CA certificate: it must say CA:TRUE and keyCertSign"
    )]
    IntermediateNotCa { subject: String },
    #[error("the certificate of {subject} breaks a constraint of its chain: {detail}")]
    Constraint { subject: String, detail: String },
    #[error(
        "the chain of {subject} is too tangled to be checked: send only the certificates that lead to the root"
    )]
    TooComplex { subject: String },
    #[error("the certificate of {subject} cannot be checked: {detail}")]
    Other { subject: String, detail: String },
}

impl PathError {
    /// A short stable code for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCertificate => "certificate_missing",
            Self::TooLong { .. } => "certificate_chain_too_long",
            Self::Malformed { .. } => "certificate_malformed",
            Self::Expired { .. } => "certificate_expired",
            Self::NotYetValid { .. } => "certificate_not_yet_valid",
            Self::UnknownIssuer { .. } => "certificate_issuer_unknown",
            Self::UnknownSelfSigned { .. } => "certificate_self_signed_unknown",
            Self::IssuerNotCa { .. } => "certificate_issuer_not_ca",
            Self::AnchorDates { .. } => "root_ca_out_of_date",
            Self::BadSignature { .. } => "certificate_signature_invalid",
            Self::UnsupportedKey { .. } => "certificate_issuer_key_unsupported",
            Self::UnsupportedSignature { .. } => "certificate_signature_unsupported",
            Self::WrongUsage { .. } => "certificate_usage",
            Self::Revoked { .. } => "certificate_revoked",
            Self::CrlExpired { .. } => "crl_expired",
            Self::CrlUnusable { .. } => "crl_unusable",
            Self::CaCertificate { .. } => "certificate_is_ca",
            Self::OldVersion { .. } => "certificate_version",
            Self::IntermediateNotCa { .. } => "certificate_intermediate_not_ca",
            Self::Constraint { .. } => "certificate_constraint",
            Self::TooComplex { .. } => "certificate_chain_too_complex",
            Self::Other { .. } => "certificate_unusable",
        }
    }
}

/// A time as people read it.
fn moment(unix: i64) -> String {
    let formatted =
        OffsetDateTime::from_unix_timestamp(unix).ok().and_then(|time| time.format(&Rfc3339).ok());
    formatted.unwrap_or_else(|| format!("{unix} s after 1970"))
}

fn unknown_issuer(subject: &str, issuer: &str, known: &[String], total: usize, system: bool) -> String {
    let wanted = format!("the certificate of {subject} was issued by {issuer}, which is not known here: ");
    if system {
        return format!(
            "{wanted}no root_cas are set, so this server's {total} system roots count; put that CA into root_cas, or let the client send its intermediate certificate"
        );
    }
    let more = total.saturating_sub(known.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "{wanted}let the client send that intermediate, or add it to root_cas; known are {}{more}",
        known.iter().map(|name| format!("[{name}]")).collect::<Vec<_>>().join(", ")
    )
}
