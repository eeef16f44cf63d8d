//! Is a certificate chain good for client authentication, against a given set of roots? RFC 5280 §6, with the
//! certificates that people really make with openssl judged by explicit rules:
//!
//! - every certificate given as a root is an anchor, intermediates included; only those that may issue
//!   certificates do so, and only within their own dates;
//! - a certificate that is itself listed is trusted as it is, `CA:TRUE` or not;
//! - an X.509 v1 certificate is trusted when a listed CA signed it directly;
//! - everything else is webpki's path building.
//!
//! Dates, extended key usage and revocation count under each rule.

mod diagnose;
mod error;
mod signature;

use std::borrow::Cow;

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeId,
    KeyPurposeIdIter, KeyUsage, RevocationOptionsBuilder, UnknownStatusPolicy,
};

pub use error::{AnchorsError, PathError};

use crate::{Certificate, PemError, certificate, crl::RevocationList, parse_pem_bundle, pem};
use signature::Signature;

/// Most certificates looked at in one chain.
pub const MAX_CHAIN: usize = 8;
/// Most bytes looked at in one chain.
pub const MAX_CHAIN_BYTES: usize = 64 * 1024;

/// What identifies a set of roots and revocation lists: equal content, equal id. A key for caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnchorsId([u8; 32]);

/// The roots and revocation lists that a chain is judged against.
pub struct TrustAnchors {
    id: AnchorsId,
    system: bool,
    /// All that was listed.
    listed: Vec<Certificate>,
    /// Those that may issue, as webpki wants them.
    issuers: Vec<Issuer>,
    anchors: Vec<TrustAnchor<'static>>,
    /// Newest first.
    crls: Vec<RevocationList>,
}

struct Issuer {
    certificate: Certificate,
    anchor: TrustAnchor<'static>,
}

/// By which rule a chain was found good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustRule {
    /// The certificate itself is listed.
    Listed,
    /// A chain to a listed CA.
    Path,
    /// X.509 v1 (or v2), signed by a listed CA.
    OldVersion,
}

/// A good chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedPath {
    /// The rule that applied.
    pub rule: TrustRule,
    /// Subject of the listed certificate that the trust comes from, RFC 4514.
    pub anchor_subject: String,
    /// Its `x5t#S256`.
    pub anchor_thumbprint: String,
    /// The last second, since 1970, for which the verdict holds: the earliest end of a certificate or
    /// revocation list that it rests on.
    pub valid_until: i64,
}

impl TrustAnchors {
    /// Reads the roots, and the revocation lists if any (`None` or blank: none). All in PEM.
    pub fn from_pem(root_cas: &str, crls: Option<&str>) -> Result<Self, AnchorsError> {
        let listed = parse_pem_bundle(root_cas).map_err(AnchorsError::Roots)?;
        let lists = match crls.filter(|text| !text.trim().is_empty()) {
            Some(text) => pem::read(text, &["X509 CRL"]).map_err(AnchorsError::Crls)?,
            None => Vec::new(),
        };
        let mut anchors = Self::new(listed, false)?;
        for (index, der) in lists.into_iter().enumerate() {
            anchors.add_crl(index + 1, der)?;
        }
        anchors.crls.sort_by_key(|crl| std::cmp::Reverse(crl.this_update));
        anchors.id = anchors.digest();
        Ok(anchors)
    }

