//! Clients with a certificate of a trusted issuer (RFC 8705 §2.1).

use serde_json::{Value, json};
use symbolon_pki::SubjectAltNames;
use symbolon_pki::make::Purpose;

use crate::harness::{Answer, Request, SECRET, TOKEN, TestApp, TestAuthority, TestCertificate};

const HOUR: i64 = 3600;

/// A server that trusts one authority, with a client of that `tls_client_auth_*` attribute.
async fn app(authority: &TestAuthority, attribute: Value) -> TestApp {
    let app = TestApp::new().await;
    trust(&app, &authority.pem()).await;
    let mut client = json!({
        "client_id": "tls", "token_endpoint_auth_method": "tls_client_auth", "grant_types": ["client_credentials"],
    });
    client.as_object_mut().unwrap().extend(attribute.as_object().unwrap().clone());
    app.add_client(client).await;
    app
}

async fn trust(app: &TestApp, root_cas: &str) {
    app.change_workspace(|server| server.root_cas = Some(root_cas.to_owned())).await;
}

fn request(app: &TestApp) -> Request<'_> {
    app.post(TOKEN).form(&[("grant_type", "client_credentials"), ("client_id", "tls")])
}

async fn with(app: &TestApp, certificate: &TestCertificate) -> Answer {
    request(app).certificate(certificate).await
}

#[tokio::test]
async fn each_attribute_identifies_the_client() {
    let authority = TestAuthority::new("CN=Test CA");
    let names = SubjectAltNames {
        dns: vec!["client.example.com".into()],
        uri: vec!["spiffe://example.com/client".into()],
        email: vec!["client@example.com".into()],
        ip: vec!["2001:db8::1".parse().unwrap()],
    };
    let certificate = authority.client_with_names("CN=client,OU=Payments,O=Example,C=PL", names);
    for (attribute, right, wrong) in [
        ("subject_dn", "CN=client, OU=Payments, O=Example, C=PL", "CN=client,O=Example,C=PL"),
        ("san_dns", "CLIENT.example.com", "example.com"),
        ("san_uri", "spiffe://example.com/client", "spiffe://example.com/Client"),
        ("san_email", "client@EXAMPLE.com", "other@example.com"),
        ("san_ip", "2001:0db8:0::1", "2001:db8::2"),
    ] {
        let name = format!("tls_client_auth_{attribute}");
        let app = app(&authority, json!({ name.as_str(): right })).await;
        with(&app, &certificate).await.ok();
        let attribute = |client: &mut symbolon_store::entity::Client| {
            let value = json!({name.as_str(): wrong, "client_id": "tls"});
            let other: symbolon_store::entity::Client = serde_json::from_value(value).unwrap();
            client.tls_client_auth_subject_dn = other.tls_client_auth_subject_dn;
            client.tls_client_auth_san_dns = other.tls_client_auth_san_dns;
            client.tls_client_auth_san_uri = other.tls_client_auth_san_uri;
            client.tls_client_auth_san_email = other.tls_client_auth_san_email;
            client.tls_client_auth_san_ip = other.tls_client_auth_san_ip;
        };
        app.change_client("tls", attribute).await;
        let reason = with(&app, &certificate).await.reason();
        assert_eq!(reason, "401 invalid_client certificate_attribute_mismatch", "{name}");
    }
}

#[tokio::test]
async fn the_sample_name_of_the_walk_through_is_a_common_name() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "example.com"})).await;
    with(&app, &authority.client("CN=example.com")).await.ok();
    insta::assert_snapshot!(with(&app, &authority.client("CN=example.org")).await.refused(), @r"
    401 invalid_client: The client certificate is not the one that the client is registered with.
    reason: certificate_attribute_mismatch
    detail: tls_client_auth_subject_dn is registered as [example.com], but the certificate's subject is [CN=example.org]
    expected: tls_client_auth_subject_dn=example.com
    got: CN=example.org
    client: tls
    ");
}

