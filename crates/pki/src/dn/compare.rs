//! When two names are the same (RFC 4517 §4.2.15 distinguishedNameMatch, values prepared as in RFC 4518).
//!
//! Stricter than RFC 4518 on purpose: no compatibility normalisation and no characters "mapped to nothing",
//! so that look-alikes which a certification authority might let through stay different.

use super::Attribute;
use crate::oid::ObjectIdentifier;

/// One relative name, ready to be compared.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Folded(Vec<(ObjectIdentifier, FoldedValue)>);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum FoldedValue {
    Text(String),
    Der(Vec<u8>),
}

impl Folded {
    pub(super) fn new(rdn: &[Attribute]) -> Self {
        let mut attributes: Vec<_> = rdn
            .iter()
            .map(|attribute| {
                let value = attribute.value();
                let folded = value.text().map_or_else(
                    || FoldedValue::Der(value.der().to_vec()),
                    |text| FoldedValue::Text(fold(text)),
                );
                (attribute.oid().clone(), folded)
            })
            .collect();
        // A multi-valued RDN is a set: its order says nothing.
        attributes.sort_unstable();
        Self(attributes)
    }
}

/// RFC 4518 §2.2 (case folding) and §2.6.1 (insignificant space).
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for character in word.chars().flat_map(char::to_lowercase) {
            // RFC 3454 B.2: the final sigma folds with the others.
            out.push(if character == 'ς' { 'σ' } else { character });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::dn::DistinguishedName;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (DistinguishedName::parse(a).unwrap(), DistinguishedName::parse(b).unwrap());
        assert_eq!(a.matches(&b), b.matches(&a), "symmetric");
        a.matches(&b)
    }

    #[test]
    fn spelling_does_not_matter() {
        for (a, b) in [
            ("CN=client,O=Acme,C=US", "cn=CLIENT, o = acme ,c=us"),
            ("CN=client,O=Acme,C=US", "commonName=client;organizationName=Acme;countryName=US"),
            ("CN=a  b", "CN=A b"),
            (r"CN=\ a\ ", "CN=a"),
            ("2.5.4.3=client", "OID.2.5.4.3=#0c06636c69656e74"),
            ("CN=client", "CN=#1306436c69656e74"),
            ("CN=client", "CN=#1e0c0063006c00690065006e0074"),
            ("emailAddress=A@b.c", "1.2.840.113549.1.9.1=#16056140622e63"),
            ("OU=x+CN=y,C=US", "CN=y+OU=x,C=US"),
            (r#"O="Acme, Inc.""#, r"O=Acme\, Inc."),
            (r"O=\C5\81\C3\B3d\C5\BA", "O=łóDŹ"),
            ("CN=ΛΟΓΟΣ", "CN=λογος"),
        ] {
            assert!(same(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn another_name_is_another_name() {
        for (a, b) in [
            ("CN=client,C=US", "CN=client"),
            ("CN=client", "CN=client2"),
            ("CN=client", "OU=client"),
            ("CN=a,OU=b", "CN=a+OU=b"),
            ("CN=a,OU=b", "OU=b,CN=a"),
            ("CN=a,CN=a", "CN=a"),
            ("CN=a+CN=a", "CN=a"),
            (r"CN=a\,OU=b", "CN=a,OU=b"),
            ("CN=ab", "CN=a b"),
            ("CN=", ""),
            ("CN=admin", "CN=ad\u{200b}min"),
            ("CN=admin", "CN=\u{ff41}dmin"),
            ("CN=#0403666f6f", "CN=foo"),
            ("CN=#0403666f6f", "CN=#0403464f4f"),
        ] {
            assert!(!same(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn the_opposite_order_is_told_apart_from_a_match() {
        let registered = DistinguishedName::parse("C=US,O=Acme,CN=client").unwrap();
        let seen = DistinguishedName::parse("CN=Client,O=Acme,C=US").unwrap();
        assert!(!registered.matches(&seen));
        assert!(registered.matches_reversed(&seen));
        assert!(!seen.matches_reversed(&seen));
        let one = DistinguishedName::parse("CN=a").unwrap();
        assert!(!one.matches_reversed(&one), "a name that reads the same both ways just matches");
    }
}
