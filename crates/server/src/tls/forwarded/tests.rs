use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use symbolon_pki::Certificate;
use symbolon_pki::make::{Contents, KeyType, PrivateKey, Purpose, Validity, self_signed};

use super::*;

fn certificate(name: &str) -> Certificate {
    let key = PrivateKey::generate(KeyType::P256).unwrap();
    let contents = Contents {
        subject: format!("CN={name}").parse().unwrap(),
        alt_names: symbolon_pki::SubjectAltNames::default(),
        validity: Validity { not_before: 0, not_after: 4_000_000_000 },
        serial: [1; 16],
    };
    self_signed(Purpose::Client, &key, &contents).unwrap()
}

/// What nginx's `$ssl_client_escaped_cert` does: everything but the unreserved characters.
fn escape(text: &str, safe: &str) -> String {
    let encode = |byte: u8| match byte {
        _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
        _ if safe.as_bytes().contains(&byte) => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn base64_of(certificate: &Certificate) -> String {
    BASE64_STANDARD.encode(certificate.der())
}

fn peer(address: &str) -> Peer {
    Peer { remote: address.parse::<SocketAddr>().unwrap(), certificate: None, resumed: false }
}

fn forwarded(header: &'static str) -> Forwarded {
    Forwarded::new(Some(HeaderName::from_static(header)), &["10.0.0.0/8".parse().unwrap()])
}

/// A request from the proxy with these headers.
fn take(header: &'static str, sent: &[(&'static str, String)]) -> (Peer, Option<CertificateFault>) {
    let mut headers = HeaderMap::new();
    for (name, value) in sent {
        headers.append(*name, value.parse().unwrap());
    }
    let taken = forwarded(header).take(&mut headers, peer("10.1.2.3:4"));
    assert!(headers.is_empty(), "the headers are taken away");
    (taken.peer, taken.fault)
}

fn fault(header: &'static str, sent: &[(&'static str, String)]) -> String {
    let (peer, fault) = take(header, sent);
    assert!(peer.certificate.is_none());
    fault.unwrap().0.to_string()
}

#[test]
fn every_form_of_every_proxy_is_read() {
    let (leaf, ca) = (certificate("leaf"), certificate("ca"));
    let both = leaf.to_pem() + &ca.to_pem();
    let (b, c) = (base64_of(&leaf), base64_of(&ca));
    let one_line = both.replace('\n', " ");
    let envoy = format!(
        "By=spiffe://a/b;Cert=\"{}\";Subject=\"CN=le,a;f=\\\"x\\\"\";URI=",
        escape(&leaf.to_pem(), "")
    );
    let envoy_chain = format!("{envoy};Chain=\"{}\"", escape(&both, ""));
    let older = format!("Hash=00;Cert=\"{}\"", escape(&ca.to_pem(), ""));
    for (header, sent, length) in [
        ("x-ssl-cert", vec![("x-ssl-cert", escape(&leaf.to_pem(), ""))], 1),
        ("x-ssl-cert", vec![("x-ssl-cert", escape(&both, ""))], 2),
        ("x-amzn-mtls-clientcert", vec![("x-amzn-mtls-clientcert", escape(&both, "+=/"))], 2),
        ("x-my-cert", vec![("x-my-cert", one_line)], 2),
        ("x-my-cert", vec![("x-my-cert", b.clone())], 1),
        ("x-forwarded-tls-client-cert", vec![("x-forwarded-tls-client-cert", format!("{b},{c}"))], 2),
        ("x-forwarded-tls-client-cert", vec![("x-forwarded-tls-client-cert", escape(&b, ""))], 1),
        ("x-my-cert", vec![("x-my-cert", format!(":{b}:, :{c}:"))], 2),
        ("client-cert", vec![("client-cert", format!(":{b}:"))], 1),
        (
            "client-cert",
            vec![("client-cert", format!(":{b}:")), ("client-cert-chain", format!(":{c}:, :{c}:"))],
            3,
        ),
        (
            "client-cert",
            vec![
                ("client-cert-chain", format!(":{c}:")),
                ("client-cert", format!(":{b}:")),
                ("client-cert-chain", format!(":{c}:")),
            ],
            3,
        ),
        ("x-forwarded-client-cert", vec![("x-forwarded-client-cert", envoy.clone())], 1),
        ("x-forwarded-client-cert", vec![("x-forwarded-client-cert", envoy_chain)], 2),
        ("x-forwarded-client-cert", vec![("x-forwarded-client-cert", format!("{older},{envoy}"))], 1),
    ] {
        let (peer, fault) = take(header, &sent);
        let shown = peer.certificate.unwrap_or_else(|| panic!("{sent:?}: {fault:?}"));
        assert_eq!(
            (shown.leaf.der(), &shown.chain[0], shown.chain.len()),
            (leaf.der(), leaf.der(), length),
            "{sent:?}"
        );
        assert_eq!(shown.source, CertificateSource::Header(header.into()));
        assert!(fault.is_none());
    }
}

#[test]
fn an_absent_or_empty_header_is_no_certificate() {
    for sent in [vec![], vec![("x-ssl-cert", String::new())], vec![("x-ssl-cert", "(null)".to_owned())]] {
        let (peer, fault) = take("x-ssl-cert", &sent);
        assert!(peer.certificate.is_none() && fault.is_none(), "{sent:?}");
    }
}

