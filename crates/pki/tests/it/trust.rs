//! Chains judged against roots.

use symbolon_pki::{AnchorsError, PathError, TrustAnchors, TrustedPath, trust::TrustRule};

use crate::openssl::{DAY, certificate, chain, now, text};

fn anchors(roots: &[&str]) -> TrustAnchors {
    let bundle: String = roots.iter().map(|root| text(&format!("{root}.pem"))).collect();
    TrustAnchors::from_pem(&bundle, None).unwrap()
}

fn with_crls(roots: &[&str], crls: &[&str]) -> Result<TrustAnchors, AnchorsError> {
    let bundle: String = roots.iter().map(|root| text(&format!("{root}.pem"))).collect();
    let crls: String = crls.iter().map(|crl| text(&format!("{crl}.crl"))).collect();
    TrustAnchors::from_pem(&bundle, Some(&crls))
}

fn judge(roots: &[&str], sent: &[&str]) -> Result<TrustedPath, PathError> {
    anchors(roots).verify(&chain(sent), now())
}

fn refused(roots: &[&str], sent: &[&str]) -> PathError {
    judge(roots, sent).unwrap_err()
}

#[test]
fn a_chain_to_a_listed_root_is_trusted() {
    let path = judge(&["other", "root"], &["chain"]).unwrap();
    assert_eq!(path.rule, TrustRule::Path);
    assert_eq!(path.anchor_subject, r"CN=Root,O=Root\, Inc.,C=US");
    assert_eq!(path.anchor_thumbprint, certificate("root").x5t_s256());
    assert_eq!(path.valid_until, certificate("leaf").not_after());
}

#[test]
fn the_verdict_holds_until_the_first_certificate_of_the_path_ends() {
    let path = judge(&["root"], &["under_short", "int_short"]).unwrap();
    assert_eq!(path.valid_until, certificate("int_short").not_after());
}

#[test]
fn the_order_of_intermediates_and_strangers_among_them_do_not_matter() {
    assert!(judge(&["root"], &["leaf", "other", "root", "int"]).is_ok());
}

#[test]
fn without_the_intermediate_the_error_names_the_issuer_and_the_cure() {
    let error = refused(&["root", "other"], &["leaf"]);
    let text = error.to_string();
    assert_eq!(error.code(), "certificate_issuer_unknown");
    assert!(text.contains("was issued by CN=Intermediate,O=Root, which is not known here"), "{text}");
    assert!(text.contains("send that intermediate, or add it to root_cas"), "{text}");
    assert!(text.contains(r"[CN=Root,O=Root\, Inc.,C=US], [CN=Other Root]"), "{text}");
}

#[test]
fn at_most_five_known_roots_are_shown() {
    let text =
        refused(&["other", "p384", "p521", "ed", "self", "constrained", "no_sign"], &["leaf"]).to_string();
    assert!(text.ends_with("[CN=self,O=Self,C=US] and 1 more"), "{text}");
}

#[test]
fn a_listed_intermediate_helps_a_client_that_does_not_send_it() {
    let path = judge(&["root", "int"], &["leaf"]).unwrap();
    assert_eq!(path.anchor_subject, "CN=Intermediate,O=Root");
}

#[test]
fn every_key_type_is_accepted() {
    for (root, leaf) in [
        ("root", "rsa_leaf"),
        ("root", "direct"),
        ("root", "pss"),
        ("root", "k1"), // the leaf's own key is the handshake's matter
        ("p384", "p384_leaf"),
        ("p521", "p521_leaf"),
        ("ed", "ed_leaf"),
    ] {
        let path = judge(&[root], &[leaf]);
        assert!(path.is_ok(), "{leaf}: {}", path.unwrap_err());
    }
}

#[test]
fn extended_key_usage_counts_when_it_is_there() {
    assert!(judge(&["root"], &["no_usage"]).is_ok());
    assert!(judge(&["root"], &["any_usage"]).is_ok());
    let error = refused(&["root"], &["server_only"]);
    assert_eq!(
        error,
        PathError::WrongUsage { subject: "CN=server only".into(), usages: "serverAuth".into() }
    );
    assert!(error.to_string().contains("extendedKeyUsage=clientAuth"));
}

