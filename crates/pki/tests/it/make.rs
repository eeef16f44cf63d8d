//! Certificates made here, read by openssl.

use symbolon_pki::{
    Certificate, DistinguishedName, SubjectAltNames, TrustAnchors,
    make::{Authority, Contents, KeyType, MakeError, PrivateKey, Purpose, Validity, self_signed},
};

use crate::openssl::{openssl, save, text};

const FROM: i64 = 1_700_000_000;

fn contents(subject: &str, serial: u8) -> Contents {
    Contents {
        subject: DistinguishedName::parse(subject).unwrap(),
        alt_names: SubjectAltNames::default(),
        validity: Validity { not_before: FROM, not_after: FROM + 1000 },
        serial: [serial; 16],
    }
}

fn authority(key_type: KeyType) -> Authority {
    Authority::new(PrivateKey::generate(key_type).unwrap(), &contents("CN=Demo CA,O=Symbolon", 0xff)).unwrap()
}

#[test]
fn every_key_type_makes_a_chain_that_openssl_and_our_own_rules_accept() {
    for (name, key_type) in [
        ("p256", KeyType::P256),
        ("p384", KeyType::P384),
        ("rsa", KeyType::Rsa2048),
        ("rsa3072", KeyType::Rsa3072),
        ("ed", KeyType::Ed25519),
    ] {
        let authority = authority(key_type);
        let key = PrivateKey::generate(key_type).unwrap();
        let client =
            authority.issue(Purpose::Client, key.spki_der(), &contents("CN=example.com", 1)).unwrap();
        let ca_file = save(&format!("made_{name}_ca.pem"), &authority.certificate().to_pem());
        let client_file = save(&format!("made_{name}.pem"), &client.to_pem());
        let key_file = save(&format!("made_{name}.key"), &key.to_pem());
        let at = (FROM + 1).to_string();
        let verified = openssl(&[
            "verify",
            "-x509_strict",
            "-purpose",
            "sslclient",
            "-attime",
            &at,
            "-CAfile",
            &ca_file,
            &client_file,
        ]);
        assert!(verified.ends_with("OK"), "{name}: {verified}");
        let public = openssl(&["pkey", "-in", &key_file, "-pubout"]);
        assert_eq!(public, openssl(&["x509", "-in", &client_file, "-noout", "-pubkey"]), "{name}");
        let anchors = TrustAnchors::from_pem(&authority.certificate().to_pem(), None).unwrap();
        assert!(anchors.verify(&[client.der().clone()], FROM + 1).is_ok(), "{name}");
    }
}

#[test]
fn a_server_certificate_carries_names_and_addresses() {
    let authority = authority(KeyType::P256);
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let alt_names = SubjectAltNames::for_hosts(["localhost", "127.0.0.1", "::1"]);
    let contents = Contents { alt_names, ..contents("CN=localhost", 2) };
    let server = authority.issue(Purpose::Server, key.spki_der(), &contents).unwrap();
    let ca_file = save("made_srv_ca.pem", &authority.certificate().to_pem());
    let file = save("made_srv.pem", &server.to_pem());
    let at = FROM.to_string();
    for (option, value) in
        [("-verify_hostname", "localhost"), ("-verify_ip", "127.0.0.1"), ("-verify_ip", "::1")]
    {
        let arguments = [
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-attime",
            &at,
            option,
            value,
            "-CAfile",
            &ca_file,
            &file,
        ];
        assert!(openssl(&arguments).ends_with("OK"), "{value}");
    }
    let anchors = TrustAnchors::from_pem(&authority.certificate().to_pem(), None).unwrap();
    assert!(anchors.verify(&[server.der().clone()], FROM).is_err(), "a server's certificate is no client's");
}

#[test]
fn any_subject_can_be_made() {
    let authority = authority(KeyType::P256);
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let subject = r"CN=ż\, x,OU=b+O=a,OU=one,OU=two,serialNumber=7,DC=example,DC=com";
    let made = authority.issue(Purpose::Client, key.spki_der(), &contents(subject, 3)).unwrap();
    assert!(made.subject().matches(&DistinguishedName::parse(subject).unwrap()));
    let file = save("made_subject.pem", &made.to_pem());
    let printed = openssl(&["x509", "-in", &file, "-noout", "-subject", "-nameopt", "RFC2253"]);
    let printed = DistinguishedName::parse(printed.strip_prefix("subject=").unwrap()).unwrap();
    assert!(printed.matches(made.subject()), "{printed}");
}