#[test]
fn nobody_else_can_send_a_certificate() {
    let value = escape(&certificate("victim").to_pem(), "");
    for (header, remote) in [
        (Some("x-ssl-cert"), "192.0.2.1:5"),
        (Some("x-ssl-cert"), "[2001:db8::1]:5"),
        (Some("client-cert"), "10.1.2.3:4"), // a trusted proxy, but not the configured header
        (None, "10.1.2.3:4"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("x-ssl-cert", value.parse().unwrap());
        headers.insert("X-Forwarded-Client-Cert", "Cert=1".parse().unwrap());
        headers.insert("accept", "*/*".parse().unwrap());
        let proxies: [Network; 1] = ["10.0.0.0/8".parse().unwrap()];
        let forwarded = Forwarded::new(header.map(HeaderName::from_static), &proxies);
        let Taken { peer, fault, .. } = forwarded.take(&mut headers, peer(remote));
        assert!(peer.certificate.is_none() && fault.is_none());
        assert_eq!(headers.len(), 1, "what a client sends is stripped: {headers:?}");
    }
}

#[test]
fn a_certificate_of_the_handshake_is_kept_from_others_and_dropped_from_the_proxy() {
    let leaf = certificate("the proxy itself");
    let shown =
        PeerCertificate { chain: vec![leaf.der().clone()], leaf, source: CertificateSource::Handshake };
    let shown = Some(Arc::new(shown));
    let direct = Peer { certificate: shown.clone(), ..peer("192.0.2.1:5") };
    let direct = forwarded("x-ssl-cert").take(&mut HeaderMap::new(), direct);
    assert!(direct.peer.certificate.is_some());
    // Otherwise every client without a certificate would be taken for the proxy.
    let proxy = Peer { certificate: shown, ..peer("10.1.2.3:4") };
    let proxy = forwarded("x-ssl-cert").take(&mut HeaderMap::new(), proxy);
    assert!(proxy.peer.certificate.is_none());
}

#[test]
fn the_address_of_the_client_comes_from_trusted_proxies_only() {
    for (remote, client, via) in
        [("10.1.2.3:4", "192.0.2.7:0", Some("10.1.2.3:4")), ("198.51.100.1:4", "198.51.100.1:4", None)]
    {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "127.0.0.1, 192.0.2.7, 10.9.9.9".parse().unwrap());
        let taken = Forwarded::new(None, &["10.0.0.0/8".parse().unwrap()]).take(&mut headers, peer(remote));
        assert_eq!(taken.peer.remote.to_string(), client);
        assert_eq!(taken.via.map(|via| via.0.to_string()).as_deref(), via);
    }
}

#[test]
fn two_copies_are_refused() {
    let value = escape(&certificate("a").to_pem(), "");
    let text = fault("x-ssl-cert", &[("x-ssl-cert", value.clone()), ("x-ssl-cert", value)]);
    assert!(text.starts_with("header x-ssl-cert: it occurs 2 times"), "{text}");
}

#[test]
fn a_broken_header_is_explained() {
    let leaf = certificate("leaf");
    let pem = escape(&leaf.to_pem(), "");
    let b = base64_of(&leaf);
    let x = "x-forwarded-client-cert";
    for (header, value, expected) in [
        ("x-ssl-cert", pem.replace("%0A", "%"), "read as URL-encoded PEM: the percent-encoding is broken"),
        ("x-ssl-cert", pem.replace("END", "FIN"), "read as URL-encoded PEM: block 1 (CERTIFICATE) has no"),
        ("x-ssl-cert", "hello".into(), "read as base64 of the DER: the base64 is broken"),
        ("x-ssl-cert", "aGVsbG8=".into(), "certificate 1: these bytes are no X.509 certificate"),
        ("client-cert", b, "read as byte sequence (RFC 9440): expected base64 between colons"),
        ("client-cert", "::".into(), "certificate 1: these bytes"),
        (x, "By=a".into(), "neither Cert nor Chain"),
        (x, "Cert=\"abc".into(), "its syntax is broken"),
        (x, format!("Cert=\"{pem}\";Cert=\"{pem}\""), "its syntax is broken"),
        (x, "nonsense".into(), "its syntax is broken"),
    ] {
        let text = fault(header, &[(header, value)]);
        assert!(text.contains(expected), "{text}");
    }
    let other = escape(&certificate("other").to_pem(), "");
    let text = fault(x, &[(x, format!("Cert=\"{pem}\";Chain=\"{other}\""))]);
    assert!(text.contains("its syntax is broken"), "{text}");
    let hex: String = leaf.sha256_thumbprint().iter().map(|byte| format!("{byte:02x}")).collect();
    let text = fault(x, &[(x, format!("Hash=00;Cert=\"{pem}\""))]);
    assert!(
        text.ends_with(&format!("Hash is 00, but the SHA-256 of the certificate in Cert is {hex}")),
        "{text}"
    );
    assert!(take(x, &[(x, format!("Hash={};Cert=\"{pem}\"", hex.to_uppercase()))]).1.is_none());
}

proptest::proptest! {
    #[test]
    fn no_value_makes_the_readers_panic(value in "[ -~]{0,80}", header in 0..3usize) {
        let header = ["x-ssl-cert", "client-cert", "x-forwarded-client-cert"][header];
        let (peer, _) = take(header, &[(header, value)]);
        proptest::prop_assert!(peer.certificate.is_none());
    }

    #[test]
    fn no_value_of_their_alphabet_makes_the_readers_panic(value in "(Cert=|Chain=|Hash=|\"|;|,|:|%|\\\\|[0-9a-f]{1,4}|=){0,12}") {
        for header in ["x-ssl-cert", "client-cert", "x-forwarded-client-cert"] {
            let (peer, _) = take(header, &[(header, value.clone())]);
            proptest::prop_assert!(peer.certificate.is_none());
        }
    }
}