#[test]
fn dates_are_checked_for_every_member() {
    let anchors = anchors(&["root"]);
    let leaf = certificate("leaf");
    let late = anchors.verify(&chain(&["chain"]), leaf.not_after() + 1).unwrap_err();
    assert!(
        matches!(&late, PathError::Expired { not_after, .. } if *not_after == leaf.not_after()),
        "{late}"
    );
    assert!(late.to_string().contains("expired at 20"), "{late}");
    assert!(anchors.verify(&chain(&["chain"]), leaf.not_after()).is_ok(), "the last second counts");
    let early = anchors.verify(&chain(&["chain"]), leaf.not_before() - 1).unwrap_err();
    assert!(matches!(early, PathError::NotYetValid { .. }));
    let intermediate = anchors.verify(&chain(&["under_short", "int_short"]), now() + 6 * DAY).unwrap_err();
    assert!(
        matches!(&intermediate, PathError::Expired { subject, .. } if subject == "CN=Short Intermediate,O=Root"),
        "{intermediate}"
    );
}

#[test]
fn a_root_counts_only_within_its_own_dates() {
    let anchors = anchors(&["int_short"]);
    assert!(anchors.verify(&chain(&["under_short"]), now()).is_ok());
    let error = anchors.verify(&chain(&["under_short"]), now() + 6 * DAY).unwrap_err();
    assert!(matches!(&error, PathError::AnchorDates { issuer, .. } if issuer.contains("Short")), "{error}");
}

#[test]
fn a_ca_made_anew_with_the_same_name_is_told_from_an_unknown_one() {
    for (root, leaf) in [("root", "forged"), ("root", "v1_forged"), ("impostor", "direct")] {
        let error = refused(&[root], &[leaf]);
        assert!(matches!(error, PathError::BadSignature { .. }), "{leaf}: {error}");
        assert!(error.to_string().contains("same name, another key"), "{error}");
    }
}

#[test]
fn a_self_signed_certificate_is_trusted_when_listed() {
    for name in ["self", "self_leaf", "v1_self"] {
        let path = judge(&["other", name], &[name]).unwrap();
        assert_eq!(
            (path.rule, path.valid_until),
            (TrustRule::Listed, certificate(name).not_after()),
            "{name}"
        );
        let error = refused(&["other"], &[name]);
        assert!(matches!(error, PathError::UnknownSelfSigned { .. }), "{name}: {error}");
    }
}

#[test]
fn a_listed_certificate_is_still_checked_for_dates_and_usage() {
    let late = anchors(&["self"]).verify(&chain(&["self"]), now() + 31 * DAY).unwrap_err();
    assert!(matches!(late, PathError::Expired { .. }), "{late}");
    assert!(matches!(refused(&["self_server"], &["self_server"]), PathError::WrongUsage { .. }));
}

#[test]
fn a_listed_client_certificate_cannot_issue_others() {
    // Otherwise one pinned client could make certificates for all the others.
    for (pinned, minted) in [
        (&["self_leaf"][..], "by_self_leaf"),
        (&["leaf", "root", "int"], "by_leaf"),
        (&["v1", "root"], "by_v1_leaf"),
        (&["no_sign"], "by_no_sign"),
    ] {
        let error = refused(pinned, &[minted]);
        assert!(matches!(error, PathError::IssuerNotCa { .. }), "{minted}: {error}");
    }
    let error = refused(&["root"], &["by_leaf_chain"]);
    assert_eq!(error.code(), "certificate_intermediate_not_ca", "{error}");
}

#[test]
fn a_ca_certificate_is_no_client_certificate() {
    let error = refused(&["root"], &["ca_leaf"]);
    assert_eq!(error, PathError::CaCertificate { subject: "CN=ca leaf".into() });
    assert!(error.to_string().contains("basicConstraints=CA:FALSE"));
}

