//! RFC 8705 §2.1.2: the one certificate attribute that a client of `tls_client_auth` registered, against the
//! certificate it presents. Pure comparison: whether the certificate is trusted is [`crate::trust`]'s matter.

use std::{fmt, net::IpAddr};

use crate::{Certificate, DistinguishedName, DnError};

/// Which attribute is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectAttribute {
    /// `tls_client_auth_subject_dn`
    SubjectDn,
    /// `tls_client_auth_san_dns`
    SanDns,
    /// `tls_client_auth_san_uri`
    SanUri,
    /// `tls_client_auth_san_ip`
    SanIp,
    /// `tls_client_auth_san_email`
    SanEmail,
}

impl SubjectAttribute {
    /// All of them, in the RFC's order.
    pub const ALL: [Self; 5] = [Self::SubjectDn, Self::SanDns, Self::SanUri, Self::SanIp, Self::SanEmail];

    /// The name of the client metadata parameter.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::SubjectDn => "tls_client_auth_subject_dn",
            Self::SanDns => "tls_client_auth_san_dns",
            Self::SanUri => "tls_client_auth_san_uri",
            Self::SanIp => "tls_client_auth_san_ip",
            Self::SanEmail => "tls_client_auth_san_email",
        }
    }

    /// What it is called in a certificate.
    fn in_words(self) -> &'static str {
        match self {
            Self::SubjectDn => "subject",
            Self::SanDns => "SAN dNSName",
            Self::SanUri => "SAN URI",
            Self::SanIp => "SAN IP address",
            Self::SanEmail => "SAN e-mail address",
        }
    }

    /// The values of this kind in a certificate, as text.
    pub fn values_in(self, certificate: &Certificate) -> Vec<String> {
        let sans = certificate.subject_alt_names();
        match self {
            Self::SubjectDn => vec![certificate.subject().to_string()],
            Self::SanDns => sans.dns.clone(),
            Self::SanUri => sans.uri.clone(),
            Self::SanIp => sans.ip.iter().map(IpAddr::to_string).collect(),
            Self::SanEmail => sans.email.clone(),
        }
    }
}

/// A registered attribute, parsed once.
#[derive(Clone, Debug)]
pub struct RegisteredAttribute {
    attribute: SubjectAttribute,
    text: String,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Dn(DistinguishedName),
    Dns(String),
    Uri(String),
    Ip(IpAddr),
    Email(String),
}

/// Why a value cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", attribute.wire_name())]
pub struct InvalidAttribute {
    /// The attribute.
    pub attribute: SubjectAttribute,
    /// What is wrong with its value.
    pub fault: AttributeFault,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeFault {
    /// Nothing was given.
    #[error("the value is empty")]
    Empty,
    /// Not a distinguished name.
    #[error("{0}")]
    Dn(DnError),
    /// Not an address.
    #[error("expected an IPv4 address such as 192.0.2.1 or an IPv6 address such as 2001:db8::1")]
    Ip,
    /// No `@`.
    #[error("expected an e-mail address such as client@example.com")]
    Email,
    /// Only ASCII can stand in such a field (RFC 5280 §4.2.1.6: `IA5String`).
    #[error("only ASCII characters can occur in this field of a certificate")]
    NotAscii,
}

/// The certificate is not the registered client's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What is compared.
    pub attribute: SubjectAttribute,
    /// The registered value, as registered.
    pub registered: String,
    /// All values of that kind in the certificate.
    pub seen: Vec<String>,
    /// What to change, when that can be told.
    pub hint: Option<String>,
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.attribute.in_words();
        write!(f, "{} is registered as [{}], ", self.attribute.wire_name(), self.registered)?;
        match self.seen.as_slice() {
            [] => write!(f, "but the certificate has no {words}")?,
            seen => write!(f, "but the certificate's {words} is [{}]", seen.join("], ["))?,
        }
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

impl RegisteredAttribute {
    /// Reads a value as a client registers it. Blanks around it do not count.
    pub fn new(attribute: SubjectAttribute, text: &str) -> Result<Self, InvalidAttribute> {
        let value = parse(attribute, text.trim()).map_err(|fault| InvalidAttribute { attribute, fault })?;
        Ok(Self { attribute, text: text.trim().to_owned(), value })
    }

