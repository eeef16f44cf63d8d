//! What is read from a certificate.

use symbolon_pki::{Certificate, CertificateError, DistinguishedName, PemError, parse_pem_bundle};

use crate::openssl::{certificate, openssl, text};

#[test]
fn a_certificate_is_summarised() {
    let leaf = certificate("leaf");
    assert_eq!(
        leaf.subject().to_string(),
        r#"CN=client \"x\",1.2.840.113549.1.9.1=#16056140622e63,OU=R\+D+O=Acme,ST=California,C=US"#
    );
    assert_eq!(leaf.issuer().to_string(), "CN=Intermediate,O=Root");
    let sans = leaf.subject_alt_names();
    assert_eq!(sans.dns, ["client.example.com"]);
    assert_eq!(sans.uri, ["urn:example:client"]);
    assert_eq!(sans.email, ["Client@Example.com"]);
    assert_eq!(sans.ip, ["10.1.2.3".parse::<std::net::IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]);
    assert_eq!(
        (leaf.version(), leaf.is_ca(), leaf.is_self_issued(), leaf.may_issue()),
        (3, false, false, false)
    );
    assert_eq!(leaf.extended_key_usage_names(), ["clientAuth"]);
    assert_eq!((leaf.key().to_string(), leaf.key().bits), ("EC P-256".to_owned(), 256));
    assert_eq!(leaf.not_after() - leaf.not_before(), 20 * 86_400);
}

#[test]
fn serial_number_and_thumbprint_are_what_openssl_prints() {
    for name in ["leaf", "root", "v1", "self"] {
        let seen = certificate(name);
        let file = format!("{name}.pem");
        let serial = openssl(&["x509", "-in", &file, "-noout", "-serial"]);
        assert_eq!(format!("serial={}", seen.serial_hex().to_uppercase()), serial);
        let fingerprint = openssl(&["x509", "-in", &file, "-noout", "-fingerprint", "-sha256"]);
        let hex: Vec<String> = seen.sha256_thumbprint().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(fingerprint.split_once('=').unwrap().1, hex.join(":"));
        assert_eq!(seen.x5t_s256().len(), 43);
    }
}

#[test]
fn x509_v1_is_read() {
    let v1 = certificate("v1");
    assert_eq!((v1.version(), v1.subject().to_string()), (1, "CN=v1".to_owned()));
    assert_eq!((v1.extended_key_usage(), v1.allows_client_auth(), v1.may_issue()), (None, true, false));
}

#[test]
fn every_key_type_is_named() {
    for (name, words, bits) in [
        ("root", "RSA 2048 bits", 2048),
        ("rsa_leaf", "RSA 3072 bits", 3072),
        ("rsa1024", "RSA 1024 bits", 1024),
        ("leaf", "EC P-256", 256),
        ("p384", "EC P-384", 384),
        ("p521", "EC P-521", 521),
        ("ed", "Ed25519", 256),
        ("k1", "EC curve 1.3.132.0.10", 0),
    ] {
        let key = certificate(name).key().clone();
        assert_eq!((key.to_string().as_str(), key.bits), (words, bits), "{name}");
    }
}

#[test]
fn what_openssl_prints_as_rfc_2253_is_the_same_name() {
    for name in ["root", "leaf", "t61", "bmp", "odd"] {
        let printed =
            openssl(&["x509", "-in", &format!("{name}.pem"), "-noout", "-subject", "-nameopt", "RFC2253"]);
        let printed = DistinguishedName::parse(printed.strip_prefix("subject=").unwrap()).unwrap();
        let subject = certificate(name);
        assert!(printed.matches(subject.subject()), "{printed} | {}", subject.subject());
        let again = DistinguishedName::parse(&subject.subject().to_string()).unwrap();
        assert!(again.matches(subject.subject()), "our own text too");
    }
}

#[test]
fn what_openssl_prints_by_default_is_recognised_as_the_reverse_order() {
    let printed = openssl(&["x509", "-in", "direct.pem", "-noout", "-subject"]);
    let printed = DistinguishedName::parse(printed.strip_prefix("subject=").unwrap()).unwrap();
    let direct = certificate("direct");
    assert!(!printed.matches(direct.subject()));
    assert!(printed.matches_reversed(direct.subject()));
}

#[test]
fn string_types_do_not_matter() {
    for (name, text) in [("t61", "CN=T61,O=ZÜRICH"), ("bmp", "CN=bmp,O=łódź")] {
        assert!(DistinguishedName::parse(text).unwrap().matches(certificate(name).subject()), "{name}");
    }
    let raw = certificate("bmp").subject().rdns()[0][0].value().der().to_vec();
    assert_eq!(raw[0], 0x1e, "openssl wrote a BMPString");
}

#[test]
fn pem_survives_reading_and_writing() {
    let leaf = certificate("leaf");
    let again = Certificate::from_pem(&leaf.to_pem()).unwrap();
    assert_eq!((again.der(), again.to_pem()), (leaf.der(), text("leaf.pem")));
}

#[test]
fn a_bundle_with_the_text_of_openssl_around_is_read() {
    let bundle =
        openssl(&["x509", "-in", "leaf.pem", "-text"]) + "\r\n" + &text("root.pem").replace('\n', "\r\n");
    let read = parse_pem_bundle(&bundle).unwrap();
    assert_eq!(read, [certificate("leaf"), certificate("root")]);
}

#[test]
fn what_is_no_certificate_is_refused_with_its_name() {
    let refused = |file: &str| parse_pem_bundle(&text(file)).unwrap_err().to_string();
    assert!(refused("trusted.pem").contains("TRUSTED CERTIFICATE"));
    assert!(refused("root.key").contains("a private key has no place here"));
    assert!(refused("leaf.csr").contains("must first be signed"));
    let both = parse_pem_bundle(&(text("leaf.pem") + &text("root.key"))).unwrap_err();
    assert!(matches!(both, PemError::WrongLabel { index: 2, .. }));
}

#[test]
fn bytes_after_the_certificate_are_refused() {
    let mut der = certificate("leaf").der().to_vec();
    der.push(0);
    assert!(matches!(Certificate::from_der(der), Err(CertificateError::Malformed(_))));
    assert_eq!(Certificate::from_der(vec![0x30; 40_000]), Err(CertificateError::TooLarge));
}