#[tokio::test]
async fn no_certificate_is_no_authentication() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    insta::assert_snapshot!(request(&app).await.refused(), @r"
    401 invalid_client: The client authenticates with a certificate, and none was presented on this connection.
    reason: certificate_missing
    expected: a client certificate
    got: none
    client: tls
    ");
    let form = [("grant_type", "client_credentials")];
    let nameless = app.post(TOKEN).form(&form).certificate(&authority.client("CN=tls")).await;
    insta::assert_snapshot!(nameless.reason(), @"401 invalid_client client_id_missing");
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_refused() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    let issue = |validity| authority.issue(Purpose::Client, "CN=tls", SubjectAltNames::default(), validity);
    insta::assert_snapshot!(with(&app, &issue((-2 * HOUR, -HOUR))).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=tls expired at 2027-01-15T07:00:00Z; it is now 2027-01-15T08:00:00Z: issue a new one.
    reason: certificate_expired
    detail: the certificate of CN=tls expired at 2027-01-15T07:00:00Z; it is now 2027-01-15T08:00:00Z: issue a new one
    client: tls
    ");
    insta::assert_snapshot!(with(&app, &issue((HOUR, 2 * HOUR))).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=tls is valid only from 2027-01-15T09:00:00Z; it is now 2027-01-15T08:00:00Z: check the clocks of the CA and of this server.
    reason: certificate_not_yet_valid
    detail: the certificate of CN=tls is valid only from 2027-01-15T09:00:00Z; it is now 2027-01-15T08:00:00Z: check the clocks of the CA and of this server
    client: tls
    ");
    let ending = issue((-HOUR, HOUR));
    with(&app, &ending).await.ok();
    app.advance(HOUR + 1);
    insta::assert_snapshot!(with(&app, &ending).await.reason(), @"401 invalid_client certificate_expired");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    insta::assert_snapshot!(with(&app, &TestAuthority::new("CN=Other CA").client("CN=tls")).await.refused(), @r"
    401 invalid_client: The client certificate is not trusted by this authorization server.
    reason: certificate_issuer_unknown
    detail: the certificate of CN=tls was issued by CN=Other CA, which is not known here: let the client send that intermediate, or add it to root_cas; known are [CN=Test CA]
    client: tls
    ");
    // The same name over another key.
    let impostor = TestAuthority::new("CN=Test CA").client("CN=tls");
    insta::assert_snapshot!(with(&app, &impostor).await.reason(), @"401 invalid_client certificate_signature_invalid");
}

#[tokio::test]
async fn a_server_certificate_is_no_clients() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    let server = authority.issue(Purpose::Server, "CN=tls", SubjectAltNames::default(), (-HOUR, HOUR));
    insta::assert_snapshot!(with(&app, &server).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=tls is for serverAuth, not for client authentication: issue it with extendedKeyUsage=clientAuth.
    reason: certificate_usage
    detail: the certificate of CN=tls is for serverAuth, not for client authentication: issue it with extendedKeyUsage=clientAuth
    client: tls
    ");
}

#[tokio::test]
async fn a_certificate_for_signing_others_is_no_clients() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    let sub_ca = authority.issue(Purpose::Authority, "CN=tls", SubjectAltNames::default(), (-HOUR, HOUR));
    insta::assert_snapshot!(with(&app, &sub_ca).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=tls is a CA certificate (CA:TRUE), which cannot be a client's: issue the client certificate with basicConstraints=CA:FALSE; a self-signed one must itself be in root_cas.
    reason: certificate_is_ca
    detail: the certificate of CN=tls is a CA certificate (CA:TRUE), which cannot be a client's: issue the client certificate with basicConstraints=CA:FALSE; a self-signed one must itself be in root_cas
    client: tls
    ");
}

#[tokio::test]
async fn a_self_signed_certificate_counts_where_it_is_a_root_itself() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    let own = TestCertificate::self_signed("CN=tls");
    insta::assert_snapshot!(with(&app, &own).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=tls is self-signed and not among the trusted ones: add it to root_cas, or use a certificate from a CA listed there.
    reason: certificate_self_signed_unknown
    detail: the certificate of CN=tls is self-signed and not among the trusted ones: add it to root_cas, or use a certificate from a CA listed there
    client: tls
    ");
    trust(&app, &own.leaf().to_pem()).await;
    with(&app, &own).await.ok();
}

#[tokio::test]
async fn a_version_1_certificate_counts_where_its_issuer_is_a_root() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "example.com"})).await;
    let old = TestCertificate::from_pem(include_str!("../../fixtures/v1-leaf.pem"));
    insta::assert_snapshot!(with(&app, &old).await.refused(), @r"
    401 invalid_client: The client certificate is not accepted: the certificate of CN=example.com is of X.509 version 1, which is taken only when a CA in root_cas signed it directly: add CN=Old CA to root_cas, or issue it again as version 3 (openssl x509 -req ... -extfile).
    reason: certificate_version
    detail: the certificate of CN=example.com is of X.509 version 1, which is taken only when a CA in root_cas signed it directly: add CN=Old CA to root_cas, or issue it again as version 3 (openssl x509 -req … -extfile)
    client: tls
    ");
    trust(&app, include_str!("../../fixtures/old-ca.pem")).await;
    with(&app, &old).await.ok();
}

