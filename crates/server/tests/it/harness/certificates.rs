//! Authorities and certificates.

use std::sync::Arc;

use symbolon_jose::sha256;
use symbolon_pki::make::{self, Authority, Contents, KeyType, PrivateKey, Purpose, Validity};
use symbolon_pki::{Certificate, DistinguishedName, SubjectAltNames, parse_pem_bundle};
use symbolon_server::clock::Clock;
use symbolon_server::tls::{CertificateSource, PeerCertificate};

use super::NOW;

const DAY: i64 = 24 * 60 * 60;

/// A certification authority.
pub(crate) struct TestAuthority(Authority);

/// A certificate with what the client sends beside it.
#[derive(Clone)]
pub(crate) struct TestCertificate {
    chain: Vec<Certificate>,
}

impl TestAuthority {
    /// An authority with this subject.
    pub(crate) fn new(subject: &str) -> Self {
        Self::valid(subject, NOW.seconds() - 1000 * DAY)
    }

    /// An authority for the time of the machine.
    pub(crate) fn of_today(subject: &str) -> Self {
        Self::valid(subject, Clock::system().now().seconds() - DAY)
    }

    fn valid(subject: &str, from: i64) -> Self {
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let validity = Validity { not_before: from, not_after: from + 4000 * DAY };
        Self(
            Authority::new(key.clone(), &contents(&key, subject, SubjectAltNames::default(), validity))
                .unwrap(),
        )
    }

    /// For `root_cas`.
    pub(crate) fn pem(&self) -> String {
        self.0.certificate().to_pem()
    }

    /// A client certificate, valid for a year.
    pub(crate) fn client(&self, subject: &str) -> TestCertificate {
        self.issue(Purpose::Client, subject, SubjectAltNames::default(), (-DAY, 365 * DAY))
    }

    /// A client certificate with alternative names.
    pub(crate) fn client_with_names(&self, subject: &str, names: SubjectAltNames) -> TestCertificate {
        self.issue(Purpose::Client, subject, names, (-DAY, 365 * DAY))
    }

    /// A certificate of a web server for the time of the machine, and its key in PEM.
    pub(crate) fn web_server(&self, host: &str) -> (TestCertificate, String) {
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let now = Clock::system().now().seconds();
        let validity = Validity { not_before: now - DAY, not_after: now + DAY };
        let names = SubjectAltNames::for_hosts([host]);
        let contents = contents(&key, &format!("CN={host}"), names, validity);
        let certificate = self.0.issue(Purpose::Server, key.spki_der(), &contents).unwrap();
        (TestCertificate { chain: vec![certificate] }, key.to_pem().to_string())
    }

    /// A certificate; `validity` is in seconds from now.
    pub(crate) fn issue(
        &self,
        purpose: Purpose,
        subject: &str,
        names: SubjectAltNames,
        validity: (i64, i64),
    ) -> TestCertificate {
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let now = NOW.seconds();
        let validity = Validity { not_before: now + validity.0, not_after: now + validity.1 };
        let contents = contents(&key, subject, names, validity);
        TestCertificate { chain: vec![self.0.issue(purpose, key.spki_der(), &contents).unwrap()] }
    }
}

impl TestCertificate {
    /// What `openssl req -x509` makes: signed by its own key, `CA:TRUE`.
    pub(crate) fn self_signed(subject: &str) -> Self {
        let key = PrivateKey::generate(KeyType::P256).unwrap();
        let validity = Validity { not_before: NOW.seconds() - DAY, not_after: NOW.seconds() + 365 * DAY };
        let contents = contents(&key, subject, SubjectAltNames::default(), validity);
        Self { chain: vec![make::self_signed(Purpose::Authority, &key, &contents).unwrap()] }
    }

    /// The certificates of a PEM text, the client's own first.
    pub(crate) fn from_pem(text: &str) -> Self {
        Self { chain: parse_pem_bundle(text).unwrap() }
    }

    /// The client's own certificate.
    pub(crate) fn leaf(&self) -> &Certificate {
        &self.chain[0]
    }

    /// `x5t#S256`.
    pub(crate) fn thumbprint(&self) -> String {
        self.leaf().x5t_s256()
    }

    /// As the listener hands it on.
    pub(super) fn shown(&self) -> Arc<PeerCertificate> {
        Arc::new(PeerCertificate {
            leaf: self.leaf().clone(),
            chain: self.chain.iter().map(|certificate| certificate.der().clone()).collect(),
            source: CertificateSource::Handshake,
        })
    }
}

/// The serial number comes from the key, which is made anew each time.
fn contents(key: &PrivateKey, subject: &str, alt_names: SubjectAltNames, validity: Validity) -> Contents {
    let subject = DistinguishedName::parse_registered(subject).unwrap();
    let mut serial = [0; 16];
    serial.copy_from_slice(&sha256(key.spki_der())[..16]);
    Contents { subject, alt_names, validity, serial }
}
