//! Base64url without padding (RFC 7515 §2), strict in both directions.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::Error;

/// Encodes without padding.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the encoding to `out`.
pub fn encode_into(bytes: impl AsRef<[u8]>, out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// The length of the encoding of `len` bytes.
#[must_use]
pub const fn encoded_len(len: usize) -> usize {
    len / 3 * 4
        + match len % 3 {
            0 => 0,
            1 => 2,
            _ => 3,
        }
}

/// Decodes. Each byte string has exactly one accepted spelling.
///
/// # Errors
/// [`Error::Base64`] on padding, white space, the other alphabet, or unused bits that are not zero.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7515_appendix_c() {
        assert_eq!(encode([3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(decode("A-z_4ME").unwrap(), [3, 236, 255, 224, 193]);
    }

    #[test]
    fn only_the_one_spelling_is_accepted() {
        for text in ["AA==", "AA=", "A", "AB", "A-z_4MF", "A+z/4ME", " AA", "AA\n", "A A", "AA.", "ÄA"] {
            assert_eq!(decode(text), Err(Error::Base64), "{text}");
        }
        assert_eq!(decode("").unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn the_length_is_known_beforehand() {
        for len in 0..70 {
            assert_eq!(encode(vec![7; len]).len(), encoded_len(len));
        }
    }
}