#[tokio::test]
async fn a_root_taken_away_is_trusted_no_more_at_once() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    let certificate = authority.client("CN=tls");
    with(&app, &certificate).await.ok();
    trust(&app, &TestAuthority::new("CN=New CA").pem()).await;
    insta::assert_snapshot!(with(&app, &certificate).await.reason(), @"401 invalid_client certificate_issuer_unknown");
    trust(&app, &authority.pem()).await;
    with(&app, &certificate).await.ok();
}

#[tokio::test]
async fn without_roots_those_of_the_system_count() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    app.change_workspace(|server| server.root_cas = None).await;
    insta::assert_snapshot!(with(&app, &authority.client("CN=tls")).await.reason(), @"401 invalid_client certificate_issuer_unknown");
}

#[tokio::test]
async fn roots_that_cannot_be_read_trust_nobody() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    trust(&app, "not a certificate").await;
    insta::assert_snapshot!(with(&app, &authority.client("CN=tls")).await.refused(), @r"
    401 invalid_client: The client certificate is not trusted by this authorization server.
    reason: root_cas_unusable
    detail: the root_cas or crls of the workspace cannot be read: root_cas: no PEM block found: expected -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----
    client: tls
    ");
}

#[tokio::test]
async fn exactly_one_attribute_must_be_registered() {
    let authority = TestAuthority::new("CN=Test CA");
    let none = app(&authority, json!({})).await;
    insta::assert_snapshot!(with(&none, &authority.client("CN=tls")).await.refused(), @r"
    401 invalid_client: Client authentication failed.
    reason: certificate_attribute_unusable
    detail: what client tls registers cannot be compared: no tls_client_auth_* attribute is registered
    expected: exactly one tls_client_auth_* attribute
    client: tls
    ");
    let two = json!({"tls_client_auth_subject_dn": "CN=tls", "tls_client_auth_san_dns": "tls"});
    let two = app(&authority, two).await;
    insta::assert_snapshot!(with(&two, &authority.client("CN=tls")).await.reason(), @"401 invalid_client certificate_attribute_unusable");
}

#[tokio::test]
async fn a_certificate_does_not_replace_a_secret() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority, json!({"tls_client_auth_subject_dn": "CN=tls"})).await;
    app.add_client(json!({
        "client_id": "secret", "client_secret": SECRET, "grant_types": ["client_credentials"],
        "tls_client_auth_subject_dn": "CN=tls",
    }))
    .await;
    let form = [("grant_type", "client_credentials"), ("client_id", "secret")];
    let certificate = authority.client("CN=tls");
    insta::assert_snapshot!(app.post(TOKEN).form(&form).certificate(&certificate).await.reason(), @"401 invalid_client client_auth_method_mismatch");
    // Nor does it disturb one: browsers and proxies may show one always.
    app.post(TOKEN).form(&form).basic("secret", SECRET).certificate(&certificate).await.ok();
}
