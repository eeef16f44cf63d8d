//! Making certificates: a CA, and server and client certificates issued by it (RFC 5280). For development and
//! first starts, not a certification authority with records of what it issued.
//!
//! Written here rather than with a library so that any subject can be made: repeated types (`DC=example,DC=com`)
//! and multi-valued RDNs included, and an issuer name that is byte for byte the CA's subject.

mod key;

pub use key::{KeyType, PrivateKey};

use std::net::IpAddr;

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{
    Certificate, CertificateError, DistinguishedName, PemError, SubjectAltNames,
    certificate::sha256,
    der::{self, tag},
    oid::ObjectIdentifier,
};

/// Why no certificate was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// The key cannot be made, read or used.
    #[error("the private key cannot be used: {0}")]
    Key(&'static str),
    /// The CA certificate's PEM.
    #[error("the CA certificate: {0}")]
    Pem(PemError),
    /// The CA certificate and the CA key are no pair.
    #[error("the CA's private key does not belong to its certificate ({subject})")]
    NoPair {
        /// The CA's subject.
        subject: String,
    },
    /// The certificate to sign with is no CA's.
    #[error("the certificate of {subject} is no CA certificate (CA:TRUE, keyCertSign)")]
    NotCa {
        /// Its subject.
        subject: String,
    },
    /// A subject alternative name with other than ASCII characters.
    #[error(
        "{0:?} cannot be a subject alternative name: only ASCII is possible (internationalised names as xn--…)"
    )]
    AltName(String),
    /// A time that X.509 cannot express.
    #[error("the validity cannot be expressed: {0}")]
    Validity(&'static str),
    /// The result does not parse: a fault here.
    #[error("the certificate made is malformed: {0}")]
    Malformed(CertificateError),
}

/// Seconds since 1970, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: i64,
    /// Last second.
    pub not_after: i64,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To issue others.
    Authority,
    /// A TLS server (extendedKeyUsage serverAuth).
    Server,
    /// A TLS client (extendedKeyUsage clientAuth).
    Client,
}

/// What a certificate says.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The subject; it may be empty when there are alternative names.
    pub subject: DistinguishedName,
    /// Alternative names.
    pub alt_names: SubjectAltNames,
    /// Validity.
    pub validity: Validity,
    /// Random octets of the serial number; the top bit is cleared (RFC 5280 §4.1.2.2: positive).
    pub serial: [u8; 16],
}

/// A CA: a certificate and its key.
#[derive(Debug)]
pub struct Authority {
    certificate: Certificate,
    key: PrivateKey,
}

impl Authority {
    /// Makes a self-signed CA.
    pub fn new(key: PrivateKey, contents: &Contents) -> Result<Self, MakeError> {
        let certificate = self_signed(Purpose::Authority, &key, contents)?;
        Ok(Self { certificate, key })
    }

    /// Takes a CA from PEM: certificate, and key (PKCS#8, PKCS#1 or SEC1).
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, MakeError> {
        let certificate = Certificate::from_pem(certificate).map_err(MakeError::Pem)?;
        let key = PrivateKey::from_pem(key)?;
        let subject = certificate.subject().to_string();
        if certificate.spki_der() != key.spki_der() {
            return Err(MakeError::NoPair { subject });
        }
        if !certificate.may_issue() {
            return Err(MakeError::NotCa { subject });
        }
        Ok(Self { certificate, key })
    }

    /// The CA's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The CA's key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// Issues a certificate for a public key (`SubjectPublicKeyInfo`, see [`PrivateKey::spki_der`]).
    pub fn issue(
        &self,
        purpose: Purpose,
        spki: &[u8],
        contents: &Contents,
    ) -> Result<Certificate, MakeError> {
        let issuer = Signer {
            name: self.certificate.subject_der(),
            spki: self.certificate.spki_der(),
            key: &self.key,
        };
        sign(purpose, spki, contents, &issuer)
    }
}

/// Makes a certificate signed by its own key.
pub fn self_signed(
    purpose: Purpose,
    key: &PrivateKey,
    contents: &Contents,
) -> Result<Certificate, MakeError> {
    let name = contents.subject.to_der();
    sign(purpose, key.spki_der(), contents, &Signer { name: &name, spki: key.spki_der(), key })
}

impl SubjectAltNames {
    /// Host names and addresses as a server is reached by: `localhost`, `127.0.0.1`, `::1`.
    pub fn for_hosts<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = Self::default();
        for host in hosts {
            match host.parse::<IpAddr>() {
                Ok(address) => names.ip.push(address),
                Err(_) => names.dns.push(host.to_owned()),
            }
        }
        names
    }

    fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.uri.is_empty() && self.email.is_empty() && self.ip.is_empty()
    }
}

struct Signer<'a> {
    name: &'a [u8],
    spki: &'a [u8],
    key: &'a PrivateKey,
}