    /// Which attribute it is.
    pub fn attribute(&self) -> SubjectAttribute {
        self.attribute
    }

    /// The value as registered.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the certificate carries it. Of several SANs of the kind, one is enough.
    pub fn check(&self, certificate: &Certificate) -> Result<(), Mismatch> {
        let sans = certificate.subject_alt_names();
        let matches = match &self.value {
            Value::Dn(dn) => !dn.is_empty() && dn.matches(certificate.subject()),
            Value::Dns(name) => sans.dns.iter().any(|seen| seen.eq_ignore_ascii_case(name)),
            Value::Uri(uri) => sans.uri.iter().any(|seen| seen == uri),
            Value::Ip(address) => sans.ip.contains(address),
            Value::Email(address) => sans.email.iter().any(|seen| same_mailbox(seen, address)),
        };
        if matches {
            return Ok(());
        }
        Err(Mismatch {
            attribute: self.attribute,
            registered: self.text.clone(),
            seen: self.attribute.values_in(certificate),
            hint: self.hint(certificate),
        })
    }

    fn hint(&self, certificate: &Certificate) -> Option<String> {
        let subject = certificate.subject();
        if let Value::Dn(dn) = &self.value {
            if dn.matches_reversed(subject) {
                return Some(format!("the registered name is in reverse order: register [{subject}]"));
            }
            if dn.rdns().len() != subject.rdns().len() {
                let (registered, seen) = (dn.rdns().len(), subject.rdns().len());
                return Some(format!(
                    "the registered name has {registered} elements, the certificate's {seen}: register the whole subject"
                ));
            }
        }
        self.elsewhere(certificate).map(|other| {
            format!(
                "the certificate carries this value as its {}: register {}",
                other.in_words(),
                other.wire_name()
            )
        })
    }

    /// Another place in the certificate that holds the registered value.
    fn elsewhere(&self, certificate: &Certificate) -> Option<SubjectAttribute> {
        let others = SubjectAttribute::ALL.into_iter().filter(|other| *other != self.attribute);
        others.into_iter().find(|other| {
            let registered = Self::new(*other, &self.text);
            let Ok(registered) = registered else { return false };
            match &registered.value {
                Value::Dn(dn) => dn.matches(certificate.subject()),
                _ => other.values_in(certificate).iter().any(|seen| seen.eq_ignore_ascii_case(&self.text)),
            }
        })
    }
}

fn parse(attribute: SubjectAttribute, text: &str) -> Result<Value, AttributeFault> {
    if text.is_empty() {
        return Err(AttributeFault::Empty);
    }
    if attribute != SubjectAttribute::SubjectDn && !text.is_ascii() {
        return Err(AttributeFault::NotAscii);
    }
    match attribute {
        SubjectAttribute::SubjectDn => {
            DistinguishedName::parse_registered(text).map(Value::Dn).map_err(AttributeFault::Dn)
        }
        SubjectAttribute::SanDns => Ok(Value::Dns(text.to_owned())),
        SubjectAttribute::SanUri => Ok(Value::Uri(text.to_owned())),
        SubjectAttribute::SanIp => text.parse().map(Value::Ip).map_err(|_| AttributeFault::Ip),
        SubjectAttribute::SanEmail => match text.rsplit_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
                Ok(Value::Email(text.to_owned()))
            }
            _ => Err(AttributeFault::Email),
        },
    }
}

/// RFC 5280 §7.5: the local part is compared as it is, the host part without regard to case.
fn same_mailbox(a: &str, b: &str) -> bool {
    match (a.rsplit_once('@'), b.rsplit_once('@')) {
        (Some((local_a, host_a)), Some((local_b, host_b))) => {
            local_a == local_b && host_a.eq_ignore_ascii_case(host_b)
        }
        _ => false,
    }
}
