//! The text forms of certificates in headers.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::CertificateDer;
use symbolon_pki::{Certificate, parse_pem_bundle};

use super::error::{HeaderFault, HeaderForm};

/// A client's certificate, and the chain with it first.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) leaf: Certificate,
    pub(super) chain: Vec<CertificateDer<'static>>,
}

type Decoded = Result<Chain, (HeaderForm, HeaderFault)>;

/// Any form but Envoy's, told apart by what cannot occur in the others.
pub(super) fn any(text: &str) -> Decoded {
    if text.starts_with(':') {
        let form = HeaderForm::ByteSequence;
        return byte_sequences(text).and_then(Chain::from_ders).map_err(|fault| (form, fault));
    }
    if text.contains('%') {
        let form = HeaderForm::UrlEncodedPem;
        let Some(decoded) = percent_decode(text) else { return Err((form, HeaderFault::BadPercent)) };
        return if decoded.contains("-----BEGIN") { pem(&decoded, form) } else { base64_list(&decoded) };
    }
    if text.contains("-----BEGIN") { pem(text, HeaderForm::Pem) } else { base64_list(text) }
}

/// RFC 9440 §2.2 and §2.3: the certificate, and the rest of the chain as a list in one or more headers.
pub(super) fn rfc9440(leaf: &str, chain: &[&str]) -> Result<Chain, HeaderFault> {
    let mut ders = vec![byte_sequence(leaf)?];
    for list in chain {
        ders.extend(byte_sequences(list)?);
    }
    Chain::from_ders(ders)
}

/// Percent-encoded PEM of one or more certificates.
pub(super) fn url_encoded_pem(text: &str) -> Result<Chain, HeaderFault> {
    let decoded = percent_decode(text).ok_or(HeaderFault::BadPercent)?;
    pem(&decoded, HeaderForm::UrlEncodedPem).map_err(|(_, fault)| fault)
}

fn pem(text: &str, form: HeaderForm) -> Decoded {
    let certificates = parse_pem_bundle(text).map_err(|error| (form, HeaderFault::Pem(error)))?;
    Chain::new(certificates).map_err(|fault| (form, fault))
}

fn base64_list(text: &str) -> Decoded {
    let ders: Result<Vec<_>, _> = text.split(',').map(base64).collect();
    ders.and_then(Chain::from_ders).map_err(|fault| (HeaderForm::Base64, fault))
}

/// RFC 9651 §3.3.5: `:base64:`.
fn byte_sequence(text: &str) -> Result<Vec<u8>, HeaderFault> {
    let inner = text.trim().strip_prefix(':').and_then(|text| text.strip_suffix(':'));
    base64(inner.ok_or(HeaderFault::NotAByteSequence)?)
}

fn byte_sequences(list: &str) -> Result<Vec<Vec<u8>>, HeaderFault> {
    list.split(',').map(byte_sequence).collect()
}

fn base64(text: &str) -> Result<Vec<u8>, HeaderFault> {
    let compact: String = text.split_whitespace().collect();
    BASE64_STANDARD.decode(compact).map_err(|_| HeaderFault::BadBase64)
}

/// RFC 3986 §2.1. A plus sign stays one: it is base64, and no proxy writes a space so.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
        let value = digit(rest.first())? << 4 | digit(rest.get(1))?;
        bytes.push(u8::try_from(value).ok()?);
        rest = rest.get(2..)?;
    }
    String::from_utf8(bytes).ok()
}

impl Chain {
    fn from_ders(ders: Vec<Vec<u8>>) -> Result<Self, HeaderFault> {
        let certificates = ders.into_iter().enumerate().map(|(index, der)| {
            Certificate::from_der(der).map_err(|error| HeaderFault::Certificate { index: index + 1, error })
        });
        Self::new(certificates.collect::<Result<_, _>>()?)
    }

    fn new(certificates: Vec<Certificate>) -> Result<Self, HeaderFault> {
        let chain = certificates.iter().map(|certificate| certificate.der().clone()).collect();
        let leaf = certificates.into_iter().next().ok_or(HeaderFault::NoCertificate)?;
        Ok(Self { leaf, chain })
    }
}
