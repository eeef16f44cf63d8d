//! One certificate: its bytes, and what it says (RFC 5280 §4, and X.509 v1).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use data_encoding::HEXLOWER;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, SubjectPublicKeyInfo, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::{DistinguishedName, ObjectIdentifier, PemError, parse_pem_bundle, pem};

/// Largest certificate taken, in bytes.
pub const MAX_BYTES: usize = 32 * 1024;

/// A certificate and a summary of it. Cheap to clone. Nothing in it is verified: see [`crate::trust`].
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Inner>,
}

struct Inner {
    der: CertificateDer<'static>,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    subject_der: Vec<u8>,
    issuer_der: Vec<u8>,
    serial: Vec<u8>,
    version: u32,
    not_before: i64,
    not_after: i64,
    sans: SubjectAltNames,
    is_ca: Option<bool>,
    may_sign_certificates: Option<bool>,
    extended_key_usage: Option<Vec<ObjectIdentifier>>,
    key: KeyDescription,
    spki: Vec<u8>,
    signature_algorithm: ObjectIdentifier,
    thumbprint: [u8; 32],
}

/// Subject alternative names of the kinds a client may register (RFC 8705 §2.1.2), as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SubjectAltNames {
    /// dNSName
    pub dns: Vec<String>,
    /// uniformResourceIdentifier
    pub uri: Vec<String>,
    /// rfc822Name
    pub email: Vec<String>,
    /// iPAddress of 4 or 16 octets
    pub ip: Vec<IpAddr>,
}

/// The public key, in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyDescription {
    /// `RSA`, `EC P-256`, `EC P-384`, `EC P-521`, `Ed25519`, `Ed448`, or the algorithm's object identifier.
    pub algorithm: String,
    /// Size in bits; 0 when it is not known.
    pub bits: usize,
}

impl fmt::Display for KeyDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.algorithm == "RSA" {
            write!(f, "RSA {} bits", self.bits)
        } else {
            f.write_str(&self.algorithm)
        }
    }
}

/// Why bytes are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Over [`MAX_BYTES`].
    #[error("the certificate is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not an X.509 certificate in DER.
    #[error("these bytes are no X.509 certificate in DER: {0}")]
    Malformed(&'static str),
}

