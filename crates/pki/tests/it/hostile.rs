//! Bytes from strangers: no panic, no trust.

use proptest::prelude::*;
use symbolon_pki::{Certificate, RegisteredAttribute, SubjectAttribute, TrustAnchors, parse_pem_bundle};

use crate::openssl::{certificate, chain, now, text};

#[test]
fn cut_off_certificates_are_refused() {
    for name in ["leaf", "v1", "odd"] {
        let der = certificate(name).der().to_vec();
        for length in 0..der.len() {
            assert!(Certificate::from_der(&der[..length]).is_err(), "{name}: {length}");
        }
    }
}

#[test]
fn hostile_shapes_are_refused() {
    let nested = std::iter::repeat_n([0x30, 0x80], 10_000).flatten().collect::<Vec<u8>>();
    let mut deep = vec![];
    for _ in 0..2_000 {
        let length = u32::try_from(deep.len()).unwrap().to_be_bytes();
        let mut outer = vec![0x30, 0x84];
        outer.extend(length);
        outer.extend(&deep);
        deep = outer;
    }
    for bytes in [vec![], vec![0x30], vec![0xff; 100], vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff], nested, deep]
    {
        assert!(Certificate::from_der(bytes.clone()).is_err());
        assert!(symbolon_pki::DistinguishedName::from_der(&bytes).is_none());
        let anchors = TrustAnchors::from_pem(&text("root.pem"), None).unwrap();
        assert!(anchors.verify(&[bytes.into()], now()).is_err());
    }
}

#[test]
fn a_chain_that_points_at_itself_ends() {
    let anchors = TrustAnchors::from_pem(&text("other.pem"), None).unwrap();
    for sent in
        [&["self", "self", "self"][..], &["leaf", "int", "int", "root", "impostor", "root", "impostor"]]
    {
        assert!(anchors.verify(&chain(sent), now()).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_certificates_never_panic_and_are_never_trusted(
        name in prop::sample::select(vec!["direct", "v1", "self_leaf", "odd"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let good = chain(&[name]).remove(0);
        let mut bad = good.to_vec();
        for (at, byte) in changes {
            let at = at.index(bad.len());
            bad[at] = byte;
        }
        prop_assume!(bad != good.to_vec());
        if let Ok(certificate) = Certificate::from_der(bad.clone()) {
            let _ = (certificate.to_pem(), format!("{certificate:?}"), certificate.extended_key_usage_names());
            for attribute in SubjectAttribute::ALL {
                for value in attribute.values_in(&certificate) {
                    let registered = RegisteredAttribute::new(attribute, &value);
                    if let Ok(registered) = registered {
                        // An address with two @ or blanks around may differ; a panic may not happen.
                        let _ = registered.check(&certificate);
                    }
                }
            }
        }
        let roots = text("root.pem") + &text("self_leaf.pem") + &text("odd.pem");
        prop_assert!(TrustAnchors::from_pem(&roots, None).unwrap().verify(&[bad.into()], now()).is_err());
    }

    #[test]
    fn changed_revocation_lists_never_panic(at in any::<prop::sample::Index>(), character in "[A-Za-z0-9+/=\n-]") {
        let mut crl = text("root.crl");
        let at = at.index(crl.len());
        crl.replace_range(at..=at, &character);
        if let Ok(anchors) = TrustAnchors::from_pem(&text("root.pem"), Some(&crl)) {
            let _ = anchors.verify(&chain(&["direct"]), now());
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Certificate::from_der(bytes.clone()).is_err());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = parse_pem_bundle(&text);
        for attribute in SubjectAttribute::ALL {
            if let Ok(registered) = RegisteredAttribute::new(attribute, &text) {
                prop_assert!(registered.check(&certificate("leaf")).is_err());
            }
        }
    }
}