#[test]
fn x509_v1_signed_by_a_listed_ca_is_trusted() {
    for (root, leaf) in [("root", "v1"), ("ed", "ed_v1")] {
        let path = judge(&["other", root], &[leaf]).unwrap();
        assert_eq!(
            (path.rule, path.anchor_thumbprint),
            (TrustRule::OldVersion, certificate(root).x5t_s256())
        );
    }
    assert!(judge(&["int", "root"], &["v1_int"]).is_ok(), "a listed intermediate is a listed CA");
    assert!(judge(&["v1_self"], &["by_v1_ca"]).is_ok(), "a v1 root");
}

#[test]
fn x509_v1_is_refused_otherwise_with_the_cure() {
    let error = refused(&["root"], &["v1_int", "int"]);
    let text = error.to_string();
    assert_eq!(error.code(), "certificate_version");
    assert!(text.contains("add CN=Intermediate,O=Root to root_cas") && text.contains("-extfile"), "{text}");
    let late = anchors(&["root"]).verify(&chain(&["v1"]), now() + 21 * DAY).unwrap_err();
    assert!(matches!(late, PathError::Expired { .. }), "{late}");
}

#[test]
fn weak_and_unknown_signatures_are_named() {
    let error = refused(&["root"], &["sha1"]);
    assert!(error.to_string().contains("signed with RSA with SHA-1"), "{error}");
    for (ca, leaf, words) in [
        ("rsa1024", "by_weak", "RSA 1024 bits"),
        ("k1_ca", "by_k1", "EC curve 1.3.132.0.10"),
        ("k1_ca", "v1_by_k1", "EC curve 1.3.132.0.10"),
    ] {
        let error = refused(&[ca], &[leaf]);
        assert!(matches!(&error, PathError::UnsupportedKey { key, .. } if key == words), "{leaf}: {error}");
    }
    let error = refused(&["root"], &["v1_sha1"]);
    assert!(error.to_string().contains("signed with RSA with SHA-1"), "{error}");
}

#[test]
fn constraints_hold() {
    let error = refused(&["constrained"], &["outside"]);
    assert!(error.to_string().contains("name constraints"), "{error}");
    let error = refused(&["root"], &["critical"]);
    assert!(error.to_string().contains("critical extension"), "{error}");
}

#[test]
fn revoked_certificates_are_refused_wherever_they_stand() {
    let anchors = with_crls(&["root"], &["root", "int"]).unwrap();
    for (sent, revoked) in [
        (&["leaf_revoked", "int"][..], "leaf_revoked"),
        (&["under_revoked", "int_revoked"], "int_revoked"),
        (&["v1_revoked"], "v1_revoked"),
    ] {
        let error = anchors.verify(&chain(sent), now()).unwrap_err();
        let revoked = certificate(revoked);
        assert!(
            matches!(&error, PathError::Revoked { subject, serial, revoked_at }
                if *subject == revoked.subject().to_string() && *serial == revoked.serial_hex()
                    && (revoked.not_before()..=revoked.not_before() + 600).contains(revoked_at)),
            "{error}"
        );
    }
    for good in [&["chain"][..], &["direct"], &["v1"]] {
        let path = anchors.verify(&chain(good), now()).unwrap();
        assert!(path.valid_until < now() + 11 * DAY, "the list's nextUpdate bounds the verdict");
    }
}

#[test]
fn a_listed_certificate_can_be_revoked_too() {
    let anchors = with_crls(&["int", "leaf_revoked"], &["int"]).unwrap();
    assert!(matches!(anchors.verify(&chain(&["leaf_revoked"]), now()), Err(PathError::Revoked { .. })));
}

#[test]
fn an_overdue_list_refuses_with_its_date() {
    let anchors = with_crls(&["root"], &["root"]).unwrap();
    for sent in [["direct"], ["v1"]] {
        let error = anchors.verify(&chain(&sent), now() + 11 * DAY).unwrap_err();
        assert!(matches!(error, PathError::CrlExpired { .. }), "{error}");
    }
}

