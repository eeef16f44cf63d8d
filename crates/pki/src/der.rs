//! The few DER shapes that names and certificates are written in (X.690): a reader and a writer.

/// Universal and context tags used here.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const T61_STRING: u8 = 0x14;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const VISIBLE_STRING: u8 = 0x1a;
    pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
}

/// One element: its tag, its contents, and all of its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    pub(crate) raw: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// Splits the first element off. `None` for anything that is not DER with a one-byte tag.
    pub(crate) fn read(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&tag, rest) = input.split_first()?;
        if tag & 0x1f == 0x1f {
            return None; // multi-byte tags occur in none of our structures
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 || rest.len() < count {
                return None;
            }
            let (digits, rest) = rest.split_at(count);
            let length = digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit));
            // X.690 §10.1: the definite form with the fewest octets.
            if digits.first() == Some(&0) || length < 0x80 {
                return None;
            }
            (length, rest)
        };
        let value = rest.get(..length)?;
        let header = input.len() - rest.len();
        Some((Self { tag, value, raw: input.get(..header + length)? }, rest.get(length..)?))
    }

    /// The only element of `input`: nothing may follow it.
    pub(crate) fn only(input: &'a [u8]) -> Option<Self> {
        match Self::read(input)? {
            (element, []) => Some(element),
            _ => None,
        }
    }

    /// Splits the first element off when it has the given tag.
    pub(crate) fn expect(input: &'a [u8], tag: u8) -> Option<(Self, &'a [u8])> {
        Self::read(input).filter(|(element, _)| element.tag == tag)
    }

    /// The elements inside. `None` when the contents are not whole elements.
    pub(crate) fn children(&self) -> Option<Vec<Self>> {
        let mut children = Vec::new();
        let mut rest = self.value;
        while !rest.is_empty() {
            let (child, after) = Self::read(rest)?;
            children.push(child);
            rest = after;
        }
        Some(children)
    }
}

/// One element with a definite length of any size.
pub(crate) fn write(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 6);
    out.push(tag);
    if value.len() < 0x80 {
        // Truncation is impossible: the value is below 128.
        out.push(value.len().to_le_bytes()[0]);
    } else {
        let bytes = value.len().to_be_bytes();
        let skip = bytes.iter().take_while(|byte| **byte == 0).count();
        let digits = bytes.get(skip..).unwrap_or_default();
        out.push(0x80 | digits.len().to_le_bytes()[0]);
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(value);
    out
}

/// SEQUENCE of ready-made elements.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    write(tag::SEQUENCE, &parts.concat())
}

/// SET OF ready-made elements, in the order that DER asks for (X.690 §11.6).
pub(crate) fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort_unstable();
    write(tag::SET, &parts.concat())
}

/// Non-negative INTEGER from big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let skip = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut digits = bytes.get(skip..).unwrap_or_default().to_vec();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    write(tag::INTEGER, &digits)
}

/// BIT STRING with a multiple of eight bits.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(bytes.len() + 1);
    value.push(0);
    value.extend_from_slice(bytes);
    write(tag::BIT_STRING, &value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_and_read_back_in_the_shortest_form() {
        for length in [0usize, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let value = vec![7u8; length];
            let raw = write(tag::OCTET_STRING, &value);
            let read = Tlv::only(&raw).unwrap();
            assert_eq!((read.tag, read.value, read.raw), (tag::OCTET_STRING, &value[..], &raw[..]));
        }
        assert_eq!(write(tag::OCTET_STRING, &[0; 127])[..2], [4, 127]);
        assert_eq!(write(tag::OCTET_STRING, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(write(tag::OCTET_STRING, &[0; 300])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn what_is_not_der_is_refused() {
        for bad in [
            &[][..],
            &[0x30],
            &[0x30, 0x80, 0, 0],          // indefinite
            &[0x30, 0x81, 0x01, 0],       // not the shortest form
            &[0x30, 0x82, 0x00, 0x80],    // leading zero
            &[0x30, 0x85, 1, 1, 1, 1, 1], // length over four bytes
            &[0x30, 0x05, 0],             // cut short
            &[0x1f, 0x81, 0x01, 0x00],    // long tag
        ] {
            assert!(Tlv::read(bad).is_none(), "{bad:02x?}");
        }
        assert!(Tlv::only(&[5, 0, 0]).is_none(), "bytes after the element");
    }

    #[test]
    fn integers_keep_their_sign_bit_clear() {
        assert_eq!(unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }
}
