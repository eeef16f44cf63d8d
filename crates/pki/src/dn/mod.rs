//! Distinguished names (X.501): read from certificates and from RFC 4514 text, written as RFC 4514 text,
//! compared after the fashion of RFC 4518.

mod attribute;
mod compare;
mod error;
mod parse;
mod render;

pub use attribute::{Attribute, AttributeValue};
pub use error::{DnError, DnFault};

use crate::der::{self, Tlv, tag};
use compare::Folded;

/// Longest text taken by [`DistinguishedName::parse`], in bytes.
pub const MAX_TEXT: usize = 8 * 1024;

/// A distinguished name: relative names in the order of the certificate (`C` usually first).
///
/// There is no `==`: two names are the same when they [match](Self::matches), however they are spelled.
#[derive(Clone)]
pub struct DistinguishedName {
    rdns: Vec<Vec<Attribute>>,
    folded: Vec<Folded>,
}

impl DistinguishedName {
    /// Reads RFC 4514 text: `CN=client,O=Acme\, Inc.,C=US`, last element of the certificate's sequence first.
    ///
    /// Also taken: spaces around separators, `;` as a separator and quoted values (RFC 2253 §4), long and
    /// further attribute names, an `OID.` prefix. The empty text is the empty name.
    pub fn parse(text: &str) -> Result<Self, DnError> {
        parse::parse(text).map(Self::from_rdns)
    }

    /// Reads what a client registered as `tls_client_auth_subject_dn`: as [`parse`](Self::parse), but a value
    /// without `=` is one common name (`example.com` is `CN=example.com`) and an empty one is refused.
    pub fn parse_registered(text: &str) -> Result<Self, DnError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(DnError { at: 1, fault: DnFault::Empty });
        }
        if trimmed.len() > MAX_TEXT {
            return Err(DnError { at: 1, fault: DnFault::TooLong });
        }
        if trimmed.contains('=') {
            return Self::parse(trimmed);
        }
        Ok(Self::from_rdns(vec![vec![Attribute::common_name(trimmed)]]))
    }

    /// Reads a DER `Name`. `None` when it is malformed.
    pub fn from_der(name: &[u8]) -> Option<Self> {
        let name = Tlv::only(name).filter(|name| name.tag == tag::SEQUENCE)?;
        let mut rdns = Vec::new();
        for rdn in name.children()? {
            let attributes = (rdn.tag == tag::SET).then(|| rdn.children())??;
            if attributes.is_empty() {
                return None;
            }
            rdns.push(attributes.iter().map(Attribute::from_tlv).collect::<Option<Vec<_>>>()?);
        }
        Some(Self::from_rdns(rdns))
    }

    /// The DER `Name`: values keep the encoding they were read with; text became `UTF8String`, or
    /// `PrintableString` and `IA5String` where RFC 5280 Appendix A asks for these.
    pub fn to_der(&self) -> Vec<u8> {
        let rdns: Vec<Vec<u8>> =
            self.rdns.iter().map(|rdn| der::set_of(rdn.iter().map(Attribute::to_der).collect())).collect();
        der::write(tag::SEQUENCE, &rdns.concat())
    }

    /// The relative names, in the order of the certificate; each holds at least one attribute.
    pub fn rdns(&self) -> &[Vec<Attribute>] {
        &self.rdns
    }

    /// Whether the name has no element.
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Whether both are the same name: equal attribute types in equal order, the elements of a multi-valued
    /// RDN in any order, values without regard to case, to runs of spaces and to their ASN.1 string type.
    pub fn matches(&self, other: &Self) -> bool {
        self.folded == other.folded
    }

    /// Whether the names differ, and would match if one were written in the opposite order.
    pub fn matches_reversed(&self, other: &Self) -> bool {
        !self.matches(other)
            && self.folded.len() == other.folded.len()
            && self.folded.iter().eq(other.folded.iter().rev())
    }

    fn from_rdns(rdns: Vec<Vec<Attribute>>) -> Self {
        let folded = rdns.iter().map(|rdn| Folded::new(rdn)).collect();
        Self { rdns, folded }
    }
}

impl std::fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        render::render(self, f)
    }
}

impl std::fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

impl std::str::FromStr for DistinguishedName {
    type Err = DnError;

    fn from_str(text: &str) -> Result<Self, DnError> {
        Self::parse(text)
    }
}
