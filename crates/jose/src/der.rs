//! The little DER (X.690) that public keys need.

/// `INTEGER`
pub(crate) const INTEGER: u8 = 0x02;
/// `BIT STRING`
pub(crate) const BIT_STRING: u8 = 0x03;
/// `OBJECT IDENTIFIER`
pub(crate) const OID: u8 = 0x06;
/// `SEQUENCE`
pub(crate) const SEQUENCE: u8 = 0x30;

/// Takes one element with this tag: its content, and what follows it.
pub(crate) fn take(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // The long form must be the shortest one (X.690 §10.1).
        0x81 => {
            let (&len, rest) = rest.split_first()?;
            (usize::from(len), (len >= 0x80).then_some(rest)?)
        }
        0x82 => {
            let ([high, low], rest) = rest.split_first_chunk::<2>().map(|(a, b)| (*a, b))?;
            (usize::from(u16::from_be_bytes([high, low])), (high != 0).then_some(rest)?)
        }
        _ => return None,
    };
    rest.split_at_checked(len)
}

/// As [`take`], with nothing behind the element.
pub(crate) fn only(tag: u8, input: &[u8]) -> Option<&[u8]> {
    take(tag, input).and_then(|(content, rest)| rest.is_empty().then_some(content))
}

/// Takes a non-negative `INTEGER` as its magnitude without leading zeros.
pub(crate) fn take_unsigned(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = take(INTEGER, input)?;
    match content {
        [] => None,
        [0] => Some((&[], rest)),
        [0, next, ..] if *next >= 0x80 => Some((&content[1..], rest)),
        [first, ..] if (1..0x80).contains(first) => Some((content, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_taken_with_their_length() {
        assert_eq!(take(OID, &[6, 2, 1, 2, 9]), Some((&[1, 2][..], &[9][..])));
        let mut long = vec![SEQUENCE, 0x82, 1, 0];
        long.extend([7; 256]);
        assert_eq!(only(SEQUENCE, &long), Some(&[7; 256][..]));
    }

    #[test]
    fn what_is_not_der_is_refused() {
        for bytes in [&[][..], &[6], &[6, 1], &[6, 0x80, 1], &[6, 0x81, 1, 1], &[6, 0x82, 0, 1, 1], &[5, 0]] {
            assert_eq!(take(OID, bytes), None, "{bytes:?}");
        }
        assert_eq!(only(OID, &[6, 0, 0]), None);
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        assert_eq!(take_unsigned(&[2, 2, 0, 0x80]), Some((&[0x80][..], &[][..])));
        assert_eq!(take_unsigned(&[2, 1, 0x7f]), Some((&[0x7f][..], &[][..])));
        for bytes in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1]] {
            assert_eq!(take_unsigned(bytes), None, "{bytes:?}");
        }
    }
}
