//! From PEM, or the host's store, to a set of anchors.

use rustls::pki_types::CertificateDer;

use super::{
    AnchorsError, AnchorsId, Issuer, TrustAnchors,
    signature::{self, Signature},
};
use crate::{Certificate, certificate::sha256, crl::RevocationList, parse_pem_bundle, pem};

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
        anchors.crls.sort_by(RevocationList::newest_first);
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
        AnchorsId(sha256(&content))
    }
}
