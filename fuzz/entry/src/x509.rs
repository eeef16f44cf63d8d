//! Names, certificates and chains.

use std::sync::OnceLock;

use rustls::pki_types::CertificateDer;
use symbolon_pki::{Certificate, DistinguishedName, TrustAnchors, parse_pem_bundle};

/// Two names, a line each: a name survives being written as text and as DER, and equality is mutual.
pub fn name(data: &[u8]) {
    if let Some(name) = DistinguishedName::from_der(data) {
        survives(&name);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (first, second) = text.split_once('\n').unwrap_or((text, text));
    let (Ok(first), Ok(second)) =
        (DistinguishedName::parse(first), DistinguishedName::parse_registered(second))
    else {
        return;
    };
    survives(&first);
    survives(&second);
    assert_eq!(first.matches(&second), second.matches(&first), "{first} against {second}");
    assert!(!first.matches(&second) || !first.matches_reversed(&second));
}

fn survives(name: &DistinguishedName) {
    assert!(name.matches(name), "{name} is not itself");
    let text = name.to_string();
    match DistinguishedName::parse(&text) {
        Ok(read) => assert!(name.matches(&read), "{text} reads as {read}"),
        Err(error) => panic!("{text} cannot be read again: {error}"),
    }
    match DistinguishedName::from_der(&name.to_der()) {
        Some(read) => assert!(name.matches(&read), "the DER of {text} reads as {read}"),
        None => panic!("the DER of {text} cannot be read again"),
    }
}

/// A certificate in DER, or a bundle in PEM: all that is shown of it can be shown, and it keeps its bytes.
pub fn certificate(data: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(data) {
        assert_eq!(certificate.der().as_ref(), data, "a certificate changed");
        show(&certificate);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    for certificate in parse_pem_bundle(text).unwrap_or_default() {
        show(&certificate);
    }
}

fn show(certificate: &Certificate) {
    survives(certificate.subject());
    survives(certificate.issuer());
    assert_eq!(certificate.x5t_s256().len(), 43, "SHA-256 in base64url");
    assert!(!certificate.serial_hex().contains(char::is_whitespace));
    certificate.extended_key_usage_names();
    certificate.may_issue();
    assert!(!format!("{:?} {:?}", certificate.subject_alt_names(), certificate.key()).is_empty());
    match Certificate::from_pem(&certificate.to_pem()) {
        Ok(read) => assert_eq!(read.der(), certificate.der(), "PEM changed it"),
        Err(error) => panic!("its own PEM cannot be read: {error}"),
    }
}

const AUTHORITY: &str = include_str!("material/ca.pem");
const LEAF: &[u8] = include_bytes!("material/leaf.der");
/// January 2027: all of the material is valid.
const NOW: i64 = 1_800_000_000;

/// A chain as a client sends it, each certificate after its length in two bytes: none is trusted but of those
/// subjects that the authority certified.
pub fn chain(data: &[u8]) {
    static ANCHORS: OnceLock<TrustAnchors> = OnceLock::new();
    static SUBJECT: OnceLock<Certificate> = OnceLock::new();
    let anchors = ANCHORS.get_or_init(|| match TrustAnchors::from_pem(AUTHORITY, None) {
        Ok(anchors) => anchors,
        Err(error) => panic!("the material is broken: {error}"),
    });
    let known = SUBJECT.get_or_init(|| match Certificate::from_der(LEAF) {
        Ok(certificate) => certificate,
        Err(error) => panic!("the material is broken: {error}"),
    });
    let chain = split(data);
    let Ok(path) = anchors.verify(&chain, NOW) else { return };
    assert!(path.valid_until >= NOW, "the verdict had ended before it was given");
    let leaf = chain.first().map(|der| Certificate::from_der(der.as_ref()));
    let Some(Ok(leaf)) = leaf else { panic!("what cannot be read is trusted") };
    let listed = anchors.certificates().contains(&leaf);
    assert!(listed || leaf.spki_der() == known.spki_der(), "{} is trusted", leaf.subject());
}

fn split(mut data: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (der, rest) = rest.split_at(length);
        chain.push(CertificateDer::from(der.to_vec()));
        data = rest;
    }
    chain
}