#[test]
fn an_empty_subject_makes_the_alternative_names_critical() {
    let authority = authority(KeyType::P256);
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let alt_names = SubjectAltNames { uri: vec!["spiffe://example.com/a".into()], ..Default::default() };
    let made =
        authority.issue(Purpose::Client, key.spki_der(), &Contents { alt_names, ..contents("", 4) }).unwrap();
    let file = save("made_bare.pem", &made.to_pem());
    let printed = openssl(&["x509", "-in", &file, "-noout", "-ext", "subjectAltName"]);
    assert!(printed.contains("critical") && printed.contains("URI:spiffe://example.com/a"), "{printed}");
}

#[test]
fn a_ca_made_by_openssl_can_issue() {
    for name in ["root", "int", "ed", "p384", "p521"] {
        let authority =
            Authority::from_pem(&text(&format!("{name}.pem")), &text(&format!("{name}.key"))).unwrap();
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let ca = authority.certificate();
        let validity = Validity { not_before: ca.not_before(), not_after: ca.not_after() };
        let made = authority
            .issue(Purpose::Client, key.spki_der(), &Contents { validity, ..contents("CN=made", 5) })
            .unwrap();
        assert_eq!(made.issuer_der(), ca.subject_der());
        let anchors = TrustAnchors::from_pem(&ca.to_pem(), None).unwrap();
        let verdict = anchors.verify(&[made.der().clone()], ca.not_before());
        assert!(verdict.is_ok(), "{name}: {}", verdict.unwrap_err());
    }
    let wrong_key = Authority::from_pem(&text("root.pem"), &text("other.key")).unwrap_err();
    assert!(matches!(wrong_key, MakeError::NoPair { .. }));
    let no_ca = Authority::from_pem(&text("leaf.pem"), &text("leaf.key")).unwrap_err();
    assert!(matches!(no_ca, MakeError::NotCa { .. }));
}

#[test]
fn keys_are_read_back_and_never_printed() {
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let again = PrivateKey::from_pem(&key.to_pem()).unwrap();
    assert_eq!((again.spki_der(), again.to_pem()), (key.spki_der(), key.to_pem()));
    assert_eq!(format!("{key:?}"), "PrivateKey { algorithm: ECDSA, .. }");
    let encrypted = openssl(&["pkey", "-in", "leaf.key", "-aes128", "-passout", "pass:x"]);
    assert!(PrivateKey::from_pem(&encrypted).unwrap_err().to_string().contains("encrypted"));
    assert!(PrivateKey::from_pem(&text("leaf.pem")).is_err());
    assert!(PrivateKey::from_pem(&text("k1.key")).unwrap_err().to_string().contains("P-256"));
    assert!(PrivateKey::from_pem(&text("rsa1024.key")).is_err());
}

#[test]
fn serial_numbers_are_positive_and_times_cross_2050() {
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let made = self_signed(Purpose::Client, &key, &contents("CN=a", 0xff)).unwrap();
    assert_eq!(made.serial_hex(), format!("7f{}", "ff".repeat(15)));
    let zero =
        self_signed(Purpose::Client, &key, &Contents { serial: [0; 16], ..contents("CN=a", 0) }).unwrap();
    assert_eq!(zero.serial_hex(), "00");
    let long = Validity { not_before: FROM, not_after: 2_524_608_000 };
    let made =
        self_signed(Purpose::Client, &key, &Contents { validity: long, ..contents("CN=a", 1) }).unwrap();
    assert_eq!((made.not_before(), made.not_after()), (FROM, 2_524_608_000));
    for (not_before, not_after) in [(2, 1), (i64::MIN, 1), (0, i64::MAX)] {
        let validity = Validity { not_before, not_after };
        let refused: Result<Certificate, _> =
            self_signed(Purpose::Client, &key, &Contents { validity, ..contents("CN=a", 1) });
        assert!(matches!(refused, Err(MakeError::Validity(_))));
    }
}

#[test]
fn names_that_no_certificate_can_hold_are_refused() {
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    for host in ["żółw.pl", ""] {
        let alt_names = SubjectAltNames::for_hosts([host]);
        let refused = self_signed(Purpose::Server, &key, &Contents { alt_names, ..contents("CN=a", 1) });
        assert!(matches!(refused, Err(MakeError::AltName(_))));
    }
}
