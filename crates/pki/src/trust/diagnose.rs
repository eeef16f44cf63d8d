//! From webpki's verdict to a sentence: which certificate, which issuer, what to do.

use data_encoding::HEXLOWER;
use rustls::pki_types::CertificateDer;

use super::{Issuer, PathError, TrustAnchors, signature, verify::dates};
use crate::Certificate;

/// Most CA names shown in one error.
const SHOWN: usize = 5;

/// Explains why webpki found no path. Runs only after a refusal; its work is bounded by the chain's length.
pub(super) fn explain(
    anchors: &TrustAnchors,
    leaf: &Certificate,
    intermediates: &[CertificateDer<'_>],
    error: &webpki::Error,
    now: i64,
) -> PathError {
    use webpki::Error as E;
    let walk = Walk::new(anchors, leaf, intermediates);
    let subject = leaf.subject().to_string();
    let constraint = |detail: &str| PathError::Constraint { subject: subject.clone(), detail: detail.into() };
    match error {
        E::UnknownIssuer => walk.unknown_issuer(anchors, now),
        E::InvalidSignatureForPublicKey => walk.bad_signature(anchors, now),
        E::CertExpired { .. } | E::CertNotValidYet { .. } | E::InvalidCertValidity => {
            walk.path.iter().find_map(|member| dates(member, now).err()).unwrap_or_else(|| walk.other(error))
        }
        E::CaUsedAsEndEntity if leaf.is_self_issued() => PathError::UnknownSelfSigned { subject },
        E::CaUsedAsEndEntity => PathError::CaCertificate { subject },
        E::EndEntityUsedAsCa => {
            let not_ca = walk.path.iter().skip(1).find(|member| !member.may_issue());
            let subject = not_ca.map_or(subject, |member| member.subject().to_string());
            PathError::IntermediateNotCa { subject }
        }
        E::RequiredEkuNotFoundContext(_) => {
            let wrong = walk.path.iter().find(|member| !member.allows_client_auth()).unwrap_or(leaf);
            let usages = wrong.extended_key_usage_names().join(", ");
            PathError::WrongUsage { subject: wrong.subject().to_string(), usages }
        }
        E::CertRevoked => walk.revoked(anchors).unwrap_or_else(|| walk.other(error)),
        E::CrlExpired { .. } => walk.crl_expired(anchors, now).unwrap_or_else(|| walk.other(error)),
        E::InvalidCrlSignatureForPublicKey
        | E::UnsupportedCrlSignatureAlgorithmContext(_)
        | E::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => walk.crl_unusable(anchors),
        E::IssuerNotCrlSigner => {
            constraint("the CA's keyUsage does not allow it to sign revocation lists (cRLSign)")
        }
        E::UnsupportedCertVersion => walk.old_version(),
        E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => walk.unsupported_signature(anchors, now),
        E::NameConstraintViolation => constraint("its names are outside the CA's name constraints"),
        E::PathLenConstraintViolated => {
            constraint("there are more intermediates than the CA's pathLenConstraint allows")
        }
        E::UnsupportedCriticalExtension => constraint("it has a critical extension that is not known here"),
        E::MaximumPathBuildCallsExceeded
        | E::MaximumPathDepthExceeded
        | E::MaximumSignatureChecksExceeded
        | E::MaximumNameConstraintComparisonsExceeded => PathError::TooComplex { subject },
        _ => malformed(intermediates).unwrap_or_else(|| walk.other(error)),
    }
}

pub(super) fn anchor_dates(ca: &Certificate, now: i64) -> PathError {
    PathError::AnchorDates {
        issuer: ca.subject().to_string(),
        not_before: ca.not_before(),
        not_after: ca.not_after(),
        now,
    }
}

pub(super) fn bad_signature(certificate: &Certificate, ca: &Certificate) -> PathError {
    let issuer = ca.subject().to_string();
    if (ca.key().algorithm == "RSA" && ca.key().bits < 2048) || !signature::is_supported_key(ca.spki_der()) {
        return PathError::UnsupportedKey { issuer, key: ca.key().to_string() };
    }
    PathError::BadSignature { subject: certificate.subject().to_string(), issuer }
}

/// No algorithm here checks this signature with the CA's key.
pub(super) fn unsupported(certificate: &Certificate, ca: &Certificate) -> PathError {
    if signature::is_supported(certificate.signature_algorithm()) {
        bad_signature(certificate, ca)
    } else {
        unsupported_signature(certificate)
    }
}

fn unsupported_signature(certificate: &Certificate) -> PathError {
    let dotted = certificate.signature_algorithm().to_string();
    let name = match dotted.as_str() {
        "1.2.840.113549.1.1.5" => "RSA with SHA-1",
        "1.2.840.113549.1.1.4" => "RSA with MD5",
        "1.2.840.10045.4.1" => "ECDSA with SHA-1",
        other => other,
    };
    PathError::UnsupportedSignature { subject: certificate.subject().to_string(), algorithm: name.to_owned() }
}

pub(super) fn revoked(certificate: &Certificate, revoked_at: i64) -> PathError {
    PathError::Revoked {
        subject: certificate.subject().to_string(),
        serial: certificate.serial_hex(),
        revoked_at,
    }
}

/// An old-version certificate whose issuer is not among the CAs.
pub(super) fn old_version(anchors: &TrustAnchors, leaf: &Certificate) -> PathError {
    let (subject, issuer) = (leaf.subject().to_string(), leaf.issuer().to_string());
    if leaf.is_self_issued() {
        return PathError::UnknownSelfSigned { subject };
    }
    if anchors.listed.iter().any(|listed| listed.subject_der() == leaf.issuer_der()) {
        return PathError::IssuerNotCa { subject, issuer };
    }
    PathError::OldVersion { subject, issuer, version: leaf.version() }
}

fn malformed(intermediates: &[CertificateDer<'_>]) -> Option<PathError> {
    let mut numbered = intermediates.iter().zip(2..);
    numbered.find_map(|(der, index)| {
        let error = Certificate::from_der(der.as_ref()).err()?;
        Some(PathError::Malformed { index, error })
    })
}

/// The certificates from the client's upwards, found by name alone.
struct Walk {
    /// At least the client's own.
    path: Vec<Certificate>,
}

impl Walk {
    fn new(anchors: &TrustAnchors, leaf: &Certificate, intermediates: &[CertificateDer<'_>]) -> Self {
        let mut candidates: Vec<_> =
            intermediates.iter().filter_map(|der| Certificate::from_der(der.as_ref()).ok()).collect();
        let mut path = vec![leaf.clone()];
        let mut top = leaf.clone();
        while !anchors.listed.iter().any(|listed| listed.subject_der() == top.issuer_der()) {
            let next = candidates.iter().position(|candidate| candidate.subject_der() == top.issuer_der());
            let Some(next) = next else { break };
            top = candidates.swap_remove(next);
            path.push(top.clone());
        }
        Self { path }
    }

    fn top(&self) -> Option<&Certificate> {
        self.path.last()
    }

    /// The names the path ends with: of the topmost certificate, and of the issuer it asks for.
    fn names(&self) -> (String, String) {
        self.top().map(|top| (top.subject().to_string(), top.issuer().to_string())).unwrap_or_default()
    }

    fn issuers<'a>(&'a self, anchors: &'a TrustAnchors) -> impl Iterator<Item = &'a Issuer> {
        let wanted = self.top().map(Certificate::issuer_der);
        anchors.issuers.iter().filter(move |issuer| Some(issuer.certificate.subject_der()) == wanted)
    }

    fn unknown_issuer(&self, anchors: &TrustAnchors, now: i64) -> PathError {
        let (subject, issuer) = self.names();
        let wanted = self.top().map(Certificate::issuer_der);
        let listed = anchors.listed.iter().any(|listed| Some(listed.subject_der()) == wanted);
        if listed {
            let mut dated = self.issuers(anchors).map(|issuer| (issuer, issuer.is_valid_at(now))).peekable();
            return match (dated.peek().is_none(), dated.find(|(_, valid)| !valid)) {
                (true, _) => PathError::IssuerNotCa { subject, issuer },
                (false, Some((expired, _))) => anchor_dates(&expired.certificate, now),
                (false, None) => PathError::BadSignature { subject, issuer },
            };
        }
        match self.path.as_slice() {
            [only] if only.is_self_issued() => PathError::UnknownSelfSigned { subject },
            _ => PathError::UnknownIssuer {
                subject,
                issuer,
                known: anchors
                    .issuers
                    .iter()
                    .take(SHOWN)
                    .map(|known| known.certificate.subject().to_string())
                    .collect(),
                known_total: anchors.issuers.len(),
                system: anchors.system,
            },
        }
    }

    fn bad_signature(&self, anchors: &TrustAnchors, now: i64) -> PathError {
        let valid = self.issuers(anchors).find(|issuer| issuer.is_valid_at(now));
        match (self.top(), valid) {
            (Some(top), Some(issuer)) => bad_signature(top, &issuer.certificate),
            _ => self.unknown_issuer(anchors, now),
        }
    }

    fn revoked(&self, anchors: &TrustAnchors) -> Option<PathError> {
        self.path.iter().find_map(|member| {
            let revoked_at = anchors.crls_for(member).find_map(|crl| crl.revoked_at(member.serial()))?;
            Some(revoked(member, revoked_at))
        })
    }

    fn crl_expired(&self, anchors: &TrustAnchors, now: i64) -> Option<PathError> {
        let mut lists = self.path.iter().flat_map(|member| anchors.crls_for(member));
        let crl = lists.find(|crl| crl.is_expired(now))?;
        let next_update = crl.next_update.unwrap_or(now);
        Some(PathError::CrlExpired { issuer: crl.issuer.to_string(), next_update, now })
    }

    fn crl_unusable(&self, anchors: &TrustAnchors) -> PathError {
        let crl = self.path.iter().flat_map(|member| anchors.crls_for(member)).next();
        let algorithm = crl
            .and_then(super::super::crl::RevocationList::signature_algorithm)
            .map(|oid| oid.to_string())
            .unwrap_or_default();
        PathError::CrlUnusable {
            issuer: crl.map(|crl| crl.issuer.to_string()).unwrap_or_default(),
            detail: format!(
                "its signature (algorithm {algorithm}) is not one by the key of that CA in the client's chain"
            ),
        }
    }

    fn old_version(&self) -> PathError {
        let old = self.path.iter().find(|member| member.version() < 3).or_else(|| self.top());
        let Some(old) = old else { return PathError::NoCertificate };
        PathError::OldVersion {
            subject: old.subject().to_string(),
            issuer: old.issuer().to_string(),
            version: old.version(),
        }
    }

    fn unsupported_signature(&self, anchors: &TrustAnchors, now: i64) -> PathError {
        match self.path.iter().find(|member| !signature::is_supported(member.signature_algorithm())) {
            Some(member) => unsupported_signature(member),
            // A known algorithm that does not fit the issuer's key: the key is another one.
            None => self.bad_signature(anchors, now),
        }
    }

    fn other(&self, error: &webpki::Error) -> PathError {
        let (subject, serial) = self
            .path
            .first()
            .map(|leaf| (leaf.subject().to_string(), HEXLOWER.encode(leaf.serial())))
            .unwrap_or_default();
        PathError::Other { subject, detail: format!("{error:?} (serial number {serial})") }
    }
}