    /// The host's own roots. What does not parse or cannot serve as a CA is left out.
    pub fn system(roots: &[CertificateDer<'_>]) -> Self {
        let usable = roots
            .iter()
            .filter_map(|der| Certificate::from_der(der.as_ref()).ok())
            .filter(|root| root.may_issue() && webpki::anchor_from_trusted_cert(root.der()).is_ok())
            .collect();
        // Nothing is refused after that filter.
        Self::new(usable, true).unwrap_or_else(|_| Self::empty(true))
    }

    /// Identifies this content.
    pub fn id(&self) -> AnchorsId {
        self.id
    }

    /// The certificates listed, without duplicates.
    pub fn certificates(&self) -> &[Certificate] {
        &self.listed
    }

    /// Judges a chain as the client sent it, its own certificate first. `now` in seconds since 1970.
    ///
    /// Possession of the key is not judged here: the TLS handshake proves it.
    pub fn verify(&self, chain: &[CertificateDer<'_>], now: i64) -> Result<TrustedPath, PathError> {
        let leaf = bounded_leaf(chain)?;
        dates(&leaf, now)?;
        if !leaf.allows_client_auth() {
            let usages = leaf.extended_key_usage_names().join(", ");
            let usages = if usages.is_empty() { "nothing".into() } else { usages };
            return Err(PathError::WrongUsage { subject: leaf.subject().to_string(), usages });
        }
        if let Some(listed) = self.listed.iter().find(|listed| **listed == leaf) {
            let until = self.not_revoked(&leaf, None, now)?;
            return Ok(trusted(TrustRule::Listed, listed, leaf.not_after().min(until)));
        }
        if leaf.version() < 3 {
            return self.verify_old_version(&leaf, now);
        }
        self.verify_path(&leaf, chain, now)
    }

    fn verify_path(
        &self,
        leaf: &Certificate,
        chain: &[CertificateDer<'_>],
        now: i64,
    ) -> Result<TrustedPath, PathError> {
        let anchors = self.anchors_at(now);
        let crls: Vec<&CertRevocationList<'_>> = self.crls.iter().map(|crl| &crl.list).collect();
        let revocation = RevocationOptionsBuilder::new(&crls).ok().map(|options| {
            options
                // A CA without a list here is one whose certificates are not revoked by list.
                .with_status_policy(UnknownStatusPolicy::Allow)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now.max(0).unsigned_abs()));
        let [_, intermediates @ ..] = chain else { return Err(PathError::NoCertificate) };
        let fail = |error| diagnose::explain(self, leaf, intermediates, &error, now);
        let end_entity = EndEntityCert::try_from(leaf.der()).map_err(fail)?;
        let path = end_entity
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                intermediates,
                time,
                ClientUsage,
                revocation,
                None,
            )
            .map_err(fail)?;
        let mut members = vec![leaf.clone()];
        for intermediate in path.intermediate_certificates() {
            let parsed = Certificate::from_der(intermediate.der().as_ref());
            members.push(parsed.map_err(|error| PathError::Malformed { index: members.len() + 1, error })?);
        }
        let anchor = path.anchor();
        let issuer = self.issuers.iter().find(|issuer| {
            issuer.anchor.subject == anchor.subject
                && issuer.anchor.subject_public_key_info == anchor.subject_public_key_info
                && issuer.is_valid_at(now)
        });
        let issuer = issuer.ok_or_else(|| fail(webpki::Error::UnknownIssuer))?;
        let ends = members.iter().map(Certificate::not_after).chain([issuer.certificate.not_after()]);
        let lists = members.iter().flat_map(|member| self.crls_for(member)).filter_map(|crl| crl.next_update);
        let until = ends.chain(lists).min().unwrap_or(now);
        Ok(trusted(TrustRule::Path, &issuer.certificate, until))
    }

    /// What `openssl x509 -req` makes without `-extfile`: no extensions, so no path rules; one signature.
    fn verify_old_version(&self, leaf: &Certificate, now: i64) -> Result<TrustedPath, PathError> {
        let named =
            self.issuers.iter().filter(|issuer| issuer.certificate.subject_der() == leaf.issuer_der());
        let mut failure = None;
        for issuer in named {
            let ca = &issuer.certificate;
            if !issuer.is_valid_at(now) {
                failure = failure.or_else(|| Some(diagnose::anchor_dates(ca, now)));
                continue;
            }
            match signature::check(leaf.der(), ca.spki_der()) {
                Signature::Good => {
                    let until = self.not_revoked(leaf, Some(ca), now)?;
                    let until = until.min(leaf.not_after()).min(ca.not_after());
                    return Ok(trusted(TrustRule::OldVersion, ca, until));
                }
                Signature::Bad => failure = Some(diagnose::bad_signature(leaf, ca)),
                Signature::Unsupported => failure = Some(diagnose::unsupported_signature(leaf)),
            }
        }
        Err(failure.unwrap_or_else(|| diagnose::old_version(self, leaf)))
    }

    /// Looks the certificate up in the newest list of its issuer. `signer` is the CA whose signature the list
    /// must have; without one the list may still revoke, since the operator gave it. Returns until when the
    /// answer holds.
    fn not_revoked(
        &self,
        leaf: &Certificate,
        signer: Option<&Certificate>,
        now: i64,
    ) -> Result<i64, PathError> {
        for crl in self.crls_for(leaf) {
            let issuer = crl.issuer.to_string();
            if let Some(signer) =
                signer.filter(|signer| signature::check(&crl.der, signer.spki_der()) != Signature::Good)
            {
                let detail =
                    format!("it is not signed by the key of the CA certificate {}", signer.x5t_s256());
                return Err(PathError::CrlUnusable { issuer, detail });
            }
            if let Some(revoked_at) = crl.revoked_at(leaf.serial()) {
                return Err(diagnose::revoked(leaf, revoked_at));
            }
            if crl.is_expired(now) {
                return Err(PathError::CrlExpired {
                    issuer,
                    next_update: crl.next_update.unwrap_or(now),
                    now,
                });
            }
        }
        Ok(self.crls_for(leaf).filter_map(|crl| crl.next_update).min().unwrap_or(i64::MAX))
    }

    fn crls_for<'a>(&'a self, certificate: &'a Certificate) -> impl Iterator<Item = &'a RevocationList> {
        let newest = self.crls.iter().find(|crl| crl.issuer_der == certificate.issuer_der());
        newest.into_iter()
    }

    fn anchors_at(&self, now: i64) -> Cow<'_, [TrustAnchor<'static>]> {
        if self.issuers.iter().all(|issuer| issuer.is_valid_at(now)) {
            return Cow::Borrowed(&self.anchors);
        }
        let valid = self.issuers.iter().filter(|issuer| issuer.is_valid_at(now));
        Cow::Owned(valid.map(|issuer| issuer.anchor.clone()).collect())
    }

    fn empty(system: bool) -> Self {
        let mut empty = Self {
            id: AnchorsId([0; 32]),
            system,
            listed: Vec::new(),
            issuers: Vec::new(),
            anchors: Vec::new(),
            crls: Vec::new(),
        };
        empty.id = empty.digest();
        empty
    }

    fn new(certificates: Vec<Certificate>, system: bool) -> Result<Self, AnchorsError> {
        let mut anchors = Self::empty(system);
        for (index, certificate) in certificates.into_iter().enumerate() {
            if anchors.listed.contains(&certificate) {
                continue;
            }
            if certificate.may_issue() {
                let anchor = webpki::anchor_from_trusted_cert(certificate.der());
                let anchor =
                    anchor.map(|anchor| anchor.to_owned()).map_err(|error| AnchorsError::Unusable {
                        index: index + 1,
                        subject: certificate.subject().to_string(),
                        detail: error.to_string(),
                    })?;
                anchors.anchors.push(anchor.clone());
                anchors.issuers.push(Issuer { certificate: certificate.clone(), anchor });
            }
            anchors.listed.push(certificate);
        }
        anchors.id = anchors.digest();
        Ok(anchors)
    }

    fn add_crl(&mut self, index: usize, der: Vec<u8>) -> Result<(), AnchorsError> {
        let crl = RevocationList::from_der(der).map_err(|detail| AnchorsError::Crl { index, detail })?;
        let mut named = self
            .issuers
            .iter()
            .filter(|issuer| issuer.certificate.subject_der() == crl.issuer_der)
            .peekable();
        let known = named.peek().is_some();
        let signed =
            named.any(|issuer| signature::check(&crl.der, issuer.certificate.spki_der()) == Signature::Good);
        if known && !signed {
            return Err(AnchorsError::CrlSignature { index, issuer: crl.issuer.to_string() });
        }
        self.crls.push(crl);
        Ok(())
    }

    fn digest(&self) -> AnchorsId {
        let mut content = vec![u8::from(self.system)];
        let certificates = self.listed.iter().map(|certificate| certificate.der().as_ref());
        let lists = self.crls.iter().map(|crl| crl.der.as_slice());
        // Each DER structure carries its own length, so the concatenation is unambiguous.
        certificates.chain(lists).for_each(|der| content.extend_from_slice(der));
        AnchorsId(certificate::sha256(&content))
    }
}

impl std::fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustAnchors")
            .field("system", &self.system)
            .field("listed", &self.listed)
            .field("crls", &self.crls.len())
            .finish_non_exhaustive()
    }
}