impl Certificate {
    /// Reads a certificate; X.509 v1 and v3 alike. Bytes after it are an error.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, CertificateError> {
        let der: Vec<u8> = der.into();
        if der.len() > MAX_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let inner = summary(&der)?;
        Ok(Self { inner: Arc::new(Inner { der: CertificateDer::from(der), ..inner }) })
    }

    /// Reads the first certificate of a PEM text; further ones are read and dropped.
    pub fn from_pem(text: &str) -> Result<Self, PemError> {
        let first = parse_pem_bundle(text)?.into_iter().next();
        first.ok_or(PemError::NoBlock { expected: "CERTIFICATE" })
    }

    /// The certificate as PEM.
    pub fn to_pem(&self) -> String {
        pem::write("CERTIFICATE", self.der())
    }

    /// The certificate as it came.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.inner.der
    }

    /// The subject.
    pub fn subject(&self) -> &DistinguishedName {
        &self.inner.subject
    }

    /// The issuer.
    pub fn issuer(&self) -> &DistinguishedName {
        &self.inner.issuer
    }

    /// The subject as DER, as it came: this is what an issuer is found by.
    pub fn subject_der(&self) -> &[u8] {
        &self.inner.subject_der
    }

    /// The issuer as DER, as it came.
    pub fn issuer_der(&self) -> &[u8] {
        &self.inner.issuer_der
    }

    /// Whether subject and issuer are the same name, byte for byte (RFC 5280 §3.2).
    pub fn is_self_issued(&self) -> bool {
        self.inner.subject_der == self.inner.issuer_der
    }

    /// The serial number's DER contents.
    pub fn serial(&self) -> &[u8] {
        &self.inner.serial
    }

    /// The serial number in lower-case hexadecimal digits, without the sign octet.
    pub fn serial_hex(&self) -> String {
        let digits = match self.inner.serial.as_slice() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        HEXLOWER.encode(digits)
    }

    /// 1, 2 or 3.
    pub fn version(&self) -> u32 {
        self.inner.version
    }

    /// Start of validity, in seconds since 1970.
    pub fn not_before(&self) -> i64 {
        self.inner.not_before
    }

    /// Last second of validity, in seconds since 1970.
    pub fn not_after(&self) -> i64 {
        self.inner.not_after
    }

    /// Subject alternative names.
    pub fn subject_alt_names(&self) -> &SubjectAltNames {
        &self.inner.sans
    }

    /// Whether basicConstraints says `CA:TRUE`.
    pub fn is_ca(&self) -> bool {
        self.inner.is_ca == Some(true)
    }

    /// Whether the certificate may issue others: `CA:TRUE` and, if there is a keyUsage, keyCertSign in it.
    /// X.509 v1 has no such marks: a self-issued v1 certificate may.
    pub fn may_issue(&self) -> bool {
        match self.inner.version {
            3 => self.is_ca() && self.inner.may_sign_certificates != Some(false),
            _ => self.is_self_issued(),
        }
    }

    /// The extended key usages; `None` when the extension is absent, which means any (RFC 5280 §4.2.1.12).
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.inner.extended_key_usage.as_deref()
    }

    /// Extended key usages by name (`clientAuth`) or object identifier, for people to read.
    pub fn extended_key_usage_names(&self) -> Vec<String> {
        let usages = self.extended_key_usage().unwrap_or_default();
        usages.iter().map(usage_name).collect()
    }

    /// Whether the extended key usage allows TLS client authentication.
    pub fn allows_client_auth(&self) -> bool {
        self.extended_key_usage().is_none_or(|usages| {
            usages
                .iter()
                .any(|usage| matches!(usage_name(usage).as_str(), "clientAuth" | "anyExtendedKeyUsage"))
        })
    }

    /// The public key, in words.
    pub fn key(&self) -> &KeyDescription {
        &self.inner.key
    }

    /// The `SubjectPublicKeyInfo` as DER.
    pub fn spki_der(&self) -> &[u8] {
        &self.inner.spki
    }

    /// The algorithm the issuer signed with.
    pub fn signature_algorithm(&self) -> &ObjectIdentifier {
        &self.inner.signature_algorithm
    }

    /// SHA-256 over the DER.
    pub fn sha256_thumbprint(&self) -> &[u8; 32] {
        &self.inner.thumbprint
    }

    /// RFC 8705 §3.1: `x5t#S256`, the thumbprint in base64url without padding.
    pub fn x5t_s256(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.inner.thumbprint)
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.inner.subject.to_string())
            .field("issuer", &self.inner.issuer.to_string())
            .field("x5t#S256", &self.x5t_s256())
            .finish_non_exhaustive()
    }
}

fn summary(der: &[u8]) -> Result<Inner, CertificateError> {
    use CertificateError::Malformed;
    let (rest, parsed) =
        X509Certificate::from_der(der).map_err(|_| Malformed("its structure does not parse"))?;
    if !rest.is_empty() {
        return Err(Malformed("there are bytes after its end"));
    }
    let name = |raw: &[u8]| DistinguishedName::from_der(raw).ok_or(Malformed("a name in it does not parse"));
    let algorithm = parsed.signature_algorithm.algorithm.as_bytes();
    let mut inner = Inner {
        der: CertificateDer::from(Vec::new()),
        subject: name(parsed.subject().as_raw())?,
        issuer: name(parsed.issuer().as_raw())?,
        subject_der: parsed.subject().as_raw().to_vec(),
        issuer_der: parsed.issuer().as_raw().to_vec(),
        serial: parsed.raw_serial().to_vec(),
        version: parsed.version().0.saturating_add(1),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        sans: SubjectAltNames::default(),
        is_ca: None,
        may_sign_certificates: None,
        extended_key_usage: None,
        key: describe_key(parsed.public_key()),
        spki: parsed.public_key().raw.to_vec(),
        signature_algorithm: ObjectIdentifier::from_der_contents(algorithm)
            .ok_or(Malformed("its signature algorithm does not parse"))?,
        thumbprint: sha256(der),
    };
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => inner.is_ca = Some(constraints.ca),
            ParsedExtension::KeyUsage(usage) => inner.may_sign_certificates = Some(usage.key_cert_sign()),
            ParsedExtension::ExtendedKeyUsage(usage) => inner.extended_key_usage = Some(usages(usage)),
            ParsedExtension::SubjectAlternativeName(names) => {
                add_names(&mut inner.sans, &names.general_names);
            }
            _ => {}
        }
    }
    Ok(inner)
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