fn sign(
    purpose: Purpose,
    spki: &[u8],
    contents: &Contents,
    signer: &Signer<'_>,
) -> Result<Certificate, MakeError> {
    let mut serial = contents.serial;
    serial[0] &= 0x7f;
    let algorithm = signer.key.signature_algorithm()?;
    let extensions = extensions(purpose, spki, contents, signer)?;
    let tbs = der::sequence(&[
        &der::write(0xa0, &der::unsigned(&[2])), // version 3
        &der::unsigned(&serial),
        &algorithm,
        signer.name,
        &validity(contents.validity)?,
        &contents.subject.to_der(),
        spki,
        &der::write(0xa3, &der::sequence(&[&extensions])),
    ]);
    let signature = signer.key.sign(&tbs)?;
    let certificate = der::sequence(&[&tbs, &algorithm, &der::bit_string(&signature)]);
    Certificate::from_der(certificate).map_err(MakeError::Malformed)
}

/// RFC 5280 §4.2.
fn extensions(
    purpose: Purpose,
    spki: &[u8],
    contents: &Contents,
    signer: &Signer<'_>,
) -> Result<Vec<u8>, MakeError> {
    let authority = purpose == Purpose::Authority;
    // keyUsage bits: 0 digitalSignature, 2 keyEncipherment (TLS 1.2 RSA key exchange is off: not set),
    // 5 keyCertSign, 6 cRLSign.
    let key_usage: &[u8] = if authority { &[1, 0b0000_0110] } else { &[7, 0b1000_0000] };
    let basic =
        if authority { der::sequence(&[&der::write(tag::BOOLEAN, &[0xff])]) } else { der::sequence(&[]) };
    let mut all = vec![
        extension("2.5.29.19", true, &basic)?,
        extension("2.5.29.15", true, &der::write(tag::BIT_STRING, key_usage))?,
        extension("2.5.29.14", false, &der::write(tag::OCTET_STRING, &key_identifier(spki)))?,
    ];
    if !authority {
        let usage = if purpose == Purpose::Server { "1.3.6.1.5.5.7.3.1" } else { "1.3.6.1.5.5.7.3.2" };
        all.push(extension("2.5.29.37", false, &der::sequence(&[&oid(usage)?]))?);
    }
    if !contents.alt_names.is_empty() {
        // §4.2.1.6: critical when the subject is empty.
        all.push(extension("2.5.29.17", contents.subject.is_empty(), &alt_names(&contents.alt_names)?)?);
    }
    if signer.spki != spki {
        let identifier = der::sequence(&[&der::write(0x80, &key_identifier(signer.spki))]);
        all.push(extension("2.5.29.35", false, &identifier)?);
    }
    Ok(all.concat())
}

fn extension(identifier: &str, critical: bool, value: &[u8]) -> Result<Vec<u8>, MakeError> {
    let critical = if critical { der::write(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
    Ok(der::sequence(&[&oid(identifier)?, &critical, &der::write(tag::OCTET_STRING, value)]))
}

fn oid(dotted: &str) -> Result<Vec<u8>, MakeError> {
    let oid = ObjectIdentifier::from_dotted(dotted).ok_or(MakeError::Key("bad object identifier"))?;
    Ok(der::write(tag::OID, oid.der_contents()))
}

fn alt_names(names: &SubjectAltNames) -> Result<Vec<u8>, MakeError> {
    let mut all = Vec::new();
    for (context_tag, values) in [(0x82, &names.dns), (0x86, &names.uri), (0x81, &names.email)] {
        for value in values {
            if !value.is_ascii() || value.is_empty() {
                return Err(MakeError::AltName(value.clone()));
            }
            all.extend(der::write(context_tag, value.as_bytes()));
        }
    }
    for address in &names.ip {
        match address {
            IpAddr::V4(address) => all.extend(der::write(0x87, &address.octets())),
            IpAddr::V6(address) => all.extend(der::write(0x87, &address.octets())),
        }
    }
    Ok(der::write(tag::SEQUENCE, &all))
}

/// RFC 7093 §2 method 1: 160 bits of SHA-256 over the public key.
fn key_identifier(spki: &[u8]) -> Vec<u8> {
    let parts = der::Tlv::only(spki).and_then(|outer| outer.children());
    let key =
        parts.as_deref().and_then(|parts| parts.get(1)).and_then(|key| key.value.get(1..)).unwrap_or(spki);
    sha256(key).iter().take(20).copied().collect()
}

fn validity(validity: Validity) -> Result<Vec<u8>, MakeError> {
    if validity.not_after < validity.not_before {
        return Err(MakeError::Validity("it ends before it begins"));
    }
    Ok(der::sequence(&[&moment(validity.not_before)?, &moment(validity.not_after)?]))
}

/// §4.1.2.5: `UTCTime` through 2049, `GeneralizedTime` from 2050.
fn moment(unix: i64) -> Result<Vec<u8>, MakeError> {
    const SHORT: &[BorrowedFormatItem<'_>] =
        format_description!("[year repr:last_two][month][day][hour][minute][second]Z");
    const LONG: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day][hour][minute][second]Z");
    let out_of_range = || MakeError::Validity("a time is outside the years 1950 to 9999");
    let time = OffsetDateTime::from_unix_timestamp(unix).map_err(|_| out_of_range())?;
    let (form, time_tag) = match time.year() {
        1950..=2049 => (SHORT, tag::UTC_TIME),
        2050..=9999 => (LONG, tag::GENERALIZED_TIME),
        _ => return Err(out_of_range()),
    };
    let text = time.format(form).map_err(|_| out_of_range())?;
    Ok(der::write(time_tag, text.as_bytes()))
}
