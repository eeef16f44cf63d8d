//! The attribute that a client registered, against certificates.

use symbolon_pki::{InvalidAttribute, Mismatch, RegisteredAttribute, SubjectAttribute};

use crate::openssl::certificate;

fn check(attribute: SubjectAttribute, registered: &str, name: &str) -> Result<(), Mismatch> {
    RegisteredAttribute::new(attribute, registered).unwrap().check(&certificate(name))
}

#[test]
fn each_attribute_is_found() {
    use SubjectAttribute as A;
    for (attribute, registered) in [
        (A::SubjectDn, r#"CN=client \"x\",emailAddress=a@b.c,O=Acme+OU=R\+D,ST=California,C=US"#),
        (A::SubjectDn, r#" cn=CLIENT \22X\22, E=a@b.c, ou=r\2bd + o=acme, st=california, c=us "#),
        (A::SanDns, "client.example.com"),
        (A::SanDns, "Client.EXAMPLE.com"),
        (A::SanUri, "urn:example:client"),
        (A::SanIp, "10.1.2.3"),
        (A::SanIp, "2001:DB8:0:0:0:0:0:1"),
        (A::SanEmail, "Client@example.COM"),
    ] {
        assert_eq!(check(attribute, registered, "leaf"), Ok(()), "{registered}");
    }
    assert_eq!(check(A::SubjectDn, "direct", "direct").unwrap_err().attribute, A::SubjectDn);
    assert_eq!(check(A::SubjectDn, "any usage", "any_usage"), Ok(()), "a value without = is a common name");
}

#[test]
fn what_is_not_the_same_does_not_match() {
    use SubjectAttribute as A;
    for (attribute, registered) in [
        (A::SubjectDn, "CN=client"),
        (A::SanDns, "example.com"),
        (A::SanDns, "*.example.com"),
        (A::SanDns, "client.example.com."),
        (A::SanUri, "urn:example:Client"),
        (A::SanUri, "urn:example:client/"),
        (A::SanIp, "10.1.2.4"),
        (A::SanIp, "::ffff:10.1.2.3"),
        (A::SanEmail, "client@example.com"),
        (A::SanEmail, "x@Client@Example.com"),
    ] {
        let mismatch = check(attribute, registered, "leaf").unwrap_err();
        assert_eq!((mismatch.attribute, mismatch.registered.as_str()), (attribute, registered));
        assert_eq!(mismatch.seen, attribute.values_in(&certificate("leaf")));
    }
}

#[test]
fn a_name_in_reverse_order_is_refused_with_the_right_one() {
    let mismatch = check(SubjectAttribute::SubjectDn, "C=US,O=Acme,CN=direct", "direct").unwrap_err();
    let text = mismatch.to_string();
    assert_eq!(
        text,
        "tls_client_auth_subject_dn is registered as [C=US,O=Acme,CN=direct], but the certificate's subject is \
         [CN=direct,O=Acme,C=US]; the registered name is in reverse order: register [CN=direct,O=Acme,C=US]"
    );
}

#[test]
fn a_value_found_elsewhere_is_pointed_at() {
    let hint = |attribute, registered, name| check(attribute, registered, name).unwrap_err().hint.unwrap();
    assert_eq!(
        hint(SubjectAttribute::SanDns, "urn:example:client", "leaf"),
        "the certificate carries this value as its SAN URI: register tls_client_auth_san_uri"
    );
    assert!(
        hint(SubjectAttribute::SanDns, "any usage", "any_usage")
            .ends_with("register tls_client_auth_subject_dn")
    );
    assert!(
        hint(SubjectAttribute::SubjectDn, "CN=direct", "direct")
            .contains("has 1 elements, the certificate's 3")
    );
}

#[test]
fn a_certificate_without_the_kind_says_so() {
    let text = check(SubjectAttribute::SanIp, "10.1.2.3", "v1").unwrap_err().to_string();
    assert_eq!(
        text,
        "tls_client_auth_san_ip is registered as [10.1.2.3], but the certificate has no SAN IP address"
    );
}

#[test]
fn an_empty_subject_matches_no_registration() {
    assert!(certificate("bare").subject().is_empty());
    assert!(check(SubjectAttribute::SubjectDn, "CN=", "bare").is_err());
    assert_eq!(check(SubjectAttribute::SanUri, "urn:bare", "bare"), Ok(()));
}

#[test]
fn values_that_can_never_match_are_refused_at_registration() {
    let text = |attribute, value| -> String {
        let error: InvalidAttribute = RegisteredAttribute::new(attribute, value).unwrap_err();
        error.to_string()
    };
    for attribute in SubjectAttribute::ALL {
        assert_eq!(text(attribute, " "), format!("{}: the value is empty", attribute.wire_name()));
    }
    assert!(
        text(SubjectAttribute::SubjectDn, "CN=a,XX=b")
            .contains("at character 6: \"XX\" is no attribute type")
    );
    assert!(text(SubjectAttribute::SanIp, "10.1.2").contains("expected an IPv4 address"));
    assert!(text(SubjectAttribute::SanEmail, "client").contains("expected an e-mail address"));
    assert!(text(SubjectAttribute::SanDns, "żółw.pl").contains("only ASCII"));
}
