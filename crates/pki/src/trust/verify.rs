//! The verdict on one chain.

use std::{borrow::Cow, time::Duration};

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeId,
    KeyPurposeIdIter, KeyUsage, RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::{
    MAX_CHAIN, MAX_CHAIN_BYTES, PathError, TrustAnchors, TrustRule, TrustedPath, diagnose,
    signature::{self, Signature},
};
use crate::{Certificate, crl::RevocationList};

impl TrustAnchors {
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
        let time = UnixTime::since_unix_epoch(Duration::from_secs(now.max(0).unsigned_abs()));
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
                Signature::Unsupported => failure = Some(diagnose::unsupported(leaf, ca)),
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

    pub(super) fn crls_for<'a>(
        &'a self,
        certificate: &'a Certificate,
    ) -> impl Iterator<Item = &'a RevocationList> {
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

pub(super) fn dates(certificate: &Certificate, now: i64) -> Result<(), PathError> {
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
