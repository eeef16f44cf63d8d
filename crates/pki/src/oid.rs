//! Object identifiers: the DER contents, and dotted text (X.660, X.690 §8.19).

use std::fmt;

/// An object identifier. Kept as its DER contents; equal when these are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectIdentifier {
    der: Box<[u8]>,
}

/// Longest DER contents taken: real ones are below 32 bytes.
const MAX_BYTES: usize = 128;

impl ObjectIdentifier {
    /// From the contents of a DER OBJECT IDENTIFIER; `None` when they are malformed or an arc has over 128 bits.
    pub fn from_der_contents(contents: &[u8]) -> Option<Self> {
        if contents.is_empty() || contents.len() > MAX_BYTES {
            return None;
        }
        arcs(contents)?;
        Some(Self { der: contents.into() })
    }

    /// From `1.2.840.113549.1.9.1`; `None` when it is not a valid dotted form.
    pub fn from_dotted(text: &str) -> Option<Self> {
        let mut arcs = Vec::new();
        for part in text.split('.') {
            let canonical = part == "0" || !part.starts_with('0');
            if part.is_empty() || !canonical || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            arcs.push(part.parse::<u128>().ok()?);
        }
        let (&first, rest) = arcs.split_first()?;
        let (&second, rest) = rest.split_first()?;
        if first > 2 || (first < 2 && second > 39) {
            return None;
        }
        let mut der = Vec::with_capacity(text.len());
        push_base128(&mut der, second.checked_add(first * 40)?);
        rest.iter().for_each(|arc| push_base128(&mut der, *arc));
        Self::from_der_contents(&der)
    }

    /// The DER contents, without tag and length.
    pub fn der_contents(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Display for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = arcs(&self.der).unwrap_or_default();
        let (head, rest) = values.split_first().unwrap_or((&0, &[]));
        let first = (head / 40).min(2);
        write!(f, "{first}.{}", head - first * 40)?;
        rest.iter().try_for_each(|arc| write!(f, ".{arc}"))
    }
}

impl fmt::Debug for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The subidentifiers; the first still holds two arcs.
fn arcs(contents: &[u8]) -> Option<Vec<u128>> {
    let mut values = Vec::new();
    let mut value: Option<u128> = None;
    for byte in contents {
        if value.is_none() && *byte == 0x80 {
            return None; // X.690 §8.19.2: no leading zero digits
        }
        let so_far = value.unwrap_or(0);
        if so_far >> 121 != 0 {
            return None;
        }
        let next = so_far << 7 | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            values.push(next);
            value = None;
        } else {
            value = Some(next);
        }
    }
    value.is_none().then_some(values)
}

fn push_base128(out: &mut Vec<u8>, value: u128) {
    let digits = (128 - value.leading_zeros()).div_ceil(7).max(1);
    for index in (0..digits).rev() {
        let digit = (value >> (7 * index)).to_le_bytes()[0] & 0x7f;
        out.push(if index == 0 { digit } else { digit | 0x80 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_text_and_der_are_the_same_thing() {
        let email = ObjectIdentifier::from_dotted("1.2.840.113549.1.9.1").unwrap();
        assert_eq!(email.der_contents(), [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]);
        for text in [
            "2.5.4.3",
            "0.9.2342.19200300.100.1.25",
            "2.25.329800735698586629295641978511506172918",
            "2.999.3",
            "1.39",
            "2.0",
        ] {
            let oid = ObjectIdentifier::from_dotted(text).unwrap();
            assert_eq!(oid.to_string(), text);
            assert_eq!(ObjectIdentifier::from_der_contents(oid.der_contents()), Some(oid));
        }
    }

    #[test]
    fn malformed_identifiers_are_refused() {
        for text in [
            "",
            "1",
            "1.",
            ".1",
            "1..2",
            "3.1",
            "1.40",
            "01.2",
            "1.02",
            "1.2a",
            "1.-2",
            "1.2.999999999999999999999999999999999999999999",
        ] {
            assert_eq!(ObjectIdentifier::from_dotted(text), None, "{text}");
        }
        assert_eq!(ObjectIdentifier::from_der_contents(&[]), None);
        assert_eq!(ObjectIdentifier::from_der_contents(&[0x2a, 0x86]), None, "cut short");
        assert_eq!(ObjectIdentifier::from_der_contents(&[0x2a, 0x80, 0x01]), None, "padded");
        assert_eq!(ObjectIdentifier::from_der_contents(&[0xff; 40]), None, "too large");
    }
}