impl Issuer {
    fn is_valid_at(&self, now: i64) -> bool {
        self.certificate.not_before() <= now && now <= self.certificate.not_after()
    }
}

/// Absent, clientAuth or anyExtendedKeyUsage (RFC 5280 §4.2.1.12), for each certificate of the path.
struct ClientUsage;

impl ExtendedKeyUsageValidator for ClientUsage {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let mut absent = true;
        for usage in usages {
            absent = false;
            let usage = usage?;
            if usage == CLIENT_AUTH || usage == ANY_USAGE {
                return Ok(());
            }
        }
        if absent {
            return Ok(());
        }
        let required = KeyUsage::client_auth();
        let context = webpki::RequiredEkuNotFoundContext { required, present: Vec::new() };
        Err(webpki::Error::RequiredEkuNotFoundContext(context))
    }
}

const CLIENT_AUTH: KeyPurposeId<'static> = KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 2]);
const ANY_USAGE: KeyPurposeId<'static> = KeyPurposeId::new(&[0x55, 0x1d, 0x25, 0]);

/// Bounds the work, then reads the client's own certificate.
fn bounded_leaf(chain: &[CertificateDer<'_>]) -> Result<Certificate, PathError> {
    let Some(leaf) = chain.first() else { return Err(PathError::NoCertificate) };
    let bytes = chain.iter().map(|certificate| certificate.len()).sum();
    if chain.len() > MAX_CHAIN || bytes > MAX_CHAIN_BYTES {
        return Err(PathError::TooLong { certificates: chain.len(), bytes });
    }
    Certificate::from_der(leaf.as_ref()).map_err(|error| PathError::Malformed { index: 1, error })
}

fn dates(certificate: &Certificate, now: i64) -> Result<(), PathError> {
    let subject = || certificate.subject().to_string();
    if now < certificate.not_before() {
        return Err(PathError::NotYetValid { subject: subject(), not_before: certificate.not_before(), now });
    }
    if now > certificate.not_after() {
        return Err(PathError::Expired { subject: subject(), not_after: certificate.not_after(), now });
    }
    Ok(())
}

fn trusted(rule: TrustRule, anchor: &Certificate, valid_until: i64) -> TrustedPath {
    TrustedPath {
        rule,
        anchor_subject: anchor.subject().to_string(),
        anchor_thumbprint: anchor.x5t_s256(),
        valid_until,
    }
}

impl From<PemError> for AnchorsError {
    fn from(error: PemError) -> Self {
        Self::Roots(error)
    }
}
