//! Certificate revocation lists (RFC 5280 §5), given as PEM beside the roots.

use std::{cmp::Ordering, collections::HashMap};

use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use crate::{DistinguishedName, ObjectIdentifier};

/// One list, parsed.
pub(crate) struct RevocationList {
    pub(crate) der: Vec<u8>,
    pub(crate) list: CertRevocationList<'static>,
    pub(crate) issuer: DistinguishedName,
    pub(crate) issuer_der: Vec<u8>,
    this_update: i64,
    pub(crate) next_update: Option<i64>,
    /// cRLNumber without leading zeros; empty when absent.
    number: Vec<u8>,
    /// Serial number without leading zeros → revocation date.
    revoked: HashMap<Vec<u8>, i64>,
}

impl RevocationList {
    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, String> {
        let malformed = || "its structure does not parse".to_owned();
        let (rest, parsed) = CertificateRevocationList::from_der(&der).map_err(|_| malformed())?;
        if !rest.is_empty() {
            return Err("there are bytes after its end".into());
        }
        if parsed.version().is_none() {
            return Err(VERSION_1.into());
        }
        let issuer_der = parsed.issuer().as_raw().to_vec();
        let issuer = DistinguishedName::from_der(&issuer_der).ok_or_else(malformed)?;
        let list = OwnedCertRevocationList::from_der(&der).map_err(|error| reason(&error))?;
        let (this_update, next_update) = (parsed.last_update().timestamp(), parsed.next_update());
        let next_update = next_update.map(|time| time.timestamp());
        let number =
            parsed.crl_number().map(x509_parser::num_bigint::BigUint::to_bytes_be).unwrap_or_default();
        let number = without_leading_zeros(&number).to_vec();
        let entries = parsed.iter_revoked_certificates();
        let revoked = entries
            .map(|entry| {
                (without_leading_zeros(entry.raw_serial()).to_vec(), entry.revocation_date.timestamp())
            })
            .collect();
        Ok(Self {
            list: CertRevocationList::Owned(list),
            issuer,
            issuer_der,
            this_update,
            next_update,
            number,
            revoked,
            der,
        })
    }

    /// When the certificate with this serial number was revoked, in seconds since 1970.
    pub(crate) fn revoked_at(&self, serial: &[u8]) -> Option<i64> {
        self.revoked.get(without_leading_zeros(serial)).copied()
    }

    /// The newer list first; two of the same second by their number.
    pub(crate) fn newest_first(a: &Self, b: &Self) -> Ordering {
        let age = |list: &Self| (list.this_update, list.number.len());
        age(b).cmp(&age(a)).then_with(|| b.number.cmp(&a.number))
    }

    pub(crate) fn is_expired(&self, now: i64) -> bool {
        self.next_update.is_some_and(|next_update| next_update < now)
    }

    /// The algorithm the list is signed with.
    pub(crate) fn signature_algorithm(&self) -> Option<ObjectIdentifier> {
        let (_, parsed) = CertificateRevocationList::from_der(&self.der).ok()?;
        ObjectIdentifier::from_der_contents(parsed.signature_algorithm.algorithm.as_bytes())
    }
}

const VERSION_1: &str =
    "it is of version 1; version 2 is needed (openssl ca: set crlnumber or crl_extensions)";

fn without_leading_zeros(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

fn reason(error: &webpki::Error) -> String {
    match error {
        webpki::Error::UnsupportedCrlVersion => VERSION_1.into(),
        webpki::Error::UnsupportedDeltaCrl => "it is a delta list; give the complete one".into(),
        webpki::Error::UnsupportedIndirectCrl => "it is an indirect list; give the CA's own".into(),
        other => format!("it is not usable: {other}"),
    }
}