fn usages(usage: &x509_parser::extensions::ExtendedKeyUsage<'_>) -> Vec<ObjectIdentifier> {
    let known = [
        (usage.any, ANY_USAGE),
        (usage.client_auth, CLIENT_AUTH),
        (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
        (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
        (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
    ];
    let known = known
        .iter()
        .filter(|(present, _)| *present)
        .filter_map(|(_, oid)| ObjectIdentifier::from_dotted(oid));
    let other = usage.other.iter().filter_map(|oid| ObjectIdentifier::from_der_contents(oid.as_bytes()));
    known.chain(other).collect()
}

fn usage_name(usage: &ObjectIdentifier) -> String {
    let dotted = usage.to_string();
    match dotted.as_str() {
        ANY_USAGE => "anyExtendedKeyUsage".into(),
        CLIENT_AUTH => "clientAuth".into(),
        "1.3.6.1.5.5.7.3.1" => "serverAuth".into(),
        "1.3.6.1.5.5.7.3.3" => "codeSigning".into(),
        "1.3.6.1.5.5.7.3.4" => "emailProtection".into(),
        "1.3.6.1.5.5.7.3.8" => "timeStamping".into(),
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning".into(),
        _ => dotted,
    }
}

fn add_names(sans: &mut SubjectAltNames, names: &[GeneralName<'_>]) {
    for name in names {
        match name {
            GeneralName::DNSName(dns) => sans.dns.push((*dns).to_owned()),
            GeneralName::URI(uri) => sans.uri.push((*uri).to_owned()),
            GeneralName::RFC822Name(email) => sans.email.push((*email).to_owned()),
            GeneralName::IPAddress(octets) => sans.ip.extend(ip_address(octets)),
            _ => {}
        }
    }
}

fn ip_address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(|octets| IpAddr::V4(Ipv4Addr::from(octets)));
    let v6 = <[u8; 16]>::try_from(octets).map(|octets| IpAddr::V6(Ipv6Addr::from(octets)));
    v4.or(v6).ok()
}

fn describe_key(spki: &SubjectPublicKeyInfo<'_>) -> KeyDescription {
    let algorithm = spki.algorithm.algorithm.to_id_string();
    let curve = spki.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let (algorithm, bits) = match (spki.parsed(), curve.map(|curve| curve.to_id_string()).as_deref()) {
        (Ok(PublicKey::RSA(key)), _) => ("RSA".into(), key.key_size()),
        (_, Some("1.2.840.10045.3.1.7")) => ("EC P-256".into(), 256),
        (_, Some("1.3.132.0.34")) => ("EC P-384".into(), 384),
        (_, Some("1.3.132.0.35")) => ("EC P-521".into(), 521),
        (_, Some(curve)) if algorithm == "1.2.840.10045.2.1" => (format!("EC curve {curve}"), 0),
        _ if algorithm == "1.3.101.112" => ("Ed25519".into(), 256),
        _ if algorithm == "1.3.101.113" => ("Ed448".into(), 456),
        _ => (algorithm, 0),
    };
    KeyDescription { algorithm, bits }
}

const ANY_USAGE: &str = "2.5.29.37.0";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