#[test]
fn of_two_lists_by_one_ca_the_newer_counts() {
    for order in [["root_empty", "root"], ["root", "root_empty"]] {
        let anchors = with_crls(&["root"], &order).unwrap();
        let sent = chain(&["v1_revoked"]);
        assert!(matches!(anchors.verify(&sent, now()), Err(PathError::Revoked { .. })), "{order:?}");
    }
}

#[test]
fn lists_of_the_wrong_signer_or_kind_are_refused_when_given() {
    let error = with_crls(&["root"], &["impostor"]).unwrap_err();
    assert!(matches!(error, AnchorsError::CrlSignature { index: 1, .. }), "{error}");
    let error = with_crls(&["root"], &["root", "v1"]).unwrap_err();
    assert!(error.to_string().contains("list 2 cannot be used: it is of version 1"), "{error}");
    let root = text("root.pem");
    let error = TrustAnchors::from_pem(&root, Some(&root)).unwrap_err();
    assert!(error.to_string().contains("block 1 is a CERTIFICATE, not a X509 CRL"), "{error}");
    assert!(TrustAnchors::from_pem(&root, Some("  ")).is_ok(), "blank is none");
}

#[test]
fn too_long_a_chain_is_not_looked_at() {
    let error = refused(&["root"], &["leaf", "int", "root", "other", "p384", "p521", "ed", "self", "v1"]);
    assert!(matches!(error, PathError::TooLong { certificates: 9, .. }), "{error}");
    assert_eq!(anchors(&["root"]).verify(&[], now()), Err(PathError::NoCertificate));
    let mut large = chain(&["chain"]);
    large.push(vec![0; symbolon_pki::trust::MAX_CHAIN_BYTES].into());
    assert!(matches!(
        anchors(&["root"]).verify(&large, now()),
        Err(PathError::TooLong { certificates: 3, .. })
    ));
}

#[test]
fn garbage_among_the_intermediates_harms_nobody() {
    let mut sent = chain(&["chain"]);
    sent.insert(1, vec![0x30, 0x03, 0x02, 0x01].into());
    assert!(anchors(&["root"]).verify(&sent, now()).is_ok());
    sent.truncate(2);
    let error = anchors(&["root"]).verify(&sent, now()).unwrap_err();
    assert!(matches!(error, PathError::Malformed { index: 2, .. }), "{error}");
}

#[test]
fn a_changed_byte_is_noticed() {
    let anchors = anchors(&["root", "self_leaf", "ed"]);
    for name in ["direct", "v1", "self_leaf", "ed_v1", "rsa_leaf"] {
        let good = chain(&[name]).remove(0);
        assert!(anchors.verify(std::slice::from_ref(&good), now()).is_ok());
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.to_vec();
            bad[at] ^= 0x01;
            assert!(anchors.verify(&[bad.into()], now()).is_err(), "{name}: byte {at}");
        }
    }
}

#[test]
fn system_roots_are_judged_alike_and_said_so() {
    let roots = chain(&["root", "other", "leaf"]);
    let system = TrustAnchors::system(&roots);
    assert_eq!(system.certificates().len(), 2, "no client certificate among the system's roots");
    assert!(system.verify(&chain(&["chain"]), now()).is_ok());
    let text = system.verify(&chain(&["ed_leaf"]), now()).unwrap_err().to_string();
    assert!(text.contains("no root_cas are set, so this server's 2 system roots count"), "{text}");
}

#[test]
fn the_id_follows_the_content() {
    assert_eq!(anchors(&["root"]).id(), anchors(&["root", "root"]).id());
    assert_ne!(anchors(&["root"]).id(), anchors(&["other"]).id());
    assert_ne!(anchors(&["root"]).id(), with_crls(&["root"], &["root"]).unwrap().id());
    assert_ne!(anchors(&["root"]).id(), TrustAnchors::system(&chain(&["root"])).id());
}
